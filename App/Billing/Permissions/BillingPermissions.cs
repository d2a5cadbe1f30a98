using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Permissions;

public static class BillingPermissions
{
    public static readonly Permission OrdersRead = new("orders.read", Role.Analyst, 61);

    /// <summary>To give up and deliver orders.</summary>
    public static readonly Permission OrdersWrite = new("orders.write", Role.Operator, 62);
    public static readonly Permission MoneyRead = new("money.read", Role.Analyst, 63);

    /// <summary>To say that money came, and where it goes.</summary>
    public static readonly Permission MoneyWrite = new("money.write", Role.Admin, 64);

    /// <summary>To say by which accounts customers pay.</summary>
    public static readonly Permission PaymentChannelsManage = new("payment_channels.manage", Role.Admin, 106);

    public static readonly Permission CouponsRead = new("coupons.read", Role.Analyst, 65);

    /// <summary>To say what is taken off prices.</summary>
    public static readonly Permission CouponsWrite = new("coupons.write", Role.Admin, 66);

    /// <summary>To take distributors on, and say on what terms.</summary>
    public static readonly Permission DistributorsManage = new("distributors.manage", Role.Admin, 107);

    public static readonly IReadOnlyList<Permission> All = [OrdersRead, OrdersWrite, MoneyRead, MoneyWrite, PaymentChannelsManage, CouponsRead, CouponsWrite, DistributorsManage];
}
