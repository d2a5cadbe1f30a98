using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Derp.Tls;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Server;

/// <summary>What devices know a relay by, kept by its owner and not in a folder: it goes wherever the relay goes. All of it but what <see cref="PublicKey"/> and <see cref="CertName"/> tell is secret.</summary>
/// <param name="Key">The relay's key, 64 hex digits.</param>
/// <param name="Certificate">In PEM, with <paramref name="CertificateKey"/>.</param>
public sealed record RelayIdentity(string Key, string Certificate, string CertificateKey)
{
    // As long as anybody rents one: a new certificate is a new pin, and a new pin a new map.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3652);

    /// <summary>A new one, for devices that know the relay by one of these names or addresses.</summary>
    public static RelayIdentity Make(DateTimeOffset now, params IReadOnlyList<string> hosts)
    {
        var (certificate, key) = SelfSignedCertificate.Pair(hosts, now, Lifetime);
        return new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), certificate, key);
    }

    [JsonIgnore]
    public string PublicKey => Convert.ToHexStringLower(Box.PublicKey(Convert.FromHexString(Key)));

    /// <summary>What a DERP map holds as <c>CertName</c>, and the end of the certificate.</summary>
    public (string CertName, DateTimeOffset Until) Pin()
    {
        using var certificate = X509Certificate2.CreateFromPem(Certificate);
        return (SelfSignedCertificate.Name(certificate), certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>Is its certificate made out to such a name or address? A device that asks for another turns away, whatever the pin.</summary>
    public bool IsFor(string host)
    {
        using var certificate = X509Certificate2.CreateFromPem(Certificate);
        return certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false);
    }

    /// <summary>As it is sealed.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, RelayIdentityJson.Default.RelayIdentity);

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static RelayIdentity Parse(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize(bytes, RelayIdentityJson.Default.RelayIdentity) ?? throw new InvalidDataException("A relay's identity is empty.");

    // Not what it holds.
    public override string ToString() => $"relay {PublicKey}";
}

[JsonSerializable(typeof(RelayIdentity))]
internal sealed partial class RelayIdentityJson : JsonSerializerContext;
