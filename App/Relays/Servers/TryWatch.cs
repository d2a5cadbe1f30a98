using System.Collections.Concurrent;

namespace Gatehouse.Relays.Servers;

/// <summary>How far trying a server has come.</summary>
/// <param name="Step">That it is at.</param>
/// <param name="Done">Of <paramref name="Total"/>, in bytes; both 0: that step has nothing to count.</param>
public sealed record TryProgress(string Step, long Done = 0, long Total = 0);

/// <summary>What is being tried in this process, for the pages that wait for it. Each is known by its tenant and a key that its page made up, or the server's id.</summary>
public sealed class TryWatch
{
    private const int Most = 1000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<(string Tenant, string Key), (long Seq, TryProgress? At, long Since)> _of = [];
    private long _seq;

    /// <summary>A try begins; whoever tries reports to what is returned. Without a key nobody waits.</summary>
    public IProgress<TryProgress>? Begin(string tenant, string key)
    {
        if (key.Length is 0 or > 64)
            return null;
        foreach (var (old, one) in _of)
            if (_of.Count >= Most || TimeProvider.System.GetElapsedTime(one.Since) > KeptFor)
                _of.TryRemove(old, out _);
        return new Reports(at => Put(tenant, key, at));
    }

    /// <summary>It is over: its page shows what was found.</summary>
    public void End(string tenant, string key)
    {
        if (_of.ContainsKey((tenant, key)))
            Put(tenant, key, null);
    }

    /// <summary>Where it is, and a number that rises with each change; 0 and null: nothing is tried.</summary>
    public (long Seq, TryProgress? At) Of(string tenant, string key) => _of.TryGetValue((tenant, key), out var one) ? (one.Seq, one.At) : (0, null);

    private void Put(string tenant, string key, TryProgress? at) => _of[(tenant, key)] = (Interlocked.Increment(ref _seq), at, TimeProvider.System.GetTimestamp());

    // At once: the framework's own hands on by other threads, in any order.
    private sealed class Reports(Action<TryProgress> put) : IProgress<TryProgress>
    {
        public void Report(TryProgress value) => put(value);
    }
}
