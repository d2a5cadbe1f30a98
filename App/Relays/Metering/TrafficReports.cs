using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Metering;

/// <summary>Whose traffic, where and when. Null narrows nothing; times in unix milliseconds, the end exclusive.</summary>
/// <param name="Device">A node key.</param>
/// <param name="Region">The region code of a server.</param>
public sealed record TrafficWhich(string? Account, string? Rental, string? Device, string? Server, string? Region, long From = 0, long To = long.MaxValue)
{
    internal SqlFilter Filter(string tenant)
    {
        var filter = new SqlFilter("t.tenant_id = @tenant", ("tenant", tenant)).Is("t.rental_id", "rental", Rental).Is("t.device", "device", Device).Is("t.server_id", "server", Server).Is("v.region_code", "region", Region);
        return Account is null ? filter : filter.And("t.rental_id IN (SELECT id FROM rentals WHERE tenant_id = @tenant AND account_id = @account)", ("account", Account));
    }
}

/// <summary>What was carried in one minute, hour or day.</summary>
/// <param name="Of">The rental, device, server, region or account; null where nothing was asked for, and for what is no device's.</param>
public sealed record TrafficStep(long At, string? Of, Volume Volume);

/// <summary>What a relay, or a device of it, carries now: bytes a second since the reading before.</summary>
/// <param name="Device">Empty: the relay as a whole.</param>
public sealed record TrafficRate(string RentalId, string ServerId, int RegionId, string Device, long In, long Out, long ReadAt);

/// <summary>What all of a rental, device, server, region or account carry now: bytes a second.</summary>
/// <param name="Of">Empty: of what is gone.</param>
public sealed record TrafficFlow(string Of, long In, long Out);

/// <summary>What relays carried and carry, as people ask for it.</summary>
public static class TrafficReports
{
    /// <summary>So many steps at most are given at once.</summary>
    public const int Most = 10_000;
    public const string ByRental = "rental", ByDevice = "device", ByServer = "server", ByRegion = "region", ByAccount = "account";

