using Gatehouse.Platform.Http;

namespace Gatehouse.Relays.Permissions;

public static class RelayPermissions
{
    public static readonly Permission ServersRead = new("servers.read", Role.Analyst, 67);

    /// <summary>To say which machines run relays.</summary>
    public static readonly Permission ServersWrite = new("servers.write", Role.Admin, 68);

    public static readonly Permission RentalsRead = new("rentals.read", Role.Analyst, 69);

    /// <summary>To give, change and stop people's relays.</summary>
    public static readonly Permission RentalsWrite = new("rentals.write", Role.Operator, 70);

    /// <summary>To see people's maps, and who got them.</summary>
    public static readonly Permission AclRead = new("acl.read", Role.Analyst, 73);

    /// <summary>To make people's maps anew.</summary>
    public static readonly Permission AclWrite = new("acl.write", Role.Operator, 74);

    public static readonly IReadOnlyList<Permission> All = [ServersRead, ServersWrite, RentalsRead, RentalsWrite, AclRead, AclWrite];
}
