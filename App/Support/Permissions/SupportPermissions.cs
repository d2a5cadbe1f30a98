using Gatehouse.Platform.Http;

namespace Gatehouse.Support.Permissions;

public static class SupportPermissions
{
    public static readonly Permission SupportRead = new("support.read", Role.Analyst, 51);
    public static readonly Permission SupportWrite = new("support.write", Role.Operator, 52);
    public static readonly Permission TicketsRead = new("tickets.read", Role.Analyst, 53);
    public static readonly Permission TicketsWrite = new("tickets.write", Role.Operator, 54);

    public static readonly IReadOnlyList<Permission> All = [SupportRead, SupportWrite, TicketsRead, TicketsWrite];
}
