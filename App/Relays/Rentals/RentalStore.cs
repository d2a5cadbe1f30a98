using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Rentals;

/// <summary>What a list of rentals is narrowed by; null asks for nothing.</summary>
/// <param name="Status">One of <see cref="RentalStore.Listed"/>; those that wait for a device are active.</param>
/// <param name="Search">Part of the owner's names and addresses, or of the rental's or its plan's name.</param>
public sealed record RentalFilter(string? Account = null, string? Plan = null, string? Status = null, string? Search = null);

/// <summary>Rentals and what happened to them in the database.</summary>
internal static class RentalStore
{
    private const string Select = $"SELECT {Rental.Columns} FROM rentals r";

    public static ValueTask<Rental?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE r.tenant_id = @tenant AND r.id = @id", Rental.FromRow, ("tenant", tenant), ("id", id));

    /// <summary>The same, and nobody else changes it before the end of the transaction: renewing and ending take turns here.</summary>
    public static ValueTask<Rental?> FindLocked(WriteTx s, string tenant, string id) =>
        s.Locked(Select + " WHERE r.tenant_id = @tenant AND r.id = @id", Rental.FromRow, ("tenant", tenant), ("id", id));

    /// <summary>Those that are not history come first, then the newest.</summary>
    public static ValueTask<List<Rental>> OfAccount(ReadTx s, string tenant, string account) => s.All(
        Select + " WHERE r.tenant_id = @tenant AND r.account_id = @account ORDER BY CASE WHEN r.released_at IS NULL THEN 0 ELSE 1 END, r.id DESC LIMIT 500", Rental.FromRow, ("tenant", tenant), ("account", account));

    /// <summary>What <see cref="RentalFilter.Status"/> may be.</summary>
    public static readonly IReadOnlyList<string> Listed = [Rental.Active, Rental.Grace, Rental.Suspended, Rental.Ended];

    /// <summary>Newest first.</summary>
    public static ValueTask<List<Rental>> List(ReadTx s, string tenant, RentalFilter wanted, long now, string? after, int limit)
    {
        var filter = new SqlFilter("r.tenant_id = @tenant", ("tenant", tenant)).Is("r.account_id", "account", wanted.Account).Is("r.plan_id", "plan", wanted.Plan).After("r.id", after);
        if (wanted.Status is { } status)
            filter = filter.And(status switch
            {
                Rental.Ended => "r.released_at IS NOT NULL",
                Rental.Grace => "r.released_at IS NULL AND r.end_at <= @now",
                Rental.Suspended => "r.released_at IS NULL AND r.suspended_at IS NOT NULL AND (r.end_at IS NULL OR r.end_at > @now)",
                _ => "r.released_at IS NULL AND r.suspended_at IS NULL AND (r.end_at IS NULL OR r.end_at > @now)",
            }, ("now", now));
        if (wanted.Search is { } typed)
        {
            var (people, names) = (Like.Contains("q", typed, "f.folded"), Like.Contains("q", typed, "r.folded"));
            filter = filter.And($"({names.Sql} OR r.id = @typed OR r.account_id IN (SELECT f.account_id FROM customer_search f WHERE f.tenant_id = @tenant AND {people.Sql}))", [("typed", typed), .. people.Args]);
        }
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY r.id DESC LIMIT @limit", Rental.FromRow, filter.Args(("limit", (long)limit)));
    }

    /// <summary>What owners are called, by their ids.</summary>
    public static async ValueTask<Dictionary<string, string>> People(ReadTx s, string tenant, IEnumerable<string> accounts)
    {
        var names = new Dictionary<string, string>();
        foreach (var account in accounts.Distinct())
            if (await s.One("SELECT COALESCE(NULLIF(display_name, ''), email, phone, username) FROM accounts WHERE tenant_id = @tenant AND id = @id", r => r.TextOrNull(0), ("tenant", tenant), ("id", account)) is { } name)
                names[account] = name;
        return names;
    }

    public static ValueTask<long> Running(ReadTx s, string tenant, string plan) =>
        s.Number("SELECT COUNT(*) FROM rentals WHERE tenant_id = @tenant AND plan_id = @plan AND cut_at IS NULL AND released_at IS NULL", ("tenant", tenant), ("plan", plan));

