using Gatehouse.Platform.Http;
using Gatehouse.Relays.Tailnets;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>Tailnets, as pages. Their API is a fake of this process.</summary>
public static class TailnetRows
{
    private const string Own = "/account/rentals/{tailnet}/tailnet", Client = "secret=&hook=&tag=tag:home&choose=recent", Seen = "seen={tailnet_seen}&sure=true";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/account/rentals/{id}/tailnet", Customer) { Path = Own },
        new("POST", "/account/rentals/{id}/tailnet/connect", Customer) { Path = Own + "/connect", Form = Client, Races = [new(Page(Own + "/connect", Client), Page(Own + "/disconnect"))] },
        new("POST", "/account/rentals/{id}/tailnet/preview", Customer) { Path = Own + "/preview", Status = 200, Leaves = true },
        new("POST", "/account/rentals/{id}/tailnet/deliver", Customer) { Path = Own + "/deliver", Form = Seen, Races = [new(Page(Own + "/deliver", Seen), Page(Own + "/connect", Client))] },
        new("POST", "/account/rentals/{id}/tailnet/undo", Customer) { Path = Own + "/undo", Leaves = true },
        new("POST", "/account/rentals/{id}/tailnet/sync", Customer) { Path = Own + "/sync", Leaves = true },
        new("POST", "/account/rentals/{id}/tailnet/disconnect", Customer) { Path = Own + "/disconnect", Races = [new(Page(Own + "/disconnect"), Page(Own + "/disconnect"))] },
        new("POST", "/hooks/tailnet/{rental}", Open) { Path = "/hooks/tailnet/nothing", Status = 200, Type = "text/plain", FromElsewhere = true, Leaves = true },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["tailnet"] = async t =>
        {
            var rental = await t.Get("own_rental");
            var secret = t.Server.Service<TailnetService>().Seal(FakeTailnet.Known + rental);
            await t.Server.Db.Write(async s =>
            {
                await TailnetStore.Save(s, new(rental, t.Tenant, t.Account, secret, "", false, "", Tailnet.Oldest, long.MaxValue), t.Server.Clock.Now);
                await TailnetStore.Synced(s, rental, 5, 3, 2, t.Server.Clock.Now);
            });
            return rental;
        },
        ["tailnet_seen"] = async t => (await t.Server.Service<TailnetService>().Preview(Whose(t), await t.Get("tailnet"), default)).Seen,
    };

    private static Caller Whose(Things t) => Caller.Public(null, null) with { Kind = "customer", Id = t.Account, TenantId = t.Tenant };
}
