using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.ProofOfWork;

/// <summary>Some work to be done before a door opens: find a nonce so that SHA-256(salt + nonce) begins with so many zero bits.</summary>
/// <param name="Wait">Without the work: for how many seconds after it was handed out it does not open.</param>
public sealed record Challenge(string Id, string Salt, int Bits, int Wait);

/// <summary>
/// Challenges without a memory: all that is known of one lies in its id, under a mark of ours. A solved one opens one door once. The
/// more are asked for, the harder they get, for all alike: an address costs an attacker nothing.
/// </summary>
public sealed class Challenges(SecretBox box, TimeProvider clock)
{
    /// <summary>A tenth of a second for a browser.</summary>
    public const int LeastBits = 16;

    public const int MostBits = 22;

    /// <summary>As many a minute as make it one bit harder, then twice as many, and so on.</summary>
    internal const int Usual = 30;

    internal static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    // What takes a browser a tenth of a second takes one that has no script this long.
    private const int LeastWait = 5;
    private const int SaltSize = 12, MarkSize = 16, HeadSize = 8 + 1, IdSize = HeadSize + SaltSize + MarkSize, MaxNonce = 64;
    private readonly byte[] _key = box.Derive("challenge");
    private readonly MinuteCount _asked = new(clock);

    /// <summary>A new one.</summary>
    public Challenge Make()
    {
        var id = new byte[IdSize];
        BinaryPrimitives.WriteInt64BigEndian(id, Now());
        id[8] = (byte)Harder();
        RandomNumberGenerator.Fill(id.AsSpan(HeadSize, SaltSize));
        Mark(id).CopyTo(id.AsSpan(HeadSize + SaltSize));
        return Read(id);
    }

    /// <summary>The challenge of that id, if it is one of ours and not out of date.</summary>
    public Challenge? Find(string? id) => Bytes(id) is { } bytes ? Read(bytes) : null;

    /// <summary>Is it solved by the nonce, or, where there is none, has it been waited for?</summary>
    public bool Opens(string? id, string? nonce)
    {
        if (Bytes(id) is not { } bytes)
            return false;
        var challenge = Read(bytes);
        if (string.IsNullOrEmpty(nonce))
            return Now() - BinaryPrimitives.ReadInt64BigEndian(bytes) >= challenge.Wait * 1000L;
        return nonce.Length <= MaxNonce && ZeroBits(SHA256.HashData(Encoding.UTF8.GetBytes(challenge.Salt + nonce))) >= challenge.Bits;
    }

    /// <summary>Uses it up, in the transaction of what it opens.</summary>
    /// <returns>False when it was used already.</returns>
    public async ValueTask<bool> Use(WriteTx tx, string tenant, string id) => await tx.Execute("INSERT INTO used_challenges (id, tenant_id, expires_at) VALUES (@id, @tenant, @end) ON CONFLICT DO NOTHING",
        ("id", id), ("tenant", tenant), ("end", Now() + (long)Life.TotalMilliseconds)) == 1;

    /// <summary>For a form that was refused: the challenge it came with while that may still open, since who has no script has begun to wait for it; else a new one.</summary>
    public async ValueTask<Challenge> KeepOrMake(ReadTx tx, string? id) =>
        Find(id) is { } known && await tx.Number("SELECT COUNT(*) FROM used_challenges WHERE id = @id", ("id", known.Id)) == 0 ? known : Make();

    /// <summary>Forgets those that are out of date by themselves, of all tenants.</summary>
    internal static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute("DELETE FROM used_challenges WHERE expires_at < @now", ("now", now));

    private static Challenge Read(byte[] id) => new(
        Base64Url.EncodeToString(id), Base64Url.EncodeToString(id.AsSpan(HeadSize, SaltSize)), id[8], LeastWait << Math.Max(0, id[8] - LeastBits));

    private byte[]? Bytes(string? id)
    {
        // Only as it was written: another spelling of the same would be used a second time.
        if (id is null || id.Length != Base64Url.GetEncodedLength(IdSize) || !Base64Url.IsValid(id))
            return null;
        var bytes = Base64Url.DecodeFromChars(id);
        if (bytes.Length != IdSize || Base64Url.EncodeToString(bytes) != id || !CryptographicOperations.FixedTimeEquals(Mark(bytes), bytes.AsSpan(HeadSize + SaltSize)))
            return null;
        var age = Now() - BinaryPrimitives.ReadInt64BigEndian(bytes);
        return age >= -60_000 && age < (long)Life.TotalMilliseconds ? bytes : null;
    }

    private ReadOnlySpan<byte> Mark(byte[] id) => HMACSHA256.HashData(_key, id.AsSpan(0, HeadSize + SaltSize)).AsSpan(0, MarkSize);

    private static int ZeroBits(byte[] hash)
    {
        var zeros = 0;
        foreach (var b in hash)
        {
            if (b != 0)
                return zeros + BitOperations.LeadingZeroCount((uint)b) - 24;
            zeros += 8;
        }
        return zeros;
    }

    private int Harder() => Math.Min(MostBits, LeastBits + (int)Math.Log2(1 + _asked.Add() / (double)Usual));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <param name="Id">As it was handed out.</param>
public sealed record SolvedChallenge(string? Id = null, string? Nonce = null);