    /// <summary>Had the person a rental of that plan?</summary>
    public static async ValueTask<bool> Had(ReadTx s, string account, string plan) =>
        await s.One("SELECT id FROM rental_events WHERE account_id = @account AND plan_id = @plan LIMIT 1", r => r.GetString(0), ("account", account), ("plan", plan)) is not null;

    public static ValueTask<int> Insert(WriteTx s, string tenant, Rental r) => s.Execute(
        """
        INSERT INTO rentals (id, tenant_id, account_id, plan_id, plan_name, name, start_at, start_by, end_at, duration_ms, grace_ms, servers, device_limit, traffic_quota, traffic_reset, at_quota, slow_rate, rate_limit, regions,
          renewable, price, currency, plan_seconds, period_at, region_base, created_at, updated_at, folded)
        VALUES (@id, @tenant, @account, @plan, @plan_name, @name, @start, @start_by, @end, @duration, @grace, @servers, @devices, @quota, @reset, @at_quota, @slow, @rate, @regions, @renewable, @price, @currency, @seconds,
          @start, @base, @now, @now, @folded)
        """,
        [("id", r.Id), ("tenant", tenant), ("account", r.AccountId), ("name", r.Name), ("start", r.StartAt), ("start_by", r.StartBy), ("end", r.EndAt), ("duration", r.DurationMs), ("base", r.RegionBase), ("now", r.CreatedAt), ("folded", Folded(r)), .. Args(r.Terms)]);

    /// <summary>Its times, name, limits and notes. Its relays have something to learn: the version rises.</summary>
    public static ValueTask<int> Update(WriteTx s, string tenant, Rental r, long now) => s.Execute(
        """
        UPDATE rentals SET name = @name, folded = @folded, start_at = @start, end_at = @end, duration_ms = @duration, next_at = @next_at, next_terms = @next, device_limit = @devices, servers = @servers, extra_devices = @extra_devices, extra_servers = @extra_servers, suspended_at = @suspended, cut_at = @cut, released_at = @released,
          short_at = @short, acl_version = @acl, notes = @notes, version = version + 1, updated_at = @now WHERE tenant_id = @tenant AND id = @id
        """,
        ("name", r.Name), ("folded", Folded(r)), ("start", r.StartAt), ("end", r.EndAt), ("duration", r.DurationMs), ("next_at", r.NextAt), ("next", r.Next?.ToStored() ?? ""), ("devices", r.Terms.DeviceLimit), ("servers", r.Terms.Servers), ("extra_devices", r.ExtraDevices), ("extra_servers", r.ExtraServers), ("suspended", r.SuspendedAt), ("cut", r.CutAt),
        ("released", r.ReleasedAt), ("short", r.ShortAt), ("acl", r.AclVersion), ("notes", r.Notes), ("now", now), ("tenant", tenant), ("id", r.Id));

    /// <summary>It is on another plan from now on: its traffic begins anew.</summary>
    public static ValueTask<int> Turn(WriteTx s, string tenant, Rental r, long now) => s.Execute(
        """
        UPDATE rentals SET plan_id = @plan, plan_name = @plan_name, folded = @folded, servers = @servers, traffic_quota = @quota, traffic_reset = @reset, at_quota = @at_quota, slow_rate = @slow, rate_limit = @rate, regions = @regions,
          renewable = @renewable, grace_ms = @grace, price = @price, currency = @currency, plan_seconds = @seconds, device_limit = @devices, traffic_used = 0, traffic_over = 0, period_at = @now, period_until = NULL, spent_at = NULL WHERE tenant_id = @tenant AND id = @id
        """, [("now", now), ("tenant", tenant), ("id", r.Id), ("folded", Folded(r)), .. Args(r.Terms)]);

    /// <summary>The traffic that it has, and what is used of it.</summary>
    public static ValueTask<int> Traffic(WriteTx s, string tenant, Rental r) => s.Execute(
        "UPDATE rentals SET traffic_quota = @quota, traffic_used = @used, traffic_over = @over, period_at = @period, spent_at = @spent WHERE tenant_id = @tenant AND id = @id",
        ("quota", r.Terms.TrafficQuota), ("used", r.TrafficUsed), ("over", r.TrafficOver), ("period", r.PeriodAt), ("spent", r.SpentAt), ("tenant", tenant), ("id", r.Id));

