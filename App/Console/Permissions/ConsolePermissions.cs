using Gatehouse.Platform.Http;

namespace Gatehouse.Console.Permissions;

public static class ConsolePermissions
{
    public static readonly Permission JobsRead = new("jobs.read", Role.Analyst, 75) { OfAppliance = true };
    public static readonly Permission JobsRun = new("jobs.run", Role.Admin, 80) { OfAppliance = true };
    public static readonly Permission OutboxRead = new("outbox.read", Role.Analyst, 84);
    public static readonly Permission OutboxManage = new("outbox.manage", Role.Admin, 85);
    public static readonly Permission HealthRead = new("health.read", Role.Analyst, 88) { OfAppliance = true };
    public static readonly Permission SettingsManage = new("settings.manage", Role.Admin, 110);

    public static readonly IReadOnlyList<Permission> All = [JobsRead, JobsRun, OutboxRead, OutboxManage, HealthRead, SettingsManage];
}
