using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Points;

/// <summary>Points of customers, as a ledger: what there is is what the entries add up to, and each entry says it.</summary>
public sealed class PointService(CustomerService customers, AuditWriter audit, TimeProvider clock)
{
    /// <summary>How many the customer has.</summary>
    public async ValueTask<long> Balance(ReadTx s, string tenant, string account) => (await PointStore.Last(s, tenant, account))?.Balance ?? 0;

    /// <summary>The entries, newest first.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public ValueTask<Slice<PointEntry>> List(ReadTx s, string tenant, string account, string? after = null, int limit = Cursor.DefaultLimit) =>
        PointStore.List(s, tenant, account, after, limit);

    /// <summary>Staff give points, or take them where the amount is below zero.</summary>
    /// <param name="id">The customer's id, e-mail address, phone number or user name.</param>
    /// <exception cref="Refusal">404 NO_SUCH_USER, 409 INSUFFICIENT_POINTS, 422 with what is wrong, by field.</exception>
    public async ValueTask<PointEntry> Change(WriteTx s, Caller who, string id, PointEntry wanted)
    {
        var entry = PointEntry.Fields.Checked(wanted);
        var account = await customers.IdOf(s, who.TenantId, id);
        if (await CustomerStore.FindLocked(s, who.TenantId, account, Now()) is not { } customer)
            throw new Refusal(CustomerErrors.NotFound);
        var added = await Add(s, who, account, entry with { Actor = who.Name });
        // The reason is said in the ledger, which goes with the person: the audit log could not forget it.
        await audit.Write(s, who, entry.Amount > 0 ? "customer.points_given" : "customer.points_taken", CustomerService.Target(customer),
            after: $$"""{"amount":{{added.Amount}},"balance":{{added.Balance}}}""");
        return added;
    }

    /// <summary>The customer spends points.</summary>
    /// <param name="wanted">How many, above zero, and for what.</param>
    /// <exception cref="Refusal">401: disabled or deleted in this moment; 409 INSUFFICIENT_POINTS; 422 with what is wrong, by field.</exception>
    public async ValueTask<PointEntry> Spend(WriteTx s, Caller who, PointEntry wanted)
    {
        if (wanted.Amount < 0)
            throw Refusal.Field("amount", "points.field.spend", PointEntry.MaxAmount);
        var entry = PointEntry.Fields.Checked(wanted);
        if (await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", Now()) is not { DisabledAt: null } customer)
            throw new Refusal(HttpErrors.Unauthorized);
        return await Add(s, who, customer.Id, entry with { Amount = -entry.Amount, Actor = "" });
    }

    /// <summary>A customer has earned points by something that they did. The account's row is locked.</summary>
    /// <exception cref="Refusal">422 on <c>amount</c>: nobody has so many.</exception>
    public ValueTask<PointEntry> Earn(WriteTx s, string tenant, string account, long amount, string reason) =>
        Add(s, Caller.System with { TenantId = tenant }, account, new PointEntry { Amount = amount, Reason = reason });

    // The account's row is locked: the last entry stays the last until this one is.
    private async ValueTask<PointEntry> Add(WriteTx s, Caller who, string account, PointEntry entry)
    {
        var last = await PointStore.Last(s, who.TenantId, account);
        var balance = (last?.Balance ?? 0) + entry.Amount;
        if (balance < 0)
            throw new Refusal(PointsErrors.Insufficient);
        if (balance > PointEntry.MaxBalance)
            throw Refusal.Field("amount", "points.field.too_many", PointEntry.MaxBalance);
        var added = entry with { Id = Ids.New(), AccountId = account, Number = (last?.Number ?? 0) + 1, Balance = balance, CreatedAt = Now() };
        await PointStore.Insert(s, who.TenantId, added);
        return added;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
