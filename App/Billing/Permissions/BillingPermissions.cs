using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Permissions;

public static class BillingPermissions
{
    public static readonly Permission OrdersRead = new("orders.read", Role.Operator, 56);

    /// <summary>To give up and deliver orders.</summary>
    public static readonly Permission OrdersWrite = new("orders.write", Role.Operator, 57);
    public static readonly Permission MoneyRead = new("money.read", Role.Admin, 58);

    /// <summary>To say that money came, and where it goes.</summary>
    public static readonly Permission MoneyWrite = new("money.write", Role.Admin, 59);

    /// <summary>To say by which accounts customers pay.</summary>
    public static readonly Permission PaymentChannelsManage = new("payment_channels.manage", Role.Owner, 61);

    public static readonly IReadOnlyList<Permission> All = [OrdersRead, OrdersWrite, MoneyRead, MoneyWrite, PaymentChannelsManage];
}
