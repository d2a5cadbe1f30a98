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

    public static readonly IReadOnlyList<Permission> All = [ServersRead, ServersWrite, RentalsRead, RentalsWrite];
}
