using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays;

/// <summary>From nothing to relays of a customer, by one form.</summary>
public sealed class StartTests
{
    [Theory, BothEngines]
    public async Task One_form_makes_a_server_three_plans_and_a_serial_that_works(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.SignedIn(Role.Owner);
        Assert.NotNull((await owner.Get("/admin")).Document.QuerySelector("a[href='/admin/servers/start']"));
        var wrong = await owner.Submit(await owner.Get("/admin/servers/start"), "form#start", new() { ["address"] = "127.0.0.1", ["port_from"] = "27000", ["port_to"] = "26000" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "27000"), (wrong.Status, wrong.One("[name=port_from]").GetAttribute("value")));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT (SELECT COUNT(*) FROM relay_servers) + (SELECT COUNT(*) FROM plans) + (SELECT COUNT(*) FROM licenses)")));
        var done = await owner.Submit(wrong, "form#start", new() { ["port_to"] = "27999" });
        var serial = done.One("#serial").TextContent;
        Assert.Equal(["Relay 180 days", "Relay 30 days", "Relay 360 days"], await server.Db.Read(s => s.All("SELECT p.name FROM plans p JOIN products d ON d.id = p.product_id WHERE d.kind = 'relay' AND p.on_sale = 0 ORDER BY p.name", r => r.GetString(0))));
        Assert.Null((await owner.Get("/admin")).Document.QuerySelector("a[href='/admin/servers/start']"));

        var redeemed = await (await Helpdesk.Customer(server)).Http.PostApi("/api/user/activate", new { serial, name = "Home" });
        Assert.Equal((HttpStatusCode.OK, 3), (redeemed.Status, redeemed["rental"]!["slots"]!.AsArray().Count));

        // The same again adds nothing: the server has its name.
        var again = await owner.Submit(await owner.Get("/admin/servers/start"), "form#start", new() { ["address"] = "127.0.0.1" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.Status);
        Assert.Equal((3, 1), (await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM plans")), await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses"))));
        // Another machine takes the plans that there are.
        await owner.Submit(again, "form#start", new() { ["name"] = "Second", ["port_from"] = "28000", ["port_to"] = "28999" });
        Assert.Equal((3, 2), (await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM plans")), await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_servers"))));
    }
}
