using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Permissions;

public static class AccountsPermissions
{
    public static readonly Permission StaffManage = new("staff.manage", Role.Admin, 90);
    public static readonly Permission TokensManage = new("tokens.manage", Role.Admin, 100);
    public static readonly Permission UsersRead = new("users.read", Role.Analyst, 56);
    public static readonly Permission UsersWrite = new("users.write", Role.Operator, 58);

    /// <summary>See customers' own pages as they do.</summary>
    public static readonly Permission UsersLookAs = new("users.look_as", Role.Admin, 57);

    /// <summary>Give customers points, and take them.</summary>
    public static readonly Permission PointsWrite = new("points.write", Role.Operator, 59);

    /// <summary>Several businesses in one appliance: for its owners alone.</summary>
    public static readonly Permission TenantsManage = new("tenants.manage", Role.Owner, 120) { OfAppliance = true };

    /// <summary>Those that a page tells of: who has one business never hears of several.</summary>
    internal static IEnumerable<Permission> Told(IEnumerable<Permission> all, PageContext page) => all.Where(p => page.Tenants.Count > 0 || p != TenantsManage);

    public static readonly IReadOnlyList<Permission> All = [StaffManage, TokensManage, UsersRead, UsersWrite, PointsWrite, UsersLookAs, TenantsManage];
}
