using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Activation;

/// <summary>
/// Slows those who guess keys: after some wrong keys within ten minutes an address waits, twice as long each time, and a
/// security event is recorded; what it asks after that costs it a challenge each time. While wrong keys come from everywhere, pages ask
/// all for one, and programs those whose address has a share in it. Also bounds how often one key may be asked about, by whomever. Memory
/// is bounded.
/// </summary>
public sealed class GuessGuard : IDisposable
{
    private const int MaxAddresses = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Guesses> _byAddress = new();
    private readonly PartitionedRateLimiter<string>? _byKey;
    private readonly bool _on;
    private readonly int _limit, _limitInTotal;
    private readonly MinuteCount _wrong;
    private readonly Challenges _challenges;
    private readonly Database _db;
    private readonly SecurityEvents _events;
    private readonly TimeProvider _clock;

    // The hashes of the last wrong keys: the same once more is no further guess.
    private const int Remembered = 32;

    /// <param name="By">The customer who typed all of them; null when it was others as well.</param>
    /// <param name="Typing">The last of them: more letters behind it are the same key, being typed.</param>
    private sealed record Guesses(long Since, int Count, long BlockedUntil, int[] Last, string? By, string Typing = "")
    {
        public bool IsOver(long now) => now - Since > Window.TotalMilliseconds && BlockedUntil < now;
    }

    public GuessGuard(IConfiguration config, Challenges challenges, Database db, SecurityEvents events, TimeProvider clock)
    {
        (_challenges, _db, _events, _clock) = (challenges, db, events, clock);
        _wrong = new MinuteCount(clock);
        _on = ConfigOptions.Flag(config, "RateLimits:Enabled");
        _limit = ConfigOptions.Number(config, "Keys:GuessLimit");
        _limitInTotal = ConfigOptions.Number(config, "Keys:GuessLimitInTotal");
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
        Wait(ip);
        Budget(key);
    }

    /// <exception cref="Refusal">429 with Retry-After when the address has to wait.</exception>
    public void Wait(string? ip)
    {
        var now = Now();
        if (_on && _byAddress.TryGetValue(Address(ip), out var guesses) && guesses.BlockedUntil > now)
            throw new Refusal(ActivationErrors.TooManyWrongKeys) { RetryAfter = TimeSpan.FromMilliseconds(guesses.BlockedUntil - now) };
    }

    /// <exception cref="Refusal">429 with Retry-After when the key is asked about too often, from wherever.</exception>
    public void Budget(string? key)
    {
        if (!_on || key is null)
            return;
        using var lease = _byKey!.AttemptAcquire(key);
        if (!lease.IsAcquired)
            throw new Refusal(HttpErrors.RateLimited) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>The challenge of a page's form; null while none is asked for.</summary>
    /// <param name="former">The id of the one that a refused form came with.</param>
    public async Task<Challenge?> Work(string? ip, string? former) => Asks(ip, onPage: true) ? await _db.ReadOne(s => _challenges.KeepOrMake(s, former)) : null;

    /// <summary>Where work is asked for, sees that it was done, and uses it up.</summary>
    /// <exception cref="Refusal">403 CHALLENGE_REQUIRED.</exception>
    public async ValueTask Charge(Caller who, TypedKey typed)
    {
        if (Asks(who.Ip, typed.OnPage) && !(_challenges.Opens(typed.Solved?.Id, typed.Solved?.Nonce) && await _db.Write(s => _challenges.Use(s, who.TenantId, typed.Solved!.Id!))))
            throw new Refusal(ChallengeErrors.Required);
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
        typed = typed.Replace("-", "", StringComparison.Ordinal);
        var (hash, counted, by) = (typed.GetHashCode(StringComparison.Ordinal), true, who.IsCustomer ? who.Id : null);
        var after = _byAddress.AddOrUpdate(Address(who.Ip), _ => new Guesses(now, 1, 0, [hash], by, typed), (_, old) =>
        {
            counted = true;
            if (old.IsOver(now))
                return new Guesses(now, 1, 0, [hash], by, typed);
            counted = !old.Last.Contains(hash);
            if (!counted)
                return old;
            // Of what begins alike, each is another length: keys of one length are guessed no faster.
            if (typed.Length > old.Typing.Length && typed.StartsWith(old.Typing, StringComparison.Ordinal))
            {
                counted = false;
                return old with { Last = [hash, .. old.Last.Take(Remembered - 1)], Typing = typed };
            }
            var over = old.Count + 1 - _limit;
            var wait = over < 0 ? 0 : Math.Min(1000L << Math.Min(over, 20), (long)LongestWait.TotalMilliseconds);
            return new Guesses(old.Since, old.Count + 1, wait == 0 ? 0 : now + wait, [hash, .. old.Last.Take(Remembered - 1)], old.By == by ? by : null, typed);
        });
        if (counted)
            _wrong.Add();
        // Told when the limit is reached and at each doubling after, so that an attack cannot fill the log.
        var times = after.Count / _limit;
        if (counted && after.Count % _limit == 0 && (times & (times - 1)) == 0)
            await _db.Write(async s =>
            {
                await _events.Record(s, who, "keys.guessed", "warn", after.By ?? who.Ip ?? "?", after.Count.ToString());
                return true;
            });
    }

    public void Dispose() => _byKey?.Dispose();

    // Programs may know nothing of work: while only others guess they are not asked for any.
    private bool Asks(string? ip, bool onPage)
    {
        if (!_on)
            return false;
        var everywhere = _wrong.Read() >= _limitInTotal;
        if (everywhere && onPage)
            return true;
        var now = Now();
        return _byAddress.TryGetValue(Address(ip), out var guesses) && !guesses.IsOver(now) && guesses.Count >= (everywhere ? Math.Max(1, _limit / 3) : _limit);
    }

    private void Forget(long now)
    {
        foreach (var (address, guesses) in _byAddress)
            if (guesses.IsOver(now))
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
