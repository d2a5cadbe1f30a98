using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui.Parts;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Accounts.Staff;

/// <summary>A page with a form that may have been refused.</summary>
public abstract class FormPage : PageBase
{
    [Parameter] public Refusal? Refusal { get; set; }

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    protected string? Error(string field) => FaultOf(Refusal?.Fields, field);

    /// <summary>What is wrong with the whole, where it is no single field.</summary>
    protected Message? Problem => Refusal is { Fields.Count: 0 } ? Refusal.Detail : null;

    protected string RoleName(Role role) => role switch
    {
        Role.Owner => T("accounts.role.owner"),
        Role.Admin => T("accounts.role.admin"),
        Role.Operator => T("accounts.role.operator"),
        _ => T("accounts.role.analyst"),
    };

    /// <summary>The roles that the visitor may give, for a choice.</summary>
    protected IEnumerable<(string Value, string Label)> RoleChoices() =>
        Roles.All.Where(r => r <= P.Caller.Role).Select(r => (r.Name(), T("accounts.role.choice", RoleName(r), RoleMeans(r))));

    private string RoleMeans(Role role) => role switch
    {
        Role.Owner => T("accounts.role.owner_means"),
        Role.Admin => T("accounts.role.admin_means"),
        Role.Operator => T("accounts.role.operator_means"),
        _ => T("accounts.role.analyst_means"),
    };
}
