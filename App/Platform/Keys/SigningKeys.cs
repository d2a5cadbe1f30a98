using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Keys;

/// <summary>A key that signatures can be checked with: the current one, or one of before. Times in unix milliseconds.</summary>
public sealed record PublishedKey(string Id, string PublicKeyHex, long CreatedAt, long? RetiredAt);

/// <summary>
/// The signing keys of each tenant: the current one, made at its first use and kept in memory, and the public halves of all there were.
/// <see cref="SigningKeyWatch"/> lets what is in memory follow the database.
/// </summary>
public sealed class SigningKeys(Database db, SecretBox box, TimeProvider clock)
{
    /// <summary>Where the secret halves lie. One that is empty was given up.</summary>
    public static readonly SealedColumn Sealed = new("signing_keys", "id", "sealed_secret", "signing-key",
        "UPDATE signing_keys SET sealed_secret = '', retired_at = COALESCE(retired_at, @now)");

    private readonly ConcurrentDictionary<string, SigningKey> _current = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private (long, long) _seen;
    private volatile bool _stale;

    private sealed record Stored(PublishedKey Key, string Secret);

    /// <summary>The tenant's current key when it is in memory already, as it is after <see cref="Current"/>.</summary>
    public SigningKey? Loaded(string tenant) => _current.GetValueOrDefault(tenant);

    public async ValueTask<SigningKey> Current(string tenant) => _current.GetValueOrDefault(tenant) ?? await First(tenant);

    /// <summary>
    /// All keys that the tenant has signed with, the current one last, as they are in the database now: a program that meets a key
    /// which another node has made looks for it here.
    /// </summary>
    /// <exception cref="StorageException"/>
    public async ValueTask<IReadOnlyList<PublishedKey>> Published(string tenant)
    {
        var known = await Current(tenant);
        var rows = await db.ReadOne(s => Find(s, tenant));
        try
        {
            if (rows[^1].Key.Id != known.Id)
                await Refresh(CancellationToken.None);
        }
        catch (CryptographicException)
        {
            // The watch tells of it. To say what there is takes no secret.
        }
        return [.. rows.Select(r => r.Key)];
    }

    /// <summary>The same for whoever only checks signatures: none where the tenant, or whatever is taken for one, has signed nothing.</summary>
    /// <exception cref="StorageException"/>
    public async ValueTask<IReadOnlyList<PublishedKey>> Known(string tenant) => [.. (await db.Read(s => Find(s, tenant))).Select(r => r.Key)];

    /// <summary>Reads anew what is in memory, if a key was made or retired since the last time.</summary>
    /// <exception cref="StorageException"/>
    /// <exception cref="CryptographicException">A new key is sealed under another master key: that was rotated too, on another node.</exception>
    public async Task Refresh(CancellationToken ct)
    {
        // One at a time: what was read first must not be kept last.
        await _refreshing.WaitAsync(ct);
        try
        {
            var seen = await db.Read(s => s.One("SELECT COUNT(*), COALESCE(MAX(retired_at), 0) FROM signing_keys", r => (r.GetInt64(0), r.GetInt64(1))), ct);
            if (seen == _seen && !_stale)
                return;
            _stale = false;
            foreach (var tenant in _current.Keys)
            {
                if (await db.Read(s => Find(s, tenant), ct) is [.., { Key.RetiredAt: null } last])
                    _current[tenant] = Opened(tenant, last);
                else
                    // Its tenant is gone, or its secret was given up: then the next to sign makes another.
                    _current.TryRemove(tenant, out _);
            }
            _seen = seen;
        }
        catch
        {
            _stale = true;
            throw;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Retires the tenant's current key and makes another, within the caller's transaction. Other processes see it by <see cref="Refresh"/>.</summary>
    /// <exception cref="KeyFileException">The master key was rotated since this process read it.</exception>
    public async ValueTask<PublishedKey> Rotate(WriteTx s, string tenant)
    {
        await KeyFingerprint.Confirm(s, box);
        await s.Execute("UPDATE signing_keys SET retired_at = @now WHERE tenant_id = @tenant AND retired_at IS NULL",
            ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()), ("tenant", tenant));
        return (await Create(s, tenant))[^1].Key;
    }

    private async Task<SigningKey> First(string tenant)
    {
        var key = _current.GetOrAdd(tenant, await Load(tenant));
        // A rotation may have come between the reading and the keeping.
        _stale = true;
        return key;
    }

    private async Task<SigningKey> Load(string tenant)
    {
        var rows = await db.Read(s => Find(s, tenant));
        if (rows is not [.., { Key.RetiredAt: null }])
            rows = await db.Write(async s =>
            {
                await KeyFingerprint.Confirm(s, box);
                return await Create(s, tenant);
            });
        return Opened(tenant, rows[^1]);
    }

    private SigningKey Opened(string tenant, Stored row) =>
        Loaded(tenant) is { } known && known.Id == row.Key.Id ? known : new(row.Key.Id, box.Open(row.Secret, Sealed.Purpose));

    private static ValueTask<List<Stored>> Find(ReadTx s, string tenant) => s.All(
        """
        SELECT id, public_key, created_at, retired_at, sealed_secret FROM signing_keys WHERE tenant_id = @tenant
        ORDER BY CASE WHEN retired_at IS NULL THEN 1 ELSE 0 END, created_at, id LIMIT 10000
        """,
        r => new Stored(new PublishedKey(r.GetString(0), r.GetString(1), r.GetInt64(2), r.LongOrNull(3)), r.GetString(4)), ("tenant", tenant));

    private async ValueTask<List<Stored>> Create(WriteTx s, string tenant)
    {
        var seed = RandomNumberGenerator.GetBytes(SigningKey.SeedBytes);
        var made = new SigningKey(Guid.CreateVersion7().ToString(), seed);
        await s.Execute(
            "INSERT INTO signing_keys (id, tenant_id, public_key, sealed_secret, created_at) VALUES (@id, @tenant, @public, @secret, @now) ON CONFLICT DO NOTHING",
            ("id", made.Id), ("tenant", tenant), ("public", made.PublicKeyHex), ("secret", box.Seal(seed, Sealed.Purpose)),
            ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        return await Find(s, tenant);
    }
}