    /// <summary>The oldest first.</summary>
    /// <param name="span">Seconds: 60, 3600 or 86400.</param>
    /// <param name="by">What is told apart; null: nothing.</param>
    /// <exception cref="Refusal">422 on <c>from</c>: more than <paramref name="most"/>.</exception>
    public static async ValueTask<List<TrafficStep>> History(ReadTx s, string tenant, TrafficWhich which, long span, string? by, int most = Most)
    {
        var filter = which.Filter(tenant).And("t.span = @span AND t.at >= @from AND t.at < @to", ("span", span), ("from", which.From), ("to", which.To));
        var steps = await s.All(
            $"""
            SELECT t.at, {Part(by)} AS part, CAST(SUM(t.bytes_in) AS BIGINT), CAST(SUM(t.bytes_out) AS BIGINT), CAST(SUM(t.packets_in) AS BIGINT), CAST(SUM(t.packets_out) AS BIGINT)
            FROM relay_traffic t LEFT JOIN relay_servers v ON v.id = t.server_id LEFT JOIN rentals r ON r.id = t.rental_id WHERE {filter.Sql} GROUP BY t.at, part ORDER BY t.at, part LIMIT @limit
            """,
            r => new TrafficStep(r.GetInt64(0), r.GetString(1) is { Length: > 0 } part ? part : null, new(r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5))), filter.Args(("limit", most + 1L)));
        return steps.Count > most ? throw Refusal.Field("from", "traffic.too_much", most) : steps;
    }

    /// <summary>All of the time together, who carried the most first.</summary>
    /// <param name="span">Of what it is added up: seconds.</param>
    public static ValueTask<List<TrafficStep>> Totals(ReadTx s, string tenant, TrafficWhich which, long span, string by, int limit)
    {
        var filter = which.Filter(tenant).And("t.span = @span AND t.at >= @from AND t.at < @to", ("span", span), ("from", which.From), ("to", which.To));
        return s.All(
            $"""
            SELECT {Part(by)} AS part, CAST(SUM(t.bytes_in) AS BIGINT), CAST(SUM(t.bytes_out) AS BIGINT), CAST(SUM(t.packets_in) AS BIGINT), CAST(SUM(t.packets_out) AS BIGINT)
            FROM relay_traffic t LEFT JOIN relay_servers v ON v.id = t.server_id LEFT JOIN rentals r ON r.id = t.rental_id WHERE {filter.Sql} GROUP BY part ORDER BY SUM(t.bytes_in + t.bytes_out) DESC, part LIMIT @limit
            """,
            r => new TrafficStep(which.From, r.GetString(0) is { Length: > 0 } part ? part : null, new(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4))), filter.Args(("limit", (long)limit)));
    }

    /// <summary>What is carried now, by what is told apart, who carries the most first: bytes a second.</summary>
    public static async ValueTask<List<TrafficFlow>> NowBy(ReadTx s, string tenant, TrafficWhich which, long since, string by, int limit)
    {
        var filter = which.Filter(tenant).And("t.read_at > @since", ("since", since)).And(which.Device is not null ? "TRUE" : by == ByDevice ? "t.device <> ''" : "t.device = ''");
        return await s.All(
            $"""
            SELECT {Part(by)} AS part, CAST(SUM(t.rate_in) AS BIGINT), CAST(SUM(t.rate_out) AS BIGINT)
            FROM (SELECT b.device, b.rate_in, b.rate_out, b.read_at, s.tenant_id, s.rental_id, s.server_id FROM relay_baselines b JOIN relay_slots s ON s.id = b.slot_id WHERE s.released_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM relay_baselines n WHERE n.slot_id = b.slot_id AND n.device = b.device AND (n.read_at > b.read_at OR (n.read_at = b.read_at AND n.epoch > b.epoch)))) t
            LEFT JOIN relay_servers v ON v.id = t.server_id LEFT JOIN rentals r ON r.id = t.rental_id WHERE {filter.Sql} GROUP BY part HAVING SUM(t.rate_in + t.rate_out) > 0 ORDER BY SUM(t.rate_in + t.rate_out) DESC, part LIMIT @limit
            """,
            r => new TrafficFlow(r.GetString(0), r.GetInt64(1), r.GetInt64(2)), filter.Args(("limit", (long)limit)));
    }

    /// <summary>When a relay was last read, in unix milliseconds; 0 where none was.</summary>
    public static ValueTask<long> LastRead(ReadTx s) => s.Number("SELECT COALESCE(MAX(read_at), 0) FROM relay_baselines WHERE device = ''");

    /// <summary>What was read since a moment: who is gone carries nothing.</summary>
    public static ValueTask<List<TrafficRate>> Now(ReadTx s, string tenant, TrafficWhich which, long since)
    {
        var filter = which.Filter(tenant).And("t.read_at > @since", ("since", since));
        return s.All(
            $"""
            SELECT t.rental_id, t.server_id, t.region_id, t.device, t.rate_in, t.rate_out, t.read_at
            FROM (SELECT b.device, b.rate_in, b.rate_out, b.read_at, s.tenant_id, s.rental_id, s.server_id, s.region_id FROM relay_baselines b JOIN relay_slots s ON s.id = b.slot_id WHERE s.released_at IS NULL) t
            LEFT JOIN relay_servers v ON v.id = t.server_id WHERE {filter.Sql} ORDER BY t.rental_id, t.region_id, t.device LIMIT @limit
            """,
            r => new TrafficRate(r.GetString(0), r.GetString(1), (int)r.GetInt64(2), r.GetString(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)), filter.Args(("limit", (long)Most)));
    }

    private static string Part(string? by) => by switch
    {
        ByRental => "t.rental_id",
        ByDevice => "t.device",
        ByServer => "t.server_id",
        ByRegion => "COALESCE(v.region_code, '')",
        ByAccount => "COALESCE(r.account_id, '')",
        _ => "''",
    };
}
