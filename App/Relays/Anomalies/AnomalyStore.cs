using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Metering;

namespace Gatehouse.Relays.Anomalies;

/// <summary>Something that looks wrong, before it is known whether it was told of today.</summary>
internal sealed record Suspicion(string AccountId, string RentalId, string Kind, long Seen, long Usual);

/// <summary>Traffic that looked wrong, and what is looked at for it.</summary>
internal static class AnomalyStore
{
    private const string Select = "SELECT id, account_id, rental_id, kind, at, seen, usual, act, until, lifted_at FROM relay_anomalies";

    /// <summary>Newest first.</summary>
    public static ValueTask<List<Anomaly>> List(ReadTx s, string tenant, string? kind, string? after, int limit)
    {
        var filter = new SqlFilter("tenant_id = @tenant", ("tenant", tenant)).Is("kind", "kind", kind).After("id", after);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    public static ValueTask<Anomaly?> Find(ReadTx s, string tenant, string id) => s.One(Select + " WHERE tenant_id = @tenant AND id = @id", Map, ("tenant", tenant), ("id", id));

    /// <summary>What a rental is held for, the newest first.</summary>
    public static ValueTask<List<Anomaly>> Holding(ReadTx s, string rental, long now) =>
        s.All(Select + " WHERE rental_id = @rental AND act <> '' AND lifted_at IS NULL AND until > @now ORDER BY id DESC", Map, ("rental", rental), ("now", now));

    /// <summary>False: it was told of that day.</summary>
    public static async ValueTask<bool> Add(WriteTx s, string tenant, string id, Suspicion seen, long day, long now, string act, long? until) => await s.Execute(
        """
        INSERT INTO relay_anomalies (id, tenant_id, account_id, rental_id, kind, day, at, seen, usual, act, until) VALUES (@id, @tenant, @account, @rental, @kind, @day, @now, @seen, @usual, @act, @until)
        ON CONFLICT (rental_id, kind, day) DO NOTHING
        """,
        ("id", id), ("tenant", tenant), ("account", seen.AccountId), ("rental", seen.RentalId), ("kind", seen.Kind), ("day", day), ("now", now), ("seen", seen.Seen), ("usual", seen.Usual), ("act", act), ("until", until)) > 0;

    public static ValueTask<int> Lift(WriteTx s, string rental, long now, string who) =>
        s.Execute("UPDATE relay_anomalies SET lifted_at = @now, lifted_by = @who WHERE rental_id = @rental AND act <> '' AND lifted_at IS NULL AND until > @now", ("now", now), ("who", who), ("rental", rental));

    /// <summary>Businesses with traffic, or machines that were not let in, since a moment.</summary>
    public static ValueTask<List<string>> Busy(ReadTx s, long since) =>
        s.All("SELECT tenant_id FROM relay_traffic WHERE span = 3600 AND at >= @since UNION SELECT tenant_id FROM rental_refused WHERE kept_at >= @since", r => r.GetString(0), ("since", since));

    /// <summary>Rentals whose relays did not let many machines in since a moment.</summary>
    public static ValueTask<List<(string Account, string Rental, long Machines)>> Refused(ReadTx s, string tenant, long since, long least) => s.All(
        "SELECT account_id, rental_id, COUNT(*) FROM rental_refused WHERE tenant_id = @tenant AND kept_at >= @since AND at >= @since AND hidden_at IS NULL GROUP BY account_id, rental_id HAVING COUNT(*) >= @least LIMIT 1000",
        r => (r.GetString(0), r.GetString(1), r.GetInt64(2)), ("tenant", tenant), ("since", since), ("least", least));

    /// <summary>Hours since a moment in which an account carried much, by the rental of theirs that carried the most.</summary>
    public static ValueTask<List<(string Account, long At, long Bytes)>> Hours(ReadTx s, string tenant, long since, long least) => s.All(
        """
        SELECT r.account_id, t.at, CAST(SUM(t.bytes_in + t.bytes_out) AS BIGINT) FROM relay_traffic t JOIN rentals r ON r.id = t.rental_id
        WHERE t.tenant_id = @tenant AND t.span = 3600 AND t.at >= @since GROUP BY r.account_id, t.at HAVING SUM(t.bytes_in + t.bytes_out) >= @least LIMIT 1000
        """,
        r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2)), ("tenant", tenant), ("since", since), ("least", least));

    /// <summary>How many hours with traffic an account had in a time, and what was in them.</summary>
    public static async ValueTask<(long Hours, long Bytes)> Habit(ReadTx s, string account, long from, long to) => await s.One(
        "SELECT COUNT(DISTINCT t.at), CAST(COALESCE(SUM(t.bytes_in + t.bytes_out), 0) AS BIGINT) FROM relay_traffic t JOIN rentals r ON r.id = t.rental_id WHERE r.account_id = @account AND t.span = 3600 AND t.at >= @from AND t.at < @to",
        r => (r.GetInt64(0), r.GetInt64(1)), ("account", account), ("from", from), ("to", to));

    /// <summary>The rental of an account that carried the most in an hour.</summary>
    public static ValueTask<string?> Most(ReadTx s, string account, long at) => s.One(
        "SELECT t.rental_id FROM relay_traffic t JOIN rentals r ON r.id = t.rental_id WHERE r.account_id = @account AND t.span = 3600 AND t.at = @at GROUP BY t.rental_id ORDER BY SUM(t.bytes_in + t.bytes_out) DESC, t.rental_id LIMIT 1",
        r => r.GetString(0), ("account", account), ("at", at));

    /// <summary>Rentals that carried more than so much since a moment.</summary>
    /// <param name="span">Of which steps it is added up, in seconds.</param>
    public static ValueTask<List<(string Account, string Rental, long Bytes)>> Above(ReadTx s, string tenant, long span, long since, long least) => s.All(
        """
        SELECT r.account_id, r.id, CAST(SUM(t.bytes_in + t.bytes_out) AS BIGINT) FROM relay_traffic t JOIN rentals r ON r.id = t.rental_id
        WHERE t.tenant_id = @tenant AND t.span = @span AND t.at >= @since GROUP BY r.account_id, r.id HAVING SUM(t.bytes_in + t.bytes_out) > @least LIMIT 1000
        """,
        r => (r.GetString(0), r.GetString(1), r.GetInt64(2)), ("tenant", tenant), ("span", span), ("since", since), ("least", least));

    /// <summary>Rentals whose quota was nearly used up by what they carried since a moment: account, rental, what was carried, the quota, and the time that it is for.</summary>
    public static ValueTask<List<(string Account, string Rental, long Bytes, long Quota, long? Period)>> Quotas(ReadTx s, string tenant, long since) => s.All(
        """
        SELECT r.account_id, r.id, CAST(SUM(t.bytes_in + t.bytes_out) AS BIGINT), r.traffic_quota, COALESCE(r.period_until, r.end_at) - COALESCE(r.period_at, r.start_at) FROM relay_traffic t JOIN rentals r ON r.id = t.rental_id
        WHERE t.tenant_id = @tenant AND t.span = 3600 AND t.at >= @since AND r.traffic_quota > 0 AND r.released_at IS NULL
        GROUP BY r.account_id, r.id, r.traffic_quota, r.period_until, r.end_at, r.period_at, r.start_at HAVING SUM(t.bytes_in + t.bytes_out) >= r.traffic_quota / 2 LIMIT 1000
        """,
        r => (r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.LongOrNull(4)), ("tenant", tenant), ("since", since));

    /// <summary>Rentals whose hold is over.</summary>
    public static ValueTask<List<(string Tenant, string Rental)>> Over(ReadTx s, long now, int limit) =>
        s.All("SELECT tenant_id, id FROM rentals WHERE held_until IS NOT NULL AND held_until <= @now ORDER BY held_until LIMIT @limit", r => (r.GetString(0), r.GetString(1)), ("now", now), ("limit", (long)limit));

    /// <summary>Holds a rental, or no longer; its relays learn it. The caller has its lock.</summary>
    public static ValueTask<int> Hold(WriteTx s, string rental, string act, long? until) =>
        s.Execute("UPDATE rentals SET held = @act, held_until = @until, version = version + 1 WHERE id = @id", ("act", act), ("until", until), ("id", rental));

    public static ValueTask<int> Tidy(WriteTx s, long before, int limit) =>
        s.Execute("DELETE FROM relay_anomalies WHERE id IN (SELECT id FROM relay_anomalies WHERE at < @before ORDER BY id LIMIT @limit)", ("before", before), ("limit", (long)limit));

    private static Anomaly Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetString(7), r.LongOrNull(8), r.LongOrNull(9));
}
