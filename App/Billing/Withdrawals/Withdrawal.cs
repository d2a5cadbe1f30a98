using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Withdrawals;

/// <summary>Commission that a distributor asks for. Money in minor units, times in unix milliseconds.</summary>
/// <param name="AccountId">The distributor.</param>
/// <param name="Way">A name of <see cref="WithdrawalWay"/>.</param>
/// <param name="Details">Where to pay it, as they wrote it.</param>
/// <param name="State">A name of <see cref="WithdrawalState"/>.</param>
/// <param name="Reference">How staff paid it, or why they did not; the distributor sees it.</param>
/// <param name="Actor">The name of who of staff decided.</param>
/// <param name="Posting">Of the ledger, that decided it.</param>
public sealed record Withdrawal(string Id, string AccountId, string Currency, long Amount, string Way, string Details, string State, string Reference, string Actor, string? Posting, long CreatedAt, long? DecidedAt);

/// <summary>How commission is paid out. The words are <c>withdrawals.way.NAME</c>.</summary>
public static class WithdrawalWay
{
    /// <summary>To their balance, to buy keys with.</summary>
    public const string Balance = "balance";

    /// <summary>Past every channel, by staff.</summary>
    public const string Hand = "hand";

    public static readonly IReadOnlyList<string> All = [Balance, Hand];
}

/// <summary>The states of withdrawals. The words are <c>withdrawals.state.NAME</c>.</summary>
public static class WithdrawalState
{
    /// <summary>Nobody has decided; the money is set aside.</summary>
    public const string Asked = "asked";
    public const string Paid = "paid";
    public const string Refused = "refused";

    /// <summary>Taken back by who asked.</summary>
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Asked, Paid, Refused, Cancelled];
}

/// <param name="Name">What the distributor is called.</param>
public sealed record WithdrawalLine(Withdrawal Withdrawal, string Name);

/// <summary>What requests about withdrawals are refused with.</summary>
public static class WithdrawalErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_WITHDRAWAL");
    public static readonly ErrorCode State = new(409, "WITHDRAWAL_STATE");
    public static readonly ErrorCode Insufficient = new(409, "INSUFFICIENT_COMMISSION");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, State, Insufficient];
}

/// <summary>Withdrawals in the database.</summary>
internal static class WithdrawalStore
{
    private const string Columns = "w.id, w.account_id, w.currency, w.amount, w.way, w.details, w.state, w.reference, w.actor, w.posting, w.created_at, w.decided_at";

    public static ValueTask<Withdrawal?> Find(ReadTx s, string tenant, string id) => s.One($"SELECT {Columns} FROM withdrawals w WHERE w.tenant_id = @tenant AND w.id = @id", Map, ("tenant", tenant), ("id", id));

    /// <summary>Locked for the rest of the transaction.</summary>
    public static async ValueTask<Withdrawal?> Locked(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM withdrawals WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is null ? null : await Find(s, tenant, id);

    /// <summary>A tenant's, or one distributor's, the newest first.</summary>
    public static ValueTask<List<WithdrawalLine>> List(ReadTx s, string tenant, string? account, string? state, string? after, int limit)
    {
        var filter = new SqlFilter("w.tenant_id = @tenant", ("tenant", tenant)).Is("w.account_id", "account", account).Is("w.state", "state", state).After("w.id", after);
        return s.All($"SELECT {Columns}, COALESCE(NULLIF(a.display_name, ''), a.email, a.phone, a.username, '—') FROM withdrawals w LEFT JOIN accounts a ON a.id = w.account_id WHERE {filter.Sql} ORDER BY w.id DESC LIMIT @limit",
            r => new WithdrawalLine(Map(r), r.GetString(12)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>How many wait for a decision.</summary>
    public static ValueTask<long> Waiting(ReadTx s, string tenant) => s.Number("SELECT COUNT(*) FROM withdrawals WHERE tenant_id = @tenant AND state = 'asked'", ("tenant", tenant));

    public static ValueTask<int> Insert(WriteTx s, string tenant, Withdrawal w) => s.Execute(
        "INSERT INTO withdrawals (id, tenant_id, account_id, currency, amount, way, details, state, created_at) VALUES (@id, @tenant, @account, @currency, @amount, @way, @details, @state, @now)",
        ("id", w.Id), ("tenant", tenant), ("account", w.AccountId), ("currency", w.Currency), ("amount", w.Amount), ("way", w.Way), ("details", w.Details), ("state", w.State), ("now", w.CreatedAt));

    public static ValueTask<int> Decide(WriteTx s, string tenant, Withdrawal w) => s.Execute(
        "UPDATE withdrawals SET state = @state, reference = @reference, actor = @actor, posting = @posting, decided_at = @at WHERE tenant_id = @tenant AND id = @id",
        ("state", w.State), ("reference", w.Reference), ("actor", w.Actor), ("posting", w.Posting), ("at", w.DecidedAt), ("tenant", tenant), ("id", w.Id));

    private static Withdrawal Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.TextOrNull(9), r.GetInt64(10), r.LongOrNull(11));
}
