using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Accounts.TwoFactor;

/// <summary>Who must have two-factor sign-in.</summary>
public static class TwoFactorSettings
{
    /// <summary>Where staff look after their own, and where those are led who must have it: a page of Profile, which stands above.</summary>
    public const string SetUpPath = "/admin/account/two-factor";

    /// <summary>The roles that must; none by default.</summary>
    public static readonly SettingDefinition RequiredRoles = SettingDefinition.Several("two_factor_roles", 50, [.. Roles.All.Select(r => (r.Name(), "accounts.role." + r.Name()))]) with { OwnersOnly = true };

    /// <summary>Must somebody of that role have it?</summary>
    /// <param name="stored">The setting's value; null where it was never set.</param>
    public static bool Requires(string? stored, Role role) => SettingDefinition.Chosen(stored ?? RequiredRoles.Default).Contains(role.Name());
}
