using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>What the dashboard says of orders: those that are paid and wait for staff.</summary>
internal static class OrderAttention
{
    public static async Task<DashboardCards> Load(HttpContext ctx)
    {
        var tenant = ctx.Caller().TenantId;
        var waiting = await ctx.RequestServices.GetRequiredService<Database>().Read(s => OrderStore.Waiting(s, tenant), ctx.RequestAborted);
        return waiting == 0 ? DashboardCards.None : new DashboardCards { Attention = ComponentFragment.Of<OrdersWaiting>((nameof(OrdersWaiting.Count), waiting)) };
    }
}
