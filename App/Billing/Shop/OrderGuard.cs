using System.Collections.Concurrent;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Shop;

/// <summary>
/// Asks guests for some work before an order: those from whose address several were made within an hour of which none is paid, and all
/// while orders of guests come from everywhere. An order keeps stock and calls a gateway; to make one costs a guest nothing else. Memory
/// is bounded; each node counts for itself.
/// </summary>
public sealed class OrderGuard(IConfiguration config, Challenges challenges, Database db, TimeProvider clock)
{
    private const int MaxAddresses = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (long At, string Id)[]> _byAddress = new();
    private readonly bool _on = ConfigOptions.Flag(config, "RateLimits:Enabled");
    private readonly int _limit = ConfigOptions.Number(config, "Shop:GuestOrders");
    private readonly int _limitInTotal = ConfigOptions.Number(config, "Shop:GuestOrdersInTotal");
    private readonly MinuteCount _all = new(clock);

    /// <summary>The challenge of a page's form; null while none is asked for.</summary>
    /// <param name="former">The id of the one that a refused form came with.</param>
    public async Task<Challenge?> Work(Caller who, string? former, CancellationToken ct) =>
        await db.Read(async s => await Asks(s, who) ? await challenges.KeepOrMake(s, former) : null, ct);

    /// <summary>In the transaction of an order: where work is asked for, sees that it was done, and uses it up.</summary>
    /// <exception cref="Refusal">403 CHALLENGE_REQUIRED.</exception>
    public async ValueTask Charge(WriteTx s, Caller who, SolvedChallenge? solved)
    {
        if (await Asks(s, who) && !(challenges.Opens(solved?.Id, solved?.Nonce) && await challenges.Use(s, who.TenantId, solved!.Id!)))
            throw new Refusal(ChallengeErrors.Required);
    }

    /// <summary>Counts an order once it is there.</summary>
    public void Count(WriteTx s, Caller who, Order order)
    {
        if (!_on || who.IsCustomer)
            return;
        s.AfterCommit(() =>
        {
            _all.Add();
            var now = Now();
            if (_byAddress.Count >= MaxAddresses)
                Forget(now);
            _byAddress.AddOrUpdate(RateLimits.NetworkOf(who.Ip), _ => [(now, order.Id)], (_, old) => [.. old.Where(o => Recent(o.At, now)).TakeLast(_limit - 1), (now, order.Id)]);
        });
    }

    private async ValueTask<bool> Asks(ReadTx s, Caller who)
    {
        if (!_on || who.IsCustomer)
            return false;
        if (_all.Read() >= _limitInTotal)
            return true;
        var now = Now();
        if (!_byAddress.TryGetValue(RateLimits.NetworkOf(who.Ip), out var orders) || orders.Count(o => Recent(o.At, now)) < _limit)
            return false;
        // Whoever has paid one buys in earnest.
        foreach (var (_, id) in orders)
            if (await OrderStore.Find(s, who.TenantId, id) is { PaidAt: not null, Amount: > 0 })
                return false;
        return true;
    }

    private void Forget(long now)
    {
        foreach (var (address, orders) in _byAddress)
            if (!orders.Any(o => Recent(o.At, now)))
                _byAddress.TryRemove(address, out _);
        // Still full: the oldest half goes rather than the memory.
        if (_byAddress.Count >= MaxAddresses)
            foreach (var (address, _) in _byAddress.OrderBy(p => p.Value[^1].At).Take(MaxAddresses / 2).ToList())
                _byAddress.TryRemove(address, out _);
    }

    private static bool Recent(long at, long now) => now - at < Window.TotalMilliseconds;

    // By what elapses: a time of day that is set right must end no window.
    private long Now() => (long)clock.GetElapsedTime(0).TotalMilliseconds;
}
