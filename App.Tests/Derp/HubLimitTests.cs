using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Derp;

/// <summary>Of two who change limits at once neither takes back what the other has set.</summary>
public sealed class HubLimitTests
{
    [Fact]
    public async Task Limits_that_are_changed_at_once_are_all_kept()
    {
        var hub = new DerpHub(TestKey.New().Secret, new AllowList("list"), new DerpLimits(), MemoryCeilings.Of(null), NullLogger.Instance);
        var lost = await Task.WhenAll(Changing(l => l.Quota, (l, n) => l with { Quota = n }), Changing(l => l.MaxConnections, (l, n) => l with { MaxConnections = n }));
        Assert.Equal([0, 0], lost);

        // Nobody else changes this limit, so it stays as it was set.
        Task<int> Changing(Func<DerpLimits, long?> read, Func<DerpLimits, int, DerpLimits> set) => Task.Run(() =>
        {
            var lost = 0;
            for (var i = 1; i <= 50_000; i++)
            {
                hub.Limit(limits => set(limits, i));
                lost += read(hub.Limits) == i ? 0 : 1;
            }
            return lost;
        });
    }
}
