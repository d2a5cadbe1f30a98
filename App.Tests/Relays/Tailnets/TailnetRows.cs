using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Tailnets;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>Tailnets, over REST and as pages. Their API is a fake of this process.</summary>
public static class TailnetRows
{
    private const string Own = "/account/rentals/{tailnet}/tailnet", Client = "secret=&hook=&tag=tag:home&choose=recent", Seen = "seen={tailnet_seen}&sure=true";
    private const string Rest = "/api/user/tailnets/{tailnet_of}", Written = """{"seen":"{tailnet_of_seen}","sure":true}""", Changed = """{"tag":"tag:home","choose":"recent","read_only":false}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/account/rentals/{id}/tailnet", Customer) { Path = Own },
        new("POST", "/account/rentals/{id}/tailnet/connect", Customer) { Path = Own + "/connect", Form = Client, Races = [new(Page(Own + "/connect", Client), Page(Own + "/disconnect"))] },
        new("POST", "/account/rentals/{id}/tailnet/preview", Customer) { Path = Own + "/preview", Status = 200, Leaves = true },
        new("POST", "/account/rentals/{id}/tailnet/deliver", Customer) { Path = Own + "/deliver", Form = Seen, Races = [new(Page(Own + "/deliver", Seen), Page(Own + "/connect", Client))] },
        new("POST", "/account/rentals/{id}/tailnet/undo", Customer) { Path = Own + "/undo", Leaves = true },
        new("POST", "/account/rentals/{id}/tailnet/sync", Customer) { Path = Own + "/sync", Leaves = true },
        new("POST", "/account/rentals/{id}/tailnet/disconnect", Customer) { Path = Own + "/disconnect", Races = [new(Page(Own + "/disconnect"), Page(Own + "/disconnect"))] },
        new("GET", "/api/user/tailnets", RelayPermissions.AclRead) { AlsoCustomers = true, Query = "username after limit", Shows = ["tailnet_of"] },
        new("GET", "/api/user/tailnets/{rental}", RelayPermissions.AclRead) { AlsoCustomers = true, Path = Rest },
        new("GET", "/api/user/tailnets/{rental}/preview", RelayPermissions.AclWrite) { AlsoCustomers = true, Path = Rest + "/preview" },
        new("POST", "/api/user/tailnets/{rental}", RelayPermissions.AclWrite)
        {
            AlsoCustomers = true, Path = Rest, Json = Changed, Optional = "tag choose read_only",
            Races = [new(Post(Rest, """{"tag":"tag:home"}"""), Post(Rest, """{"choose":"recent"}""")), new(Post(Rest, Changed), Delete(Rest))],
        },
        new("POST", "/api/user/tailnets/{rental}/deliver", RelayPermissions.AclWrite) { AlsoCustomers = true, Path = Rest + "/deliver", Json = Written, Optional = "sure", Races = [new(Post(Rest + "/deliver", Written), Post(Rest, Changed))] },
        new("POST", "/api/user/tailnets/{rental}/undo", RelayPermissions.AclWrite) { AlsoCustomers = true, Path = Rest + "/undo", Leaves = true },
        new("POST", "/api/user/tailnets/{rental}/sync", RelayPermissions.AclWrite) { AlsoCustomers = true, Path = Rest + "/sync", Leaves = true },
        new("DELETE", "/api/user/tailnets/{rental}", RelayPermissions.AclWrite) { AlsoCustomers = true, Path = Rest, Races = [new(Delete(Rest), Delete(Rest))] },
        new("POST", "/hooks/tailnet/{rental}", Open) { Path = "/hooks/tailnet/nothing", Status = 200, Type = "text/plain", FromElsewhere = true, Leaves = true },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["tailnet"] = async t => await Connected(t, await t.Get("own_rental"), t.Account),
        ["tailnet_seen"] = async t => (await t.Server.Service<TailnetService>().Preview(Whose(t, t.Account), await t.Get("tailnet"), default)).Seen,
        ["tailnet_of"] = async t => await Connected(t, await t.Get("rental"), await t.Get("customer")),
        ["tailnet_of_seen"] = async t => (await t.Server.Service<TailnetService>().Preview(Whose(t, await t.Get("customer")), await t.Get("tailnet_of"), default)).Seen,
    };

    private static async Task<string> Connected(Things t, string rental, string account)
    {
        var secret = t.Server.Service<SecretBox>().SealTailnet(FakeTailnet.Known + rental);
        await t.Server.Db.Write(async s =>
        {
            await TailnetStore.Save(s, new(rental, t.Tenant, account, secret, "", false, "", Tailnet.Oldest, long.MaxValue), t.Server.Clock.Now);
            await TailnetStore.Synced(s, rental, 5, 3, 2, t.Server.Clock.Now);
        });
        return rental;
    }

    private static Caller Whose(Things t, string account) => Caller.Public(null, null) with { Kind = "customer", Id = account, TenantId = t.Tenant };
}
