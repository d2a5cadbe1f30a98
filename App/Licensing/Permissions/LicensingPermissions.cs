using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Permissions;

public static class LicensingPermissions
{
    public static readonly Permission KeysRead = new("keys.read", Role.Analyst, 10);
    public static readonly Permission KeysWrite = new("keys.write", Role.Operator, 20);

    /// <summary>To make serials of any plan, those that put money on balances too.</summary>
    public static readonly Permission Serials = new("serials.generate", Role.Admin, 25);
    public static readonly Permission PlansRead = new("plans.read", Role.Analyst, 30);
    public static readonly Permission PlansWrite = new("plans.write", Role.Admin, 40);
    public static readonly Permission PlansNote = new("plans.note", Role.Operator, 45);
    public static readonly Permission StatisticsRead = new("statistics.read", Role.Analyst, 50);

    public static readonly IReadOnlyList<Permission> All = [KeysRead, KeysWrite, Serials, PlansRead, PlansWrite, PlansNote, StatisticsRead];
}
