using System.Globalization;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Invites;

/// <summary>Somebody who signed up by a customer's link. Times in unix milliseconds.</summary>
/// <param name="AccountId">Null: the account is gone.</param>
/// <param name="Inviter">Empty: the account is gone.</param>
/// <param name="Kind">Of what the inviter got: one of <see cref="InviteSettings"/>'s; empty: nothing yet.</param>
/// <param name="Amount">Points, or minor units of the currency.</param>
public sealed record Invited(string Id, string? AccountId, string Inviter, string State, string Kind, long Amount, string Currency, string? OrderId, long CreatedAt, long? SettledAt)
{
    /// <summary>They have not bought anything that counts yet, earned the inviter something, or never will.</summary>
    public const string Waiting = "waiting", Earned = "earned", Void = "void";

    public static readonly IReadOnlyList<string> States = [Waiting, Earned, Void];
}

/// <summary>As the inviter sees it.</summary>
/// <param name="Email">Of who was invited; null: they are gone.</param>
/// <param name="DueAt">When the reward comes, unless something goes back until then; null: nothing was bought, or it has come.</param>
public sealed record InvitedLine(Invited Invited, string? Email, long? DueAt)
{
    /// <summary>Whoever invited somebody knows who it is; whoever looks over a shoulder does not.</summary>
    public string Who => Email?.Split('@') is [{ Length: > 0 } name, { Length: > 0 } host] ? $"{name[0]}***@{host[0]}***{(host.LastIndexOf('.') is > 0 and var dot ? host[dot..] : "")}" : "***";
}

/// <summary>As staff see it.</summary>
/// <param name="InviterName">What the inviter is called; null: the account is gone.</param>
/// <param name="Name">What who was invited is called; null: the account is gone.</param>
/// <param name="Number">Of the order that earned it.</param>
public sealed record InviteDeskLine(Invited Invited, string? InviterName, string? Name, string? Number, long? DueAt);

/// <summary>What a list of invitations is narrowed by.</summary>
/// <param name="Search">A part of what either of the two is found by.</param>
/// <param name="State">One of <see cref="Invited.States"/>.</param>
public sealed record InviteFilter(string? Search = null, string? State = null);

/// <summary>What a tenant sets about customers who bring customers.</summary>
public static class InviteSettings
{
    public const string Off = "off", Points = "points", Balance = "balance";

    public static readonly SettingGroup Group = new("invites", Check);

    public static readonly SettingDefinition Kind = new("invites.kind", 550, SettingKind.Choice, Off, _ => true)
    {
        Group = Group, Choices = [(Off, "setting.invites.kind.off"), (Points, "setting.invites.kind.points"), (Balance, "setting.invites.kind.balance")],
    };

    /// <summary>Points, or an amount in the major unit of the currency.</summary>
    public static readonly SettingDefinition Amount = new("invites.amount", 560, SettingKind.Code, "10", v => Money.Parse(v, "KWD") is > 0 and <= MaxAmount) { Group = Group, MaxLength = 12 };

    public static readonly SettingDefinition Currency = new("invites.currency", 570, SettingKind.Code, "CNY", v => v.Length == 3 && v.All(char.IsAsciiLetterUpper), v => v.Trim().ToUpperInvariant()) { Group = Group, MaxLength = 3 };

    /// <summary>So long after the delivery the reward comes.</summary>
    public static readonly SettingDefinition Days = new("invites.days", 580, SettingKind.Number, "7", v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 0 and <= 365) { Group = Group };

    public static readonly IReadOnlyList<SettingDefinition> All = [Kind, Amount, Currency, Days];

    private const long MaxAmount = 1_000_000_000;

    /// <summary>What is given now; null: nothing.</summary>
    internal static Reward? Of(TenantSettings settings, string tenant) => Of(s => settings.Get(tenant, s));

    private static Reward? Of(Func<SettingDefinition, string> value) => value(Kind) switch
    {
        Points when Money.Parse(value(Amount), "JPY") is > 0 and var points => new(Points, points, "", DaysOf(value)),
        Balance when Money.Parse(value(Amount), value(Currency)) is > 0 and var amount => new(Balance, amount, value(Currency), DaysOf(value)),
        _ => null,
    };

