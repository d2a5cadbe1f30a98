using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.News;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Ledger;

/// <summary>
/// The ledger: nothing but <see cref="Post"/> moves money, and what it wrote is never changed. It stands in the transaction of what it is
/// about, so that neither is there without the other.
/// </summary>
/// <param name="news">Null: nobody is told that a balance runs low; the next movement tells.</param>
public sealed class LedgerService(CustomerNews? news = null)
{
    /// <summary>A customer is told when there is less left to spend than they said.</summary>
    public static readonly NoticeKind LowBalance = new("balance.low", NoticeKind.Warn, 320) { ForCustomers = true };

    public static readonly MailTemplate LowMail = new("balance_low", "mail.balance_low.subject", MailPart.Text("mail.balance_low.what", 0), MailPart.Link("mail.balance_low.open", 1)) { Title = "mail.balance_low.title", Names = ["what", "link"] };

    private const string Lines =
        """
        SELECT e.transaction_id, t.kind, e.account, e.currency, e.amount, t.order_id, t.reference, t.actor, e.created_at
        FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id
        """;

    /// <summary>Writes a movement of money and returns its id. Customers' balances are locked for the rest of the transaction, in the order of their names.</summary>
    /// <exception cref="Refusal">409 INSUFFICIENT_BALANCE: a customer has less than is taken.</exception>
    /// <exception cref="InvalidOperationException">The entries do not add up to zero, or name an account twice: a fault of the caller.</exception>
    public async ValueTask<string> Post(WriteTx s, string tenant, Posting posting)
    {
        var entries = posting.Entries.Where(e => e.Amount != 0).OrderBy(e => e.Account, StringComparer.Ordinal).ToList();
        if (checked(entries.Sum(e => e.Amount)) != 0 || entries.Count == 0 || entries.DistinctBy(e => e.Account).Count() != entries.Count)
            throw new InvalidOperationException($"A posting of kind {posting.Kind} does not add up.");
        var debts = posting.Kind == Posting.Moved && entries.TrueForAll(e => LedgerAccount.IsBalance(e.Account));
        foreach (var (account, amount) in entries.Where(e => LedgerAccount.IsBalance(e.Account)))
            await Change(s, tenant, account, posting.Currency, -amount, debts);
        var (id, now) = (Ids.New(), await s.Now());
        await s.Execute(
            "INSERT INTO ledger_transactions (id, tenant_id, kind, currency, order_id, payment_id, reference, actor, created_at) VALUES (@id, @tenant, @kind, @currency, @order, @payment, @reference, @actor, @now)",
            ("id", id), ("tenant", tenant), ("kind", posting.Kind), ("currency", posting.Currency), ("order", posting.OrderId), ("payment", posting.PaymentId), ("reference", posting.Reference),
            ("actor", posting.Actor), ("now", now));
        await s.ExecuteMany(
            "INSERT INTO ledger_entries (transaction_id, account, tenant_id, currency, amount, created_at) VALUES (@id, @account, @tenant, @currency, @amount, @now)",
            entries.ConvertAll(e => new (string, object?)[] { ("id", id), ("account", e.Account), ("tenant", tenant), ("currency", posting.Currency), ("amount", e.Amount), ("now", now) }));
        return id;
    }

    /// <summary>What a customer has, by currency; none of zero.</summary>
    public ValueTask<List<(string Currency, long Amount)>> Balances(ReadTx s, string tenant, string account) => s.All(
        "SELECT currency, balance FROM ledger_balances WHERE tenant_id = @tenant AND account = @account AND balance <> 0 ORDER BY currency", r => (r.GetString(0), r.GetInt64(1)),
        ("tenant", tenant), ("account", LedgerAccount.Balance(account)));

    /// <summary>A customer's balance in one currency, and how far below nothing it may fall.</summary>
    public ValueTask<(long Balance, long Credit)> Standing(ReadTx s, string tenant, string account, string currency) => s.One(
        "SELECT balance, credit FROM ledger_balances WHERE tenant_id = @tenant AND account = @account AND currency = @currency", r => (r.GetInt64(0), r.GetInt64(1)),
        ("tenant", tenant), ("account", LedgerAccount.Balance(account)), ("currency", currency));

    /// <summary>Grants a credit line: how far below nothing a customer's balance may fall. It is locked for the rest of the transaction.</summary>
    /// <returns>How far below nothing it is. Where that is more than was granted it may stay there, and each payment brings the line down with it.</returns>
    public async ValueTask<long> Credit(WriteTx s, string tenant, string account, string currency, long granted)
    {
        var row = await Held(s, tenant, LedgerAccount.Balance(account), currency);
        var owed = Math.Max(0, -row.Balance);
        await s.Execute("UPDATE ledger_balances SET credit = @credit, granted = @granted WHERE tenant_id = @tenant AND account = @account AND currency = @currency",
            [("credit", Math.Max(granted, owed)), ("granted", granted), .. row.Key]);
        await Watch(s, tenant, row, row.Balance + Math.Max(granted, owed));
        return owed;
    }

    /// <summary>Tells a customer, from now on, when what is left to spend, the balance and the line together, falls below an amount; again only after it was not. Null: no more.</summary>
    public async ValueTask Watch(WriteTx s, string tenant, string account, string currency, long? below)
    {
        var row = await Held(s, tenant, LedgerAccount.Balance(account), currency);
        row = row with { Below = below, Low = below is not null && row.Low };
        await s.Execute("UPDATE ledger_balances SET notice_below = @below, noticed = @low WHERE tenant_id = @tenant AND account = @account AND currency = @currency", [("below", below), ("low", row.Low ? 1L : 0L), .. row.Key]);
        await Watch(s, tenant, row, row.Balance + row.Credit);
    }

