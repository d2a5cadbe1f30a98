using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Accounts.Sessions;

namespace Gatehouse.Accounts.SignIn;

/// <summary>
/// Names that nobody has, tried from a network: they are locked to it as an account would be, so that a lock does not tell which names
/// there are. In bounded memory, by their hashes: people type passwords there.
/// </summary>
internal sealed class UnknownNames(SignInLimits limits, TimeProvider clock)
{
    private const int MaxNames = 20_000;
    private readonly ConcurrentDictionary<string, (long Failures, long LockedUntil, long LastAt)> _tried = new();

    /// <summary>Notes another wrong password. Returns until when (unix milliseconds) the name was locked already; null while it was not.</summary>
    public long? Failed(string network, string name)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(network + "\n" + name.Trim().ToLowerInvariant())));
        if (_tried.Count >= MaxNames && !_tried.ContainsKey(key))
            Trim(now);
        long? locked = null;
        _tried.AddOrUpdate(key, _ => Next(default, now), (_, had) =>
        {
            locked = had.LockedUntil > now ? had.LockedUntil : null;
            return locked is null ? Next(had, now) : had;
        });
        return locked;
    }

    // As an account counts: the failure that locks is still told as a wrong password, and after a lock the count begins anew.
    private (long, long, long) Next((long Failures, long LockedUntil, long LastAt) had, long now)
    {
        var failures = now - had.LastAt < (long)SignInLocks.Kept.TotalMilliseconds ? had.Failures + 1 : 1;
        return failures >= limits.LockoutFailures ? (0, now + (long)limits.Lockout.TotalMilliseconds, now) : (failures, 0, now);
    }

    private void Trim(long now)
    {
        foreach (var (key, tried) in _tried)
            if (tried.LockedUntil <= now && tried.LastAt < now - (long)limits.Lockout.TotalMilliseconds)
                _tried.TryRemove(key, out _);
        if (_tried.Count >= MaxNames)
            _tried.Clear();
    }
}
