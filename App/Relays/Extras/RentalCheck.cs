using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Extras;

/// <summary>What must hold between rentals, what they have beside their plans, and what was sold or given.</summary>
public static class RentalCheck
{
    private const string Has = "e.rental_id = r.id AND e.done_at IS NOT NULL AND e.undone_at IS NULL";

    private static readonly (string Finding, string Sql)[] Errors =
    [
        ("add-ons or renewals of rentals that did nothing though they are delivered or given, or did something without an order that is paid and delivered",
            """
            SELECT COUNT(*) FROM rental_extras e LEFT JOIN orders o ON o.id = e.order_id
            WHERE e.order_id IS NULL AND e.done_at IS NULL OR e.undone_at IS NOT NULL AND e.done_at IS NULL
              OR e.order_id IS NOT NULL AND ((o.delivered_at IS NULL) <> (e.done_at IS NULL) OR e.done_at IS NOT NULL AND o.paid_at IS NULL)
            """),
        ("orders of add-ons for rentals of which nobody knows what they were to do",
            "SELECT COUNT(*) FROM orders o WHERE o.kind = 'add_on' AND o.delivery = 'rental' AND o.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rental_extras e WHERE e.order_id = o.id)"),
        ("renewals of rentals that are done and gave no time",
            "SELECT COUNT(*) FROM rental_extras e WHERE e.kind = 'renew' AND e.done_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rental_events v WHERE v.rental_id = e.rental_id AND v.order_id = e.order_id)"),
        ("rentals with other devices or relays beside their plan than their add-ons gave",
            $"""
            SELECT COUNT(*) FROM rentals r WHERE r.released_at IS NULL
              AND (r.extra_devices <> (SELECT COALESCE(SUM(e.amount * e.quantity), 0) FROM rental_extras e WHERE {Has} AND e.kind = 'devices') OR r.extra_servers <> (SELECT COALESCE(SUM(e.amount * e.quantity), 0) FROM rental_extras e WHERE {Has} AND e.kind = 'servers'))
            """),
        ("rentals that may have no more devices or relays than came beside their plan", "SELECT COUNT(*) FROM rentals WHERE released_at IS NULL AND (device_limit <= extra_devices OR servers <= extra_servers)"),
        ("rentals with another number of relays than they should have, for which nobody looks for room",
            "SELECT COUNT(*) FROM rentals r WHERE r.released_at IS NULL AND r.short_at IS NULL AND r.servers <> (SELECT COUNT(*) FROM relay_slots t WHERE t.rental_id = r.id AND t.released_at IS NULL)"),
        ("traffic packs that are not what an add-on gave, or of which more is used than there is",
            """
            SELECT COUNT(*) FROM rental_packs p LEFT JOIN rental_extras e ON e.id = p.extra_id
            WHERE e.id IS NULL OR e.kind <> 'traffic' OR e.rental_id <> p.rental_id OR e.done_at IS NULL OR p.used > p.bytes OR p.bytes <> CASE WHEN e.undone_at IS NULL THEN e.amount * e.quantity * 1073741824 ELSE p.used END
            """),
        ("add-ons of traffic without their pack", "SELECT COUNT(*) FROM rental_extras e WHERE e.kind = 'traffic' AND e.done_at IS NOT NULL AND (SELECT COUNT(*) FROM rental_packs p WHERE p.extra_id = e.id) <> 1"),
        ("rentals whose history tells of other add-ons than they got",
            "SELECT COUNT(*) FROM rentals r WHERE (SELECT COUNT(*) FROM rental_events v WHERE v.rental_id = r.id AND v.kind = 'extra') <> (SELECT COUNT(*) FROM rental_extras e WHERE e.rental_id = r.id AND e.done_at IS NOT NULL AND e.kind <> 'renew')"),
        ("add-ons of rentals that are taken back for a dispute which nobody has to decide",
            "SELECT COUNT(*) FROM rental_extras e WHERE e.held_at IS NOT NULL AND (e.undone_at IS NULL OR NOT EXISTS (SELECT 1 FROM refunds f WHERE f.order_id = e.order_id AND f.state = 'told'))"),
    ];

    /// <summary>What cannot be, each with how many. Reads every rental.</summary>
    public static ValueTask<ConsistencyFindings> Check(ReadTx s) => ConsistencyFindings.Counted(s, Errors);
}
