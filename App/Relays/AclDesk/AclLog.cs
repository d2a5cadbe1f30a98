using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.AclDesk;

/// <summary>A map was made or given away.</summary>
/// <param name="Account">Whose map it is.</param>
/// <param name="Person">What they are called.</param>
/// <param name="Action">One of <see cref="AclLog.Actions"/>.</param>
/// <param name="Format">Of one that was given away; of one that was made, why.</param>
/// <param name="ByKind"><c>customer</c>, <c>staff</c>, <c>token</c>, <c>link</c> or <c>system</c>.</param>
/// <param name="ByName">Of staff.</param>
/// <param name="Place">Where the address was, by what was known when it was written.</param>
public sealed record AclLogEntry(string Id, string RentalId, string Rental, string Account, string Person, long At, string Action, long Version, string Format, string ByKind, string ByName, string? Ip, Place Place, string? UserAgent)
{
    /// <summary>Customers are not told where staff were.</summary>
    public bool OfStaff => ByKind is "staff" or "token";
}

/// <summary>What the log is narrowed by; null asks for nothing.</summary>
/// <param name="Search">Part of the person's name or address, of the country or the city that it went to, or the whole IP address.</param>
public sealed record AclLogFilter(string? Account = null, string? Rental = null, string? Action = null, string? Search = null);

/// <summary>The log of maps: who made them and who got them.</summary>
internal static class AclLog
{
    public const string Made = "made", Downloaded = "downloaded", Fetched = "fetched", Merged = "merged", Delivered = "delivered", Link = "link";
    private const int MaxAgent = 300;

    public static readonly IReadOnlyList<string> Actions = [Made, Downloaded, Fetched, Merged, Delivered];

    public static ValueTask<int> Write(WriteTx s, PlaceLookup places, string tenant, string rental, string account, Caller who, string action, long version, string format, long now, string? kind = null)
    {
        var place = places.Of(who.Ip);
        return s.Execute(
            """
            INSERT INTO acl_log (id, tenant_id, rental_id, account_id, at, action, version, format, by_kind, by_name, ip, country, city, place_folded, user_agent)
            VALUES (@id, @tenant, @rental, @account, @now, @action, @version, @format, @kind, @name, @ip, @country, @city, @place, @agent)
            """,
            ("id", Ids.New()), ("tenant", tenant), ("rental", rental), ("account", account), ("now", now), ("action", action), ("version", version), ("format", format), ("kind", kind ?? who.Kind),
            ("name", who.Kind is "staff" or "token" ? who.Name : ""), ("ip", who.Ip), ("country", place.Country), ("city", place.City), ("place", place.Folded), ("agent", who.UserAgent is { Length: > MaxAgent } agent ? agent[..MaxAgent] : who.UserAgent));
    }

    /// <summary>Newest first.</summary>
    public static ValueTask<List<AclLogEntry>> List(ReadTx s, string tenant, AclLogFilter wanted, string? after, int limit)
    {
        var filter = new SqlFilter("l.tenant_id = @tenant", ("tenant", tenant)).Is("l.account_id", "account", wanted.Account).Is("l.rental_id", "rental", wanted.Rental).Is("l.action", "action", wanted.Action).After("l.id", after);
        if (wanted.Search is { } typed)
        {
            var (like, where) = (Like.Contains("q", typed, "f.folded"), Like.Contains("place", typed, "l.place_folded"));
            filter = filter.And($"(l.ip = @typed OR {where.Sql} OR l.rental_id = @typed OR l.account_id IN (SELECT f.account_id FROM customer_search f WHERE f.tenant_id = @tenant AND {like.Sql}))", [("typed", typed), .. like.Args, .. where.Args]);
        }
        return s.All(
            $"""
            SELECT l.id, l.rental_id, r.name, l.account_id, COALESCE(NULLIF(a.display_name, ''), a.email, a.phone, a.username), l.at, l.action, l.version, l.format, l.by_kind, l.by_name, l.ip, l.country, l.city, l.user_agent
            FROM acl_log l JOIN rentals r ON r.id = l.rental_id LEFT JOIN accounts a ON a.id = l.account_id WHERE {filter.Sql} ORDER BY l.id DESC LIMIT @limit
            """,
            r => new AclLogEntry(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.TextOrNull(4) ?? "", r.GetInt64(5), r.GetString(6), r.GetInt64(7), r.GetString(8), r.GetString(9), r.GetString(10), r.TextOrNull(11), new Place(r.GetString(12), r.GetString(13)), r.TextOrNull(14)),
            filter.Args(("limit", (long)limit)));
    }
}