    private static string Folded(Rental r) => SearchText.Of(r.Name, r.Terms.PlanName);

    private static (string, object?)[] Args(RentalTerms t) =>
    [
        ("plan", t.PlanId), ("plan_name", t.PlanName), ("servers", t.Servers), ("devices", t.DeviceLimit), ("quota", t.TrafficQuota), ("reset", t.TrafficReset), ("at_quota", t.AtQuota), ("slow", t.SlowRate), ("rate", t.RateLimit),
        ("regions", t.Regions), ("renewable", t.Renewable ? 1L : 0L), ("grace", t.GraceMs), ("price", t.Price), ("currency", t.Currency), ("seconds", t.Seconds),
    ];

    /// <summary>Its relays have something to learn.</summary>
    public static ValueTask<int> Touch(WriteTx s, string tenant, string id) => s.Execute("UPDATE rentals SET version = version + 1 WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));

    /// <summary>Those whose time is over and that nobody has seen to yet, or whose grace is; those that wait no longer, or whose next plan begins; and those that lack relays since a minute ago. By tenant and id.</summary>
    public static ValueTask<List<(string Tenant, string Id)>> Due(ReadTx s, long now, int limit) => s.All(
        """
        SELECT tenant_id, id FROM rentals WHERE released_at IS NULL AND end_at <= @now AND (cut_at IS NULL OR end_at + grace_ms <= @now)
        UNION SELECT tenant_id, id FROM rentals WHERE released_at IS NULL AND start_at IS NULL AND start_by <= @now
        UNION SELECT tenant_id, id FROM rentals WHERE released_at IS NULL AND next_at IS NOT NULL AND next_at <= @now
        UNION SELECT tenant_id, id FROM rentals WHERE released_at IS NULL AND short_at IS NOT NULL AND short_at <= @before
        ORDER BY id LIMIT @limit
        """, r => (r.GetString(0), r.GetString(1)), ("now", now), ("before", now - 60_000), ("limit", (long)limit));

    public static ValueTask<int> Tell(WriteTx s, string tenant, Rental r, string kind, string actor, long now, string? license = null, string? order = null, string? plan = null, long? added = null, string detail = "", long? piece = null, long? bytes = null) => s.Execute(
        """
        INSERT INTO rental_events (id, tenant_id, rental_id, account_id, at, kind, actor, license_id, order_id, plan_id, added_ms, end_at, detail, piece_end, added_bytes)
        VALUES (@id, @tenant, @rental, @account, @now, @kind, @actor, @license, @order, @plan, @added, @end, @detail, @piece, @bytes)
        """,
        ("id", Ids.New()), ("tenant", tenant), ("rental", r.Id), ("account", r.AccountId), ("now", now), ("kind", kind), ("actor", actor), ("license", license), ("order", order), ("plan", plan), ("added", added),
        ("end", r.EndAt), ("detail", detail), ("piece", piece), ("bytes", bytes));

    /// <summary>Of a person, newest first.</summary>
    public static ValueTask<List<RentalEvent>> Events(ReadTx s, string tenant, string account, string? rental, string? after, int limit)
    {
        var filter = new SqlFilter("e.tenant_id = @tenant AND e.account_id = @account", ("tenant", tenant), ("account", account)).After("e.id", after);
        if (rental is not null)
            filter = filter.And("e.rental_id = @rental", ("rental", rental));
        return s.All($"SELECT e.id, e.rental_id, e.at, e.kind, e.actor, e.license_id, e.order_id, e.plan_id, e.added_ms, e.end_at, e.detail FROM rental_events e WHERE {filter.Sql} ORDER BY e.id DESC LIMIT @limit",
            r => new RentalEvent(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.GetString(4), r.TextOrNull(5), r.TextOrNull(6), r.TextOrNull(7), r.LongOrNull(8), r.LongOrNull(9), r.GetString(10)),
            filter.Args(("limit", (long)limit)));
    }
}
