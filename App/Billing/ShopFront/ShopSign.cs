using System.Collections.Concurrent;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Shop;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.ShopFront;

/// <summary>The shop in the customers' top bar, where something is on sale. Kept in memory for a few seconds, on each node.</summary>
public sealed class ShopSign(Database db, PlanService plans, TimeProvider clock) : IPublicEntries
{
    /// <summary>What shop pages give as <c>Nav</c>.</summary>
    public const string Nav = "shop";

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);
    private static readonly PublicEntry Shop = new(Nav, 5, "/shop", "shop.title");

    // Whoever has bought comes back to it, also when nothing is on sale any more.
    private static readonly PublicEntry Orders = new(OrdersNav.Id, 25, FindPages.Path, "orders.find.title") { InFoot = true };

    private readonly ConcurrentDictionary<string, (long ReadAt, bool Open, bool Sold)> _known = new();

    public async ValueTask Refresh(string tenant)
    {
        if (!_known.TryGetValue(tenant, out var known) || clock.GetElapsedTime(known.ReadAt) >= Freshness)
        {
            var (open, sold) = await db.Read(async s => (await plans.Sells(s, tenant), await OrderStore.Any(s, tenant)));
            _known[tenant] = (clock.GetTimestamp(), open, open || sold);
        }
    }

    public IEnumerable<PublicEntry> Current(string tenant) => _known.TryGetValue(tenant, out var known) && known.Sold ? known.Open ? [Shop, Orders] : [Orders] : [];

    /// <summary>What whoever has looked just now has seen.</summary>
    internal void Set(string tenant, bool open) => _known.AddOrUpdate(tenant, _ => (clock.GetTimestamp(), open, open), (_, was) => (clock.GetTimestamp(), open, open || was.Sold));
}
