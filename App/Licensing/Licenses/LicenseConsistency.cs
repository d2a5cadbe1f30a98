using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>What must hold between the rows of keys, whatever was done to them through the product.</summary>
public static class LicenseConsistency
{
    // Between nodes, in milliseconds.
    private const long Skew = 300_000;

    // Over all tenants: a row under the wrong one is just what is looked for.
    private static readonly (string Finding, string Sql)[] Errors =
    [
        ("keys in a state that does not exist", "SELECT COUNT(*) FROM licenses WHERE state NOT IN ('unused', 'active', 'expired', 'suspended', 'revoked')"),
        ("unused keys with a time of activation or a machine", "SELECT COUNT(*) FROM licenses l WHERE state = 'unused' AND (used_at IS NOT NULL OR expire_at IS NOT NULL OR EXISTS (SELECT 1 FROM bindings b WHERE b.license_id = l.id))"),
        ("expired keys without an end", "SELECT COUNT(*) FROM licenses WHERE state = 'expired' AND expire_at IS NULL"),
        ("keys that are marked as expired and have time left: the clock was ahead, and the hourly job takes the marks back", "SELECT COUNT(*) FROM licenses WHERE state = 'expired' AND expire_at > @now"),
        ("active or expired keys without a time of activation", "SELECT COUNT(*) FROM licenses WHERE state IN ('active', 'expired') AND used_at IS NULL"),
        ("keys that are too short or too long to be entered", $"SELECT COUNT(*) FROM licenses WHERE LENGTH(key) < {LicenseKey.MinLength} OR LENGTH(key) > {LicenseKey.MaxLength}"),
        ("keys that cannot be entered, for they are called like a page or have neither letter nor digit; a bulk change of the prefix mends them",
            $"SELECT COUNT(*) FROM licenses WHERE key IN ({string.Join(", ", LicenseLinks.Words.Select(word => $"'{word.ToUpperInvariant()}'"))}) OR TRIM(key, '-_') = ''"),
        ("keys of another tenant than their plan or batch", "SELECT COUNT(*) FROM licenses l JOIN plans p ON p.id = l.plan_id JOIN batches b ON b.id = l.batch_id WHERE p.tenant_id <> l.tenant_id OR b.tenant_id <> l.tenant_id"),
        ("machines of another tenant than their key", "SELECT COUNT(*) FROM bindings b JOIN licenses l ON l.id = b.license_id WHERE b.tenant_id <> l.tenant_id"),
        ("plans of another tenant than their product", "SELECT COUNT(*) FROM plans p JOIN products r ON r.id = p.product_id WHERE p.tenant_id <> r.tenant_id"),
        ("batches with more keys than were made", "SELECT COUNT(*) FROM batches b JOIN (SELECT batch_id, COUNT(*) AS held FROM licenses GROUP BY batch_id) l ON l.batch_id = b.id WHERE l.held > b.key_count"),
    ];

    // Staff bring these about (unbinding a machine, lowering a limit), so they are no damage.
    private static readonly (string Finding, string Sql)[] Notes =
    [
        ("active keys without a machine", "SELECT COUNT(*) FROM licenses l WHERE state = 'active' AND NOT EXISTS (SELECT 1 FROM bindings b WHERE b.license_id = l.id)"),
        ("keys that were made or activated later than now: the clock was ahead", $"SELECT COUNT(*) FROM licenses WHERE used_at > @now + {Skew} OR created_at > @now + {Skew}"),
        ("keys with more machines than their plan allows today", "SELECT COUNT(*) FROM licenses l JOIN plans p ON p.id = l.plan_id JOIN (SELECT license_id, COUNT(*) AS held FROM bindings GROUP BY license_id) b ON b.license_id = l.id WHERE b.held > p.machine_limit + COALESCE((SELECT SUM(x.machines) FROM license_extras x WHERE x.license_id = l.id), 0)"),
    ];

    /// <summary>What cannot be, and what is only worth a look; each with how many. Reads every key.</summary>
    public static async ValueTask<ConsistencyFindings> Check(ReadTx s) => new(await Found(s, Errors), await Found(s, Notes));

    /// <summary>Is there a key that is marked as expired and has time left? An index answers.</summary>
    public static async ValueTask<bool> MarkedAhead(ReadTx s) =>
        await s.Number("SELECT COUNT(*) FROM tenants t WHERE EXISTS (SELECT 1 FROM licenses l WHERE l.tenant_id = t.id AND l.state = 'expired' AND l.expire_at > @now)", ("now", await s.Now())) > 0;

    private static async ValueTask<IReadOnlyList<string>> Found(ReadTx s, (string Finding, string Sql)[] checks)
    {
        var (found, now) = (new List<string>(), await s.Now());
        foreach (var (finding, sql) in checks)
            if (await s.Number(sql, sql.Contains("@now", StringComparison.Ordinal) ? [("now", now)] : []) is > 0 and var count)
                found.Add($"{count:N0} {finding}");
        return found;
    }
}