    private static long DaysOf(Func<SettingDefinition, string> value) => long.Parse(value(Days), CultureInfo.InvariantCulture);

    private static IEnumerable<(SettingDefinition, string)> Check(Func<SettingDefinition, string> value) => value(Kind) != Off && Of(value) is null ? [(Amount, "setting.invites.amount.wrong")] : [];
}

/// <summary>What an inviter gets for one who buys.</summary>
/// <param name="Amount">Points, or minor units of the currency.</param>
/// <param name="Days">After the delivery.</param>
public sealed record Reward(string Kind, long Amount, string Currency, long Days)
{
    /// <summary>As people read it.</summary>
    public static string Shown(Localizer text, string kind, long amount, string currency) => kind == InviteSettings.Points ? text["invites.points", amount] : Money.Format(amount, currency);
}

/// <summary>Links and who came by them in the database.</summary>
internal static class InviteStore
{
    private const long Day = 86_400_000;
    private const string Columns = "i.id, i.account_id, i.inviter, i.state, i.kind, i.amount, i.currency, i.order_id, i.created_at, i.settled_at";

    // An order that counts: paid, delivered, and nothing of it went back or is to go back.
    private const string Counts =
        """
        o.tenant_id = i.tenant_id AND o.account_id = i.account_id AND o.state = 'delivered' AND o.kind NOT IN ('top_up', 'bulk') AND o.amount > 0 AND o.paid_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.id AND r.state IN ('asked', 'failed', 'done'))
        """;

    /// <summary>An account's code: the first that it had.</summary>
    public static ValueTask<string?> Code(ReadTx s, string tenant, string account) => s.One(
        "SELECT code FROM invite_codes WHERE tenant_id = @tenant AND account_id = @account ORDER BY created_at, code LIMIT 1", r => r.GetString(0), ("tenant", tenant), ("account", account));

    /// <summary>Whose code it is.</summary>
    public static ValueTask<string?> Owner(ReadTx s, string tenant, string code) => s.One("SELECT account_id FROM invite_codes WHERE tenant_id = @tenant AND code = @code", r => r.GetString(0), ("tenant", tenant), ("code", code));

    public static ValueTask<int> InsertCode(WriteTx s, string tenant, string account, string code, long now) => s.Execute(
        "INSERT INTO invite_codes (code, tenant_id, account_id, created_at) VALUES (@code, @tenant, @account, @now)", ("code", code), ("tenant", tenant), ("account", account), ("now", now));

    /// <summary>Nothing where the mailbox came by somebody's link before.</summary>
    public static ValueTask<int> Insert(WriteTx s, string tenant, string id, string account, string inviter, string mailbox, long now) => s.Execute(
        "INSERT INTO invited (id, tenant_id, account_id, inviter, mailbox, state, created_at) VALUES (@id, @tenant, @account, @inviter, @mailbox, 'waiting', @now) ON CONFLICT DO NOTHING",
        ("id", id), ("tenant", tenant), ("account", account), ("inviter", inviter), ("mailbox", mailbox), ("now", now));

    /// <summary>Locked for the rest of the transaction.</summary>
    public static ValueTask<Invited?> Locked(WriteTx s, string tenant, string id) => s.Locked($"SELECT {Columns} FROM invited i WHERE i.tenant_id = @tenant AND i.id = @id", Map, ("tenant", tenant), ("id", id));

    public static ValueTask<int> Settle(WriteTx s, string tenant, Invited i) => s.Execute(
        "UPDATE invited SET state = @state, kind = @kind, amount = @amount, currency = @currency, order_id = @order, settled_at = @at WHERE tenant_id = @tenant AND id = @id",
        ("state", i.State), ("kind", i.Kind), ("amount", i.Amount), ("currency", i.Currency), ("order", i.OrderId), ("at", i.SettledAt), ("tenant", tenant), ("id", i.Id));

    /// <summary>Those, of all tenants, who wait and have an order that counts.</summary>
    public static ValueTask<List<(string Tenant, string Id)>> Candidates(ReadTx s, string after, int limit) => s.All(
        $"SELECT i.tenant_id, i.id FROM invited i WHERE i.state = 'waiting' AND i.id > @after AND EXISTS (SELECT 1 FROM orders o WHERE {Counts}) ORDER BY i.id LIMIT @limit",
        r => (r.GetString(0), r.GetString(1)), ("after", after), ("limit", (long)limit));

