using System.Collections.Concurrent;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Sessions;

/// <summary>A credential that was found good.</summary>
/// <param name="caller">Without address and user agent: those are each request's own.</param>
/// <param name="createdAt">When the session began; 0 for a token.</param>
/// <param name="usedAt">When its use was last noted, in unix milliseconds.</param>
/// <param name="endsAt">When it runs out, in unix milliseconds.</param>
internal sealed class Credential(Caller caller, long createdAt, long usedAt, long endsAt)
{
    // No node's clock is as far off as that: the use was noted by one that was wrong, and is noted anew.
    internal const long Ahead = 3_600_000;

    private long _usedAt = usedAt;

    public Caller Caller => caller;
    public long CreatedAt => createdAt;
    public long EndsAt => endsAt;
    public long LoadedAt { get; set; }

    /// <summary>True for one request a minute: the one that is to note the use.</summary>
    public bool ClaimNote(long now)
    {
        var last = Volatile.Read(ref _usedAt);
        return (last + 60_000 <= now || last > now + Ahead) && Interlocked.CompareExchange(ref _usedAt, now, last) == last;
    }
}

/// <summary>
/// Credentials by the hash of their secret, for a second: a busy client costs one lookup a second, a false one too, and what
/// another node takes back is gone here within that second. What this node gives or takes back holds at once
/// (<see cref="ForgetAfter"/>).
/// </summary>
public sealed class CredentialCache(Database db, TimeProvider clock)
{
    private const int MaxEntries = 10_000;
    /// <summary>How long what another node took back may still be good here.</summary>
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Credential> _known = new();

    // Apart from the good ones, which a flood of false ones must not push out: when each was looked for.
    private readonly ConcurrentDictionary<string, long> _unknown = new();
    private readonly Lock _gate = new();
    private long _generation;

    /// <summary>Every credential is looked up anew when the transaction, which changes accounts, sessions or tokens, has ended.</summary>
    public void ForgetAfter(WriteTx tx) => tx.AfterCommit(Clear);

    internal async ValueTask<Credential?> Get(string hash, Func<ReadTx, ValueTask<Credential?>> load)
    {
        var start = clock.GetTimestamp();
        if (_known.TryGetValue(hash, out var known) && clock.GetElapsedTime(known.LoadedAt, start) < Freshness)
            return known.EndsAt > clock.GetUtcNow().ToUnixTimeMilliseconds() ? known : null;
        if (_unknown.TryGetValue(hash, out var lookedFor) && clock.GetElapsedTime(lookedFor, start) < Freshness)
            return null;
        var generation = Volatile.Read(ref _generation);
        var fresh = await db.ReadOne(load);
        if (fresh is not null)
            fresh.LoadedAt = start;
        lock (_gate)
        {
            // What was read before a change must not be remembered after it.
            if (generation == _generation)
                Remember(hash, fresh, start);
        }
        return fresh;
    }

    private void Remember(string hash, Credential? fresh, long start)
    {
        if (fresh is not null)
        {
            if (_known.Count >= MaxEntries)
                _known.Clear();
            _known[hash] = fresh;
            return;
        }
        if (_unknown.Count >= MaxEntries)
            _unknown.Clear();
        _unknown[hash] = start;
    }

    private void Clear()
    {
        lock (_gate)
        {
            _generation++;
            _known.Clear();
            _unknown.Clear();
        }
    }
}
