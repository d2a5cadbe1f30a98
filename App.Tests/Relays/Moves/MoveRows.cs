using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Errors;
using Gatehouse.Tests.Relays.AclDesk;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Relays.Moves;

/// <summary>Moves of relays, over REST and as pages.</summary>
public static class MoveRows
{
    private const string Leave = "/api/moves/server/{server}", LeaveDesk = "/admin/servers/{server}/leave";
    private const string Move = """{"rental":"{movable}","region_id":900}""", Desk = "/admin/rentals/{movable}/move/{movable_slot}";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/moves", RelayPermissions.ServersRead) { Query = "server rental open after limit", Shows = ["move"] },
        new("POST", "/api/moves", RelayPermissions.ServersWrite)
        {
            Json = Move, Status = 201, Once = true, Races = [new(Post("/api/moves", Move), Post("/api/moves", """{"rental":"{movable}","region_id":900,"server":""}""")), new(Post("/api/moves", Move), Patch("/api/rentals/{movable}", """{"suspended":true}"""))],
        },
        new("GET", "/api/moves/server/{id}", RelayPermissions.ServersRead) { Path = Leave },
        new("POST", "/api/moves/server/{id}", RelayPermissions.ServersWrite)
        {
            Path = Leave, Json = """{"leave":"drained"}""",
            Races = [new(Post(Leave, """{"leave":"drained"}"""), Post(Leave, """{"leave":"none"}""")), new(Post(Leave, """{"leave":"drained"}"""), Patch("/api/server/{server}", """{"draining":false}"""))],
        },
        new("GET", "/api/moves/balance", RelayPermissions.ServersRead),
        new("POST", "/api/moves/balance", RelayPermissions.ServersWrite),
        new("GET", "/admin/servers/balance", RelayPermissions.ServersRead),
        new("POST", "/admin/servers/balance", RelayPermissions.ServersWrite),
        new("POST", "/admin/servers/{id}/leave", RelayPermissions.ServersWrite) { Path = LeaveDesk, Form = "leave=drained", Races = [new(Page(LeaveDesk, "leave=drained"), Patch("/api/server/{server}", """{"cost":7}"""))] },
        new("GET", "/admin/rentals/{id}/move/{slot}", RelayPermissions.ServersWrite) { Path = Desk },
        new("POST", "/admin/rentals/{id}/move/{slot}", RelayPermissions.ServersWrite) { Path = Desk, Form = "server=", Races = [new(Page(Desk, "server="), Post("/api/moves", Move))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["movable"] = async t =>
        {
            var rental = await t.Get("rental");
            await RelayRows.AddApart(t.Server, t.Tenant, v => v with { Name = t.Unique("host"), Address = "127.0.0.2" });
            return rental;
        },
        ["movable_slot"] = async t => await SlotOf(t.Server, await t.Get("movable")),
        ["move"] = async t =>
        {
            var slot = await SlotOf(t.Server, await t.Get("movable"));
            return (await t.Server.Db.Write(s => t.Server.Service<MoveService>().Begin(s, t.Tenant, slot, null, RelayMove.Asked))).Id;
        },
    };

    /// <summary>How each refusal about moves comes about.</summary>
    public static readonly Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Ways = new()
    {
        [MoveErrors.NotFound] = site => site.Owner.PostApi("/api/moves", new { rental = Ids.New(), region_id = 900 }).Refused(),
        [MoveErrors.Going] = async site =>
        {
            var rented = await Rented.Make(site.Server, await site.Server.Staff.Customer());
            await site.Owner.PostApi("/api/moves", new { rental = rented.Id, region_id = 900 });
            return await site.Owner.PostApi("/api/moves", new { rental = rented.Id, region_id = 900 }).Refused();
        },
    };

    private static async Task<string> SlotOf(TestServer server, string rental) => (await server.Db.Read(s => s.One("SELECT id FROM relay_slots WHERE rental_id = @rental", r => r.GetString(0), ("rental", rental))))!;
}
