using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Permissions;

/// <summary>The roles that were made in a tenant, for who gives them.</summary>
public static class CustomRoles
{
    private const string Select = "SELECT id, name, permissions FROM staff_roles WHERE tenant_id = @tenant";
    private const string Named = Select + " AND (id = @id OR folded = @folded) ORDER BY CASE WHEN id = @id THEN 0 ELSE 1 END LIMIT 1";

    /// <summary>A tenant has no more of them.</summary>
    public const int Most = 40;

    /// <summary>The one of that id or name; null for none.</summary>
    public static async ValueTask<CustomRole?> Find(ReadTx s, string tenant, string named) =>
        IsText(named) ? await s.One(Named, Read, ("tenant", tenant), ("id", named), ("folded", Folding.Of(named.Trim()))) : null;

    /// <summary>The same, locked: it stays as it is while somebody is given it.</summary>
    public static async ValueTask<CustomRole?> Lock(WriteTx s, string tenant, string named) =>
        IsText(named) ? await s.Locked(Named, Read, ("tenant", tenant), ("id", named), ("folded", Folding.Of(named.Trim()))) : null;

    /// <summary>All, by name.</summary>
    public static ValueTask<List<CustomRole>> All(ReadTx s, string tenant) => s.All(Select + " ORDER BY folded", Read, ("tenant", tenant));

    private static bool IsText(string named) => named.Length is > 0 and <= 200 && !named.Any(char.IsControl);

    private static CustomRole Read(Row r) => new(r.GetString(0), r.GetString(1), CustomRole.Split(r.GetString(2)));
}