    /// <summary>The amount of <see cref="Watch(WriteTx, string, string, string, long?)"/>.</summary>
    public ValueTask<long?> Watched(ReadTx s, string tenant, string account, string currency) => s.One(
        "SELECT notice_below FROM ledger_balances WHERE tenant_id = @tenant AND account = @account AND currency = @currency", r => r.LongOrNull(0),
        ("tenant", tenant), ("account", LedgerAccount.Balance(account)), ("currency", currency));

    /// <summary>What a customer's balance has, nothing where it is below that. It is locked for the rest of the transaction.</summary>
    /// <param name="account">Of <see cref="LedgerAccount.Balance"/>.</param>
    public async ValueTask<long> Has(WriteTx s, string tenant, string account, string currency) => Math.Max(0, await s.Locked(
        "SELECT balance FROM ledger_balances WHERE tenant_id = @tenant AND account = @account AND currency = @currency", r => r.GetInt64(0), ("tenant", tenant), ("account", account), ("currency", currency)));

    /// <summary>What an account's entries add up to in a currency: debits less credits.</summary>
    public ValueTask<long> Sum(ReadTx s, string tenant, string account, string currency) => s.Number(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_entries WHERE tenant_id = @tenant AND account = @account AND currency = @currency",
        ("tenant", tenant), ("account", account), ("currency", currency));

    /// <summary>The entries of an account, or of all, newest first.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public async ValueTask<Slice<LedgerLine>> List(ReadTx s, string tenant, string? account, string? after, int limit)
    {
        var filter = new SqlFilter("e.tenant_id = @tenant", ("tenant", tenant));
        if (!string.IsNullOrEmpty(account))
            filter = filter.And("e.account = @account", ("account", account));
        if (Cursor.Decode(after)?.Split('/') is { } at)
            filter = at is [var transaction, var name] ? filter.And("(e.transaction_id, e.account) < (@last, @name)", ("last", transaction), ("name", name)) : throw Refusal.Field("after", "field.cursor");
        var found = await s.All($"{Lines} WHERE {filter.Sql} ORDER BY e.transaction_id DESC, e.account DESC LIMIT @limit", Line, filter.Args(("limit", limit + 1L)));
        return Slice<LedgerLine>.Of(found, limit, l => $"{l.TransactionId}/{l.Account}");
    }

    /// <summary>All entries of an order's movements, as they were made.</summary>
    public ValueTask<List<LedgerLine>> OfOrder(ReadTx s, string tenant, string order) =>
        s.All($"{Lines} WHERE t.order_id = @order AND t.tenant_id = @tenant ORDER BY e.transaction_id, e.amount DESC, e.account LIMIT 500", Line, ("order", order), ("tenant", tenant));

    private static LedgerLine Line(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.TextOrNull(5), r.GetString(6), r.GetString(7), r.GetInt64(8));

    /// <param name="debts">Debts of another account may come along, whatever was granted to this one.</param>
    private async ValueTask Change(WriteTx s, string tenant, string account, string currency, long amount, bool debts)
    {
        var row = await Held(s, tenant, account, currency);
        var balance = checked(row.Balance + amount);
        // Below nothing, where there is a credit line, and then too it may rise.
        if (amount < 0 && !debts && balance < -row.Credit)
            throw new Refusal(LedgerErrors.InsufficientBalance);
        // What is paid back of a debt that nobody grants any more is not there to be spent again.
        var line = amount < 0 ? Math.Max(row.Credit, -balance) : Math.Min(row.Credit, Math.Max(row.Granted, -balance));
        await s.Execute("UPDATE ledger_balances SET balance = @balance, credit = @credit WHERE tenant_id = @tenant AND account = @account AND currency = @currency", [("balance", balance), ("credit", line), .. row.Key]);
        await Watch(s, tenant, row, balance + line);
    }

    private async ValueTask Watch(WriteTx s, string tenant, BalanceRow row, long left)
    {
        var low = left < row.Below;
        if (news is null || low == row.Low)
            return;
        await s.Execute("UPDATE ledger_balances SET noticed = @low WHERE tenant_id = @tenant AND account = @account AND currency = @currency", [("low", low ? 1L : 0L), .. row.Key]);
        if (low && await CustomerStore.Find(s, tenant, LedgerAccount.Owner(row.Account), await s.Now()) is { } owner)
            await news.Tell(s, tenant, Addressee.Of(owner), LowBalance, LowMail, "/account/balance", Ids.New(), new Message("balance.notice.low", Money.Plain(left, row.Currency), row.Currency, Money.Plain(row.Below!.Value, row.Currency)));
    }

    // Locked for the rest of the transaction.
    private static async ValueTask<BalanceRow> Held(WriteTx s, string tenant, string account, string currency)
    {
        (string, object?)[] key = [("tenant", tenant), ("account", account), ("currency", currency)];
        await s.Execute("INSERT INTO ledger_balances (tenant_id, account, currency, balance) VALUES (@tenant, @account, @currency, 0) ON CONFLICT DO NOTHING", key);
        return (await s.Locked("SELECT balance, credit, granted, notice_below, noticed FROM ledger_balances WHERE tenant_id = @tenant AND account = @account AND currency = @currency",
            r => new BalanceRow(account, currency, key, r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.LongOrNull(3), r.GetInt64(4) == 1), key))!;
    }

    private sealed record BalanceRow(string Account, string Currency, (string, object?)[] Key, long Balance, long Credit, long Granted, long? Below, bool Low);
}

/// <summary>What requests about money are refused with.</summary>
public static class LedgerErrors
{
    public static readonly ErrorCode InsufficientBalance = new(409, "INSUFFICIENT_BALANCE");

    public static readonly IReadOnlyList<ErrorCode> All = [InsufficientBalance];
}
