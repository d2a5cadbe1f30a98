using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Permissions;

public static class AccountsPermissions
{
    public static readonly Permission StaffManage = new("staff.manage", Role.Admin, 90);
    public static readonly Permission TokensManage = new("tokens.manage", Role.Admin, 100);
    public static readonly Permission UsersRead = new("users.read", Role.Analyst, 56);
    public static readonly Permission UsersWrite = new("users.write", Role.Operator, 58);

    /// <summary>Give customers points, and take them.</summary>
    public static readonly Permission PointsWrite = new("points.write", Role.Operator, 59);

    public static readonly IReadOnlyList<Permission> All = [StaffManage, TokensManage, UsersRead, UsersWrite, PointsWrite];
}
