using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Containers;

/// <summary>By what a server's containers reach the appliance.</summary>
/// <param name="Folder">Of this machine, mounted into them; empty: none.</param>
internal sealed record Home(string Url, string Folder);

/// <summary>What is special of servers of kind <c>docker</c>: their engine's address with its secrets, and the way of their containers to the appliance.</summary>
public sealed class DockerKind(SecretBox box, LinkDoor door, RelaySignal signal, IConfiguration config, TimeProvider clock)
{
    private const string Purpose = "relay-server";

    /// <summary>As it is stored: what is secret sealed, and kept from before where it is not given.</summary>
    /// <exception cref="Refusal">422 with what is wrong.</exception>
    public RelayServer Keep(RelayServer wanted, RelayServer? before)
    {
        var secrets = Open((before ?? wanted).SealedSecrets) ?? new();
        var settings = DockerSettings.Parse(wanted.Engine).Over(before is null ? new() : DockerSettings.Parse(before.Engine), secrets);
        settings.Address("srv");
        if (before is not null && settings.Ssh is { HostKey: null })
            throw Refusal.Field(DockerSettings.HostKeyField, "servers.docker.wrong.host_key");
        if (HomeUrl(wanted, settings) is null)
            throw Refusal.Field("link_url", "servers.docker.wrong.link_url");
        return wanted with { EngineId = before is not null && DockerSettings.Parse(before.Engine).Url == settings.Url ? before.EngineId : "", Engine = settings.Open.ToText(), SealedSecrets = settings.Secrets == secrets && before is not null ? before.SealedSecrets : box.Seal(settings.Secrets.ToBytes(), Purpose) };
    }

    /// <summary>One is removed: its engine is cleared of what is ours, and known until that is done.</summary>
    public async ValueTask Left(WriteTx s, string tenant, RelayServer server)
    {
        await LeftEngineStore.Leave(s, tenant, server, clock.GetUtcNow().ToUnixTimeMilliseconds());
        s.AfterCommit(signal.Wake);
    }

    /// <summary>Where its engine is; of an engine by SSH that nobody has confirmed the host's key is empty.</summary>
    /// <exception cref="Refusal">422: its secrets are lost.</exception>
    internal EngineAddress Address(RelayServer server) => Settings(server).Address("srv-" + (server.Id.Length > 0 ? server.Id : "new"));

    /// <summary>How its containers reach the appliance.</summary>
    /// <exception cref="IOException">The way through the machine itself cannot be opened.</exception>
    internal async Task<Home> Home(RelayServer server, CancellationToken ct) =>
        HomeUrl(server, DockerSettings.Parse(server.Engine)) is { Length: > 0 } url ? new(url, "") : new(Links.JoinToken.OfSocket + LinkDoor.In(RelayContainer.Link), await door.Open(ct));

    private DockerSettings Settings(RelayServer server) => DockerSettings.Parse(server.Engine).Over(new(), Open(server.SealedSecrets) ?? new());

    // Empty: through the machine itself. Null: there is no way.
    private string? HomeUrl(RelayServer server, DockerSettings settings) => server.LinkUrl.Length > 0 ? server.LinkUrl : settings.IsHere ? ""
        : ConfigOptions.Value(config, "Server:PublicUrl") is { Length: > 0 } known && RelayServer.IsLinkUrl(known) && !PublicAddress.IsLocal(known) ? known.TrimEnd('/') : null;

    private DockerSecrets? Open(string sealedSecrets)
    {
        try
        {
            return sealedSecrets.Length == 0 ? null : DockerSecrets.Parse(box.Open(sealedSecrets, Purpose));
        }
        catch (Exception e) when (e is CryptographicException or InvalidDataException)
        {
            // Sealed under a key that is lost: it is asked for again, as where none was given.
            return null;
        }
    }
}
