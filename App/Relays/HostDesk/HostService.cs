using System.Security.Cryptography;
using Gatehouse.Platform.Connections;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Links;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.HostDesk;

/// <summary>Lets hosts join: what is told them once, and known of it afterwards is a hash.</summary>
public sealed class HostService(RelaySignal signal, IConfiguration config, TimeProvider clock)
{
    /// <summary>A new join token; the one before is dead, and the link that came in by it ends.</summary>
    /// <param name="site">The appliance's own address, where the server has no other.</param>
    /// <exception cref="Refusal">422: relays' keys would travel in the open.</exception>
    public async ValueTask<ServerJoin> Join(WriteTx s, Caller who, RelayServer server, string site)
    {
        var url = server.LinkUrl.Length > 0 ? server.LinkUrl : site;
        if (!RelayServer.IsLinkUrl(url))
            throw Refusal.Field("link_url", "servers.wrong.link_url", url);
        var secret = OpaqueToken.Create();
        await HostStore.Secret(s, who.TenantId, server.Id, OpaqueToken.Hash(secret), clock.GetUtcNow().ToUnixTimeMilliseconds());
        s.AfterCommit(signal.Wake);
        var token = Token(url, server.Id, secret).ToText();
        return new(token, $"gatehouse relay-host --join {token}");
    }

    /// <summary>A join token, with the pin of the appliance's own certificate where that signs itself.</summary>
    internal JoinToken Token(string url, string host, string secret) => new(url, host, secret, url.StartsWith("https:", StringComparison.Ordinal) ? Pin() : null);

    // By its key, which may stay when the certificate is renewed.
    private string? Pin()
    {
        using var own = ServerCertificate.Configured(config);
        return own is not null && own.SubjectName.RawData.AsSpan().SequenceEqual(own.IssuerName.RawData) ? Convert.ToHexStringLower(SHA256.HashData(own.PublicKey.ExportSubjectPublicKeyInfo())) : null;
    }
}
