using Gatehouse.Platform.Http;

namespace Gatehouse.Relays.Permissions;

public static class RelayPermissions
{
    public static readonly Permission ServersRead = new("servers.read", Role.Analyst, 67);

    /// <summary>To say which machines run relays.</summary>
    public static readonly Permission ServersWrite = new("servers.write", Role.Admin, 68);

    public static readonly IReadOnlyList<Permission> All = [ServersRead, ServersWrite];
}
