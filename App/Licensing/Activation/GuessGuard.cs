using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Activation;

/// <summary>
/// Slows those who guess keys: after some wrong keys within ten minutes an address waits, twice as long each time, and a
/// security event is recorded. Also bounds how often one key may be asked about, by whomever. Memory is bounded.
/// </summary>
public sealed class GuessGuard : IDisposable
{
    private const int MaxAddresses = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Guesses> _byAddress = new();
    private readonly PartitionedRateLimiter<string>? _byKey;
    private readonly bool _on;
    private readonly int _limit;
    private readonly Database _db;
    private readonly SecurityEvents _events;
    private readonly TimeProvider _clock;

    // The hashes of the last wrong keys: the same once more is no further guess.
    private const int Remembered = 32;

    private sealed record Guesses(long Since, int Count, long BlockedUntil, int[] Last);

    public GuessGuard(IConfiguration config, Database db, SecurityEvents events, TimeProvider clock)
    {
        (_db, _events, _clock) = (db, events, clock);
        _on = ConfigOptions.Flag(config, "RateLimits:Enabled");
        _limit = ConfigOptions.Number(config, "Keys:GuessLimit");
        var perSecond = ConfigOptions.Number(config, "RateLimits:Key:PerSecond");
        var burst = ConfigOptions.Number(config, "RateLimits:Key:Burst");
        if (_on)
            _byKey = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
            }));
    }

    /// <exception cref="Refusal">429 with Retry-After when the address has to wait, or the key is asked about too often.</exception>
    public void Enter(string? ip, string? key)
    {
        if (!_on)
            return;
        var now = Now();
        if (_byAddress.TryGetValue(Address(ip), out var guesses) && guesses.BlockedUntil > now)
            throw new Refusal(ActivationErrors.TooManyWrongKeys) { RetryAfter = TimeSpan.FromMilliseconds(guesses.BlockedUntil - now) };
        if (key is null)
            return;
        using var lease = _byKey!.AttemptAcquire(key);
        if (!lease.IsAcquired)
            throw new Refusal(HttpErrors.RateLimited) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>Counts a wrong key against the caller's address, once however often it is tried.</summary>
    /// <param name="typed">In the form that keys are compared in.</param>
    public async ValueTask Wrong(Caller who, string typed)
    {
        if (!_on)
            return;
        var now = Now();
        if (_byAddress.Count >= MaxAddresses)
            Forget(now);
        var (hash, counted) = (typed.GetHashCode(StringComparison.Ordinal), true);
        var after = _byAddress.AddOrUpdate(Address(who.Ip), _ => new Guesses(now, 1, 0, [hash]), (_, old) =>
        {
            counted = true;
            if (now - old.Since > Window.TotalMilliseconds && old.BlockedUntil < now)
                return new Guesses(now, 1, 0, [hash]);
            counted = !old.Last.Contains(hash);
            if (!counted)
                return old;
            var over = old.Count + 1 - _limit;
            var wait = over < 0 ? 0 : Math.Min(1000L << Math.Min(over, 20), (long)LongestWait.TotalMilliseconds);
            return new Guesses(old.Since, old.Count + 1, wait == 0 ? 0 : now + wait, [hash, .. old.Last.Take(Remembered - 1)]);
        });
        // Told when the limit is reached and at each doubling after, so that an attack cannot fill the log.
        var times = after.Count / _limit;
        if (counted && after.Count % _limit == 0 && (times & (times - 1)) == 0)
            await _db.Write(async s =>
            {
                await _events.Record(s, who, "keys.guessed", "warn", who.Ip ?? "?", after.Count.ToString());
                return true;
            });
    }

    public void Dispose() => _byKey?.Dispose();

    private void Forget(long now)
    {
        foreach (var (address, guesses) in _byAddress)
            if (guesses.BlockedUntil < now && now - guesses.Since > Window.TotalMilliseconds)
                _byAddress.TryRemove(address, out _);
        // Still full: an attack from everywhere. The oldest half goes rather than the memory.
        if (_byAddress.Count >= MaxAddresses)
            foreach (var (address, _) in _byAddress.OrderBy(p => p.Value.Since).Take(MaxAddresses / 2).ToList())
                _byAddress.TryRemove(address, out _);
    }

    private static string Address(string? ip) => RateLimits.Network(IPAddress.TryParse(ip, out var address) ? address : null);

    // Milliseconds by what elapses: a time of day that is set right must end no wait, nor make one of days.
    private long Now() => (long)_clock.GetElapsedTime(0).TotalMilliseconds;
}
