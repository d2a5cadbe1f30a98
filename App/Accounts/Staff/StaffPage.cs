using Gatehouse.Accounts.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui.Parts;

namespace Gatehouse.Accounts.Staff;

/// <summary>A page that names roles.</summary>
public abstract class StaffPage<TModel> : PageBase<TModel>
{
    protected string RoleName(Role role) => role switch
    {
        Role.Owner => T("accounts.role.owner"),
        Role.Admin => T("accounts.role.admin"),
        Role.Operator => T("accounts.role.operator"),
        _ => T("accounts.role.analyst"),
    };

    /// <summary>What the account's role is called, be it built in or made here.</summary>
    protected string RoleName(Account account) => account.Made?.Name ?? RoleName(account.Role);

    /// <summary>The roles that the visitor may give, for a choice, those that were made here among them.</summary>
    /// <param name="present">The one that the account has: it stays a choice whatever it may.</param>
    protected IEnumerable<(string Value, string Label)> RoleChoices(IReadOnlyList<CustomRole> made, CustomRole? present = null) =>
    [
        .. RoleChoices(), .. made.Where(r => r.Id == present?.Id || r.Permissions.All(P.Caller.Allowed.Contains)).Select(r => (r.Id, T("accounts.role.choice", r.Name, T("roles.counts", r.Permissions.Count)))),
    ];

    /// <summary>The built-in roles that the visitor may give, for a choice.</summary>
    protected IEnumerable<(string Value, string Label)> RoleChoices() =>
        Roles.All.Where(r => r <= P.Caller.Role).Select(r => (r.Name(), T("accounts.role.choice", RoleName(r), RoleMeans(r))));

    /// <summary>How far somebody may work, for a choice: where there are several businesses, of the main one's staff.</summary>
    protected IEnumerable<(string Value, string Label)> ScopeChoices() => [(StaffScope.Global, T("staff.scope.global")), (StaffScope.Tenant, T("staff.scope.tenant"))];

    /// <summary>Is there anything to say of how far the staff of the page's business work?</summary>
    protected bool HasScopes => P.Tenants.Count > 0 && P.Caller.TenantId == Caller.DefaultTenant;

    private string RoleMeans(Role role) => role switch
    {
        Role.Owner => T("accounts.role.owner_means"),
        Role.Admin => T("accounts.role.admin_means"),
        Role.Operator => T("accounts.role.operator_means"),
        _ => T("accounts.role.analyst_means"),
    };
}
