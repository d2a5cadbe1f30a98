using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Permissions;

public static class AccountsPermissions
{
    public static readonly Permission StaffManage = new("staff.manage", Role.Admin, 90);
    public static readonly Permission TokensManage = new("tokens.manage", Role.Admin, 100);

    public static readonly IReadOnlyList<Permission> All = [StaffManage, TokensManage];
}
