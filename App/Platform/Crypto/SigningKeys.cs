using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Crypto;

/// <summary>A tenant's Ed25519 key pair.</summary>
public sealed class SigningKey(string id, byte[] publicKey, byte[] secretKey)
{
    public string Id { get; } = id;

    /// <summary>64 lower-case hex digits.</summary>
    public string PublicKeyHex { get; } = Convert.ToHexStringLower(publicKey);

    /// <summary>Writes the 64-byte Ed25519 signature (RFC 8032) of the message.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Sodium.Sign(signature, message, secretKey);
}

/// <summary>The current signing key of each tenant, made at its first use and kept in memory.</summary>
public sealed class SigningKeys(Database db, SecretBox box, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, SigningKey> _keys = new();

    /// <summary>The tenant's current key when it is in memory already, as it is after <see cref="Current"/>.</summary>
    public SigningKey? Loaded(string tenant) => _keys.GetValueOrDefault(tenant);

    public async ValueTask<SigningKey> Current(string tenant)
    {
        if (_keys.TryGetValue(tenant, out var key))
            return key;
        var row = await db.Read(s => Find(s, tenant));
        row ??= await db.Write(s => Create(s, tenant));
        return _keys.GetOrAdd(tenant, Open(row!.Value));
    }

    private static async ValueTask<(string Id, string Secret)?> Find(ReadTx s, string tenant) =>
        await s.One<(string, string)?>("SELECT id, sealed_secret FROM signing_keys WHERE tenant_id = @tenant AND retired_at IS NULL",
            r => (r.GetString(0), r.GetString(1)), ("tenant", tenant));

    private async ValueTask<(string, string)?> Create(WriteTx s, string tenant)
    {
        var seed = RandomNumberGenerator.GetBytes(Sodium.SeedBytes);
        var (publicKey, _) = Expand(seed);
        var id = Guid.CreateVersion7().ToString();
        await s.Execute(
            "INSERT INTO signing_keys (id, tenant_id, public_key, sealed_secret, created_at) VALUES (@id, @tenant, @public, @secret, @now) ON CONFLICT DO NOTHING",
            ("id", id), ("tenant", tenant), ("public", Convert.ToHexStringLower(publicKey)), ("secret", box.Seal(seed, "signing-key")),
            ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        return await Find(s, tenant);
    }

    private SigningKey Open((string Id, string Secret) row)
    {
        var (publicKey, secretKey) = Expand(box.Open(row.Secret, "signing-key"));
        return new SigningKey(row.Id, publicKey, secretKey);
    }

    private static (byte[] Public, byte[] Secret) Expand(byte[] seed)
    {
        var publicKey = new byte[Sodium.PublicKeyBytes];
        var secretKey = new byte[Sodium.SecretKeyBytes];
        Sodium.SignKeyPair(publicKey, secretKey, seed);
        return (publicKey, secretKey);
    }
}
