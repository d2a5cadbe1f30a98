using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>What an answered challenge is for, and whose it is: it serves nothing and nobody else.</summary>
public sealed record PasskeyUse(string Purpose, string Owner)
{
    /// <summary>Coming in without a name: anybody's.</summary>
    public static readonly PasskeyUse SignIn = new("sign-in", "");

    /// <summary>The second step of signing in.</summary>
    /// <param name="half">The id of the half session.</param>
    public static PasskeyUse SecondStep(string half) => new("second-step", OpaqueToken.Hash(half));

    /// <summary>Showing anew who one is.</summary>
    /// <param name="session">The hash of the session's id.</param>
    public static PasskeyUse Proof(string? session) => new("proof", session ?? "");

    /// <summary>Making a passkey.</summary>
    /// <param name="session">The hash of the session's id.</param>
    public static PasskeyUse Adding(string? session) => new("adding", session ?? "");
}

/// <summary>
/// Challenges without a memory: all that is known of one lies in itself, under a mark of ours, so that a page that shows one writes
/// nothing. An answered one is noted, and none is answered twice, on whichever node.
/// </summary>
public sealed class PasskeyChallenges(SecretBox box, TimeProvider clock)
{
    /// <summary>How long a challenge waits for its answer.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // No node's clock is further ahead of another's.
    private const long Ahead = 60_000;
    private const int RandomSize = 16, MarkSize = 16, HeadSize = 8 + RandomSize, Size = HeadSize + MarkSize;
    private readonly byte[] _key = box.Derive("passkey-challenge");

    /// <summary>A new one.</summary>
    public byte[] Make(string tenant, PasskeySite site, PasskeyUse use)
    {
        var challenge = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(challenge, Now());
        RandomNumberGenerator.Fill(challenge.AsSpan(8, RandomSize));
        Mark(challenge, tenant, site, use).CopyTo(challenge.AsSpan(HeadSize));
        return challenge;
    }

    /// <summary>Is it one of ours, of this place and use, and not out of date?</summary>
    public bool IsGood(byte[] challenge, string tenant, PasskeySite site, PasskeyUse use)
    {
        if (challenge.Length != Size || !CryptographicOperations.FixedTimeEquals(Mark(challenge, tenant, site, use), challenge.AsSpan(HeadSize)))
            return false;
        var age = Now() - BinaryPrimitives.ReadInt64BigEndian(challenge);
        return age >= -Ahead && age < (long)Life.TotalMilliseconds;
    }

    /// <summary>Notes that it was answered.</summary>
    /// <returns>False when it was answered already.</returns>
    public async ValueTask<bool> Use(WriteTx tx, string tenant, byte[] challenge) => await tx.Execute(
        "INSERT INTO passkey_challenges (challenge, tenant_id, expires_at) VALUES (@challenge, @tenant, @end) ON CONFLICT DO NOTHING",
        ("challenge", Base64Url.EncodeToString(challenge)), ("tenant", tenant), ("end", Now() + (long)Life.TotalMilliseconds + Ahead)) == 1;

    /// <summary>Forgets those of all tenants that are out of date.</summary>
    internal static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute("DELETE FROM passkey_challenges WHERE expires_at < @now", ("now", now));

    private ReadOnlySpan<byte> Mark(byte[] challenge, string tenant, PasskeySite site, PasskeyUse use)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(challenge, 0, HeadSize);
        foreach (var part in new[] { tenant, site.RpId, use.Purpose, use.Owner })
            mac.AppendData(Encoding.UTF8.GetBytes($"{part.Length}:{part}"));
        return mac.GetHashAndReset().AsSpan(0, MarkSize);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