    /// <summary>The order of who was invited that counts and was delivered first, and when.</summary>
    public static ValueTask<(string? Id, long DeliveredAt)> First(ReadTx s, string tenant, string id) => s.One(
        $"SELECT o.id, o.delivered_at FROM invited i JOIN orders o ON {Counts} WHERE i.tenant_id = @tenant AND i.id = @id ORDER BY o.delivered_at, o.id LIMIT 1", r => ((string?)r.GetString(0), r.GetInt64(1)), ("tenant", tenant), ("id", id));

    /// <summary>An inviter's, the newest first.</summary>
    public static ValueTask<List<InvitedLine>> List(ReadTx s, string tenant, string inviter, long days, string? after, int limit)
    {
        var filter = new SqlFilter("i.tenant_id = @tenant AND i.inviter = @inviter", ("tenant", tenant), ("inviter", inviter), ("wait", days * Day)).After("i.id", after);
        return s.All(
            $"""
            SELECT {Columns}, a.email, CASE WHEN i.state = 'waiting' THEN (SELECT MIN(o.delivered_at) + @wait FROM orders o WHERE {Counts}) END
            FROM invited i LEFT JOIN accounts a ON a.id = i.account_id AND a.tenant_id = i.tenant_id WHERE {filter.Sql} ORDER BY i.id DESC LIMIT @limit
            """, r => new InvitedLine(Map(r), r.TextOrNull(10), r.LongOrNull(11)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>A tenant's, the newest first.</summary>
    public static ValueTask<List<InviteDeskLine>> Desk(ReadTx s, string tenant, InviteFilter wanted, long days, string? after, int limit)
    {
        var filter = new SqlFilter("i.tenant_id = @tenant", ("tenant", tenant), ("wait", days * Day)).Is("i.state", "state", wanted.State).After("i.id", after);
        if (wanted.Search is { } typed)
        {
            const string found = "IN (SELECT f.account_id FROM customer_search f WHERE f.tenant_id = @tenant AND ";
            var like = Like.Contains("q", typed, "f.folded");
            filter = filter.And($"(i.inviter {found}{like.Sql}) OR i.account_id {found}{like.Sql}))", like.Args);
        }
        return s.All(
            $"""
            SELECT {Columns}, {Called("b")}, {Called("a")}, (SELECT o.number FROM orders o WHERE o.id = i.order_id), CASE WHEN i.state = 'waiting' THEN (SELECT MIN(o.delivered_at) + @wait FROM orders o WHERE {Counts}) END
            FROM invited i LEFT JOIN accounts a ON a.id = i.account_id AND a.tenant_id = i.tenant_id LEFT JOIN accounts b ON b.id = i.inviter AND b.tenant_id = i.tenant_id WHERE {filter.Sql} ORDER BY i.id DESC LIMIT @limit
            """, r => new InviteDeskLine(Map(r), r.TextOrNull(10), r.TextOrNull(11), r.TextOrNull(12), r.LongOrNull(13)), filter.Args(("limit", (long)limit)));
    }

    private static string Called(string account) => $"COALESCE(NULLIF({account}.display_name, ''), {account}.email, {account}.phone, {account}.username)";

    /// <summary>How many wait, and what was earned, by kind and currency.</summary>
    public static async ValueTask<(long Waiting, List<(string Kind, string Currency, long Amount)> Earned)> Sums(ReadTx s, string tenant, string inviter)
    {
        (string, object?)[] of = [("tenant", tenant), ("inviter", inviter)];
        return (await s.Number("SELECT COUNT(*) FROM invited WHERE tenant_id = @tenant AND inviter = @inviter AND state = 'waiting'", of),
            await s.All("SELECT kind, currency, CAST(SUM(amount) AS BIGINT) FROM invited WHERE tenant_id = @tenant AND inviter = @inviter AND state = 'earned' GROUP BY kind, currency ORDER BY kind, currency", r => (r.GetString(0), r.GetString(1), r.GetInt64(2)), of));
    }

    private static Invited Map(Row r) => new(r.GetString(0), r.TextOrNull(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetString(6), r.TextOrNull(7), r.GetInt64(8), r.LongOrNull(9));
}
