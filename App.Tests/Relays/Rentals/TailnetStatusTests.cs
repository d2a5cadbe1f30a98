using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>Devices from what a client prints of its tailnet.</summary>
public sealed class TailnetStatusTests
{
    private static string Key(char of) => "nodekey:" + new string(of, 64);

    private static string Printed(string state = "Running", string more = "") =>
        $$"""
        {"Version":"1.96.2","BackendState":"{{state}}","Self":{"PublicKey":"{{Key('a')}}","HostName":"laptop","DNSName":"laptop.tail0.ts.net.","OS":"windows","UserID":1,"KeyExpiry":"2027-03-01T00:00:00Z"},
        "Peer":{"{{Key('d')}}":{"PublicKey":"{{Key('d')}}","HostName":"Boss","OS":"iOS","UserID":2},"{{Key('b')}}":{"PublicKey":"{{Key('b')}}","HostName":"nas","DNSName":"nas.tail0.ts.net.","OS":"linux","UserID":9,"Tags":["tag:home"]},
        "{{Key('c')}}":{"PublicKey":"{{Key('c')}}","HostName":"shared","ShareeNode":true},"{{Key('e')}}":{"PublicKey":"{{Key('e')}}","HostName":"theirs","AltSharerUserID":5},"{{Key('f')}}":{"PublicKey":"nodekey:short","HostName":"x"},"y":7{{more}} } }
        """;

    [Fact]
    public void The_own_machine_comes_first_then_those_that_are_near_and_nobody_elses()
    {
        var machines = TailnetStatus.Read(Printed());
        Assert.Equal([("laptop", true, true), ("nas", false, true), ("Boss", false, false)], machines.Select(m => (m.Name, m.Own, m.Near)));
        Assert.Equal((Key('a'), "windows", new DateTimeOffset(2027, 3, 1, 0, 0, 0, TimeSpan.Zero)), (machines[0].NodeKey, machines[0].System, machines[0].KeyEnds));
        Assert.Single(TailnetStatus.Read($$"""{"Self":{"PublicKey":"{{Key('A')}}","UserID":"x","Tags":7,"KeyExpiry":5},"Peer":null}"""));
        Assert.Equal("rentals.status.stopped", Assert.Throws<Refusal>(() => TailnetStatus.Read(Printed("NeedsLogin"))).Fields["status"].Key);
        foreach (var wrong in new[] { "", "{", "[]", "7", "{}", """{"Self":{}}""", """{"Self":[]}""", new string('[', 5000), Printed(more: ",") })
            Assert.Equal("rentals.status.none", Assert.Throws<Refusal>(() => TailnetStatus.Read(wrong)).Fields["status"].Key);
        Assert.Equal("rentals.status.long", Assert.Throws<Refusal>(() => TailnetStatus.Read(new string(' ', TailnetStatus.MostText + 1))).Fields["status"].Key);
    }

    [Fact]
    public async Task Machines_are_picked_from_a_pasted_list_and_all_or_none_are_let_in()
    {
        await using var server = await TestServer.Start();
        await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "host" });
        var (owner, account, browser) = (await server.As(Role.Owner), await server.Staff.Customer(), server.Browser());
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account));
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay", kind = "relay", servers_per_rental = 1, device_limit = 2 }))["plan"]!["id"]!;
        var path = "/account/rentals/" + (string)(await owner.PostApi("/api/rentals", new { account, plan }))["rental"]!["id"]!;
        Task<long> LetIn() => server.Db.Read(s => s.Number("SELECT COUNT(*) FROM rental_devices WHERE account_id = @account", ("account", account)));

        var wrong = await browser.Submit(await browser.Get(path), "#paste", new() { ["status"] = "not that" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "not that"), (wrong.Status, wrong.One("[name=status]").TextContent.Trim()));
        var shown = await browser.Submit(wrong, "#paste", new() { ["status"] = Printed() });
        Assert.Equal([(Key('a') + " laptop", true), (Key('b') + " nas", false), (Key('d') + " Boss", false)], shown.Document.QuerySelectorAll("#pick [name=pick]").Select(b => (b.GetAttribute("value")!, b.HasAttribute("checked"))));
        var page = await browser.Submit(shown, "#pick");
        Assert.Contains("laptop", page.One("#devices table").TextContent, StringComparison.Ordinal);
        Assert.Equal(1, await LetIn());
        // What is let in already cannot be picked again.
        shown = await browser.Submit(page, "#paste", new() { ["status"] = Printed() });
        Assert.True(shown.One($"#pick [value^='{Key('a')}']").HasAttribute("disabled"));
    }
}
