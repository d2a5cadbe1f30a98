using Gatehouse.Platform.Http;

namespace Gatehouse.Relays.Permissions;

public static class RelayPermissions
{
    public static readonly Permission ServersRead = new("servers.read", Role.Analyst, 67);

    /// <summary>To say which machines run relays.</summary>
    public static readonly Permission ServersWrite = new("servers.write", Role.Admin, 68);

    /// <summary>To see people's maps, and who got them.</summary>
    public static readonly Permission AclRead = new("acl.read", Role.Analyst, 73);

    /// <summary>To make people's maps anew.</summary>
    public static readonly Permission AclWrite = new("acl.write", Role.Operator, 74);

    public static readonly IReadOnlyList<Permission> All = [ServersRead, ServersWrite, AclRead, AclWrite];
}
