using System.Collections.Concurrent;
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
    private static readonly PublicEntry[] Entries = [new(Nav, 5, "/shop", "shop.title")];

    private readonly ConcurrentDictionary<string, (long ReadAt, bool Open)> _known = new();

    public async ValueTask Refresh(string tenant)
    {
        if (!_known.TryGetValue(tenant, out var known) || clock.GetElapsedTime(known.ReadAt) >= Freshness)
            Set(tenant, await db.Read(s => plans.Sells(s, tenant)));
    }

    public IEnumerable<PublicEntry> Current(string tenant) => _known.TryGetValue(tenant, out var known) && known.Open ? Entries : [];

    /// <summary>What whoever has looked just now has seen.</summary>
    internal void Set(string tenant, bool open) => _known[tenant] = (clock.GetTimestamp(), open);
}
