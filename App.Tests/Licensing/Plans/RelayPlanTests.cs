using System.Net;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>Plans of relays: what they give, over REST and as a form, and that their keys open no program.</summary>
public sealed class RelayPlanTests
{
    [Theory, BothEngines]
    public async Task A_relay_plan_is_made_and_changed_field_by_field(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var plan = (await http.PostApi("/api/plans", new
        {
            name = "Relay 30", kind = "relay", duration_seconds = 30 * 86400, servers_per_rental = 2, device_limit = 4, traffic_quota = 5_000_000_000, traffic_reset = "calendar", at_quota = "slow",
            slow_rate = 50_000, rate_limit = 1_000_000, regions = new[] { "SH", "hk", "sh" }, start = "first_connection", start_within_seconds = 86400, capacity = 7, renewable = false, grace_seconds = 0,
        }))["plan"]!;
        Assert.Equal(("relay", "Relays", 2, 4, 5_000_000_000, "calendar", "slow"), ((string)plan["kind"]!, (string)plan["product"]!, (int)plan["servers_per_rental"]!, (int)plan["device_limit"]!, (long)plan["traffic_quota"]!, (string)plan["traffic_reset"]!, (string)plan["at_quota"]!));
        Assert.Equal((50_000, 1_000_000, """["sh","hk"]""", "first_connection", 86400, 7, false, 0), ((int)plan["slow_rate"]!, (int)plan["rate_limit"]!, plan["regions"]!.ToJsonString(), (string)plan["start"]!, (int)plan["start_within_seconds"]!, (int)plan["capacity"]!, (bool)plan["renewable"]!, (int)plan["grace_seconds"]!));
        var changed = (await http.PatchApi("/api/plans/" + plan["id"], new { traffic_quota = (long?)null, capacity = (int?)null, device_limit = 9 }))["plan"]!;
        Assert.Equal((null, null, 9, 2), (changed["traffic_quota"], changed["capacity"], (int)changed["device_limit"]!, (int)changed["servers_per_rental"]!));
    }

    [Fact]
    public async Task What_a_plan_is_of_stays_so()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        await http.Plan();
        (await http.PostApi("/api/plans", new { name = "Relay", kind = "relay", product = "Default", recharge = 100 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "recharge");
        var relay = (string)(await http.PostApi("/api/plans", new { name = "Relay", kind = "relay" }))["plan"]!["id"]!;
        (await http.PostApi("/api/plans", new { name = "Soft", product = "Relays" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "product");
        await http.Keys(relay, 1);
        (await http.PatchApi("/api/plans/" + relay, new { kind = "software", product = "Other" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "kind");
    }

    [Fact]
    public async Task A_serial_opens_no_program_and_no_software_key_becomes_one()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var relay = (string)(await http.PostApi("/api/plans", new { name = "Relay", kind = "relay" }))["plan"]!["id"]!;
        var serial = (await http.Keys(relay, 1))[0];
        var told = await server.Http.PostApi("/api/validate", new { code = serial, machine_code = "machine" });
        Assert.Equal((false, Verdict.RelayKey), ((bool)told["valid"]!, (string)told["code"]!));
        (await http.PatchApi("/api/keys/" + serial, new { action = "extend", seconds = 60 })).IsProblem(HttpStatusCode.Conflict, "RELAY_KEY");
        (await http.PatchApi("/api/keys/" + (await http.Keys(await http.Plan(), 1))[0], new { action = "plan", plan = relay })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "plan");
        var status = await server.Browser().Get("/status?key=" + serial);
        Assert.NotNull(status.Document.QuerySelector($"a[href='/account/rentals?serial={serial}']"));
    }

    [Fact]
    public async Task Its_form_keeps_what_was_typed_and_saves_it()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner);
        var form = await browser.Get("/admin/plans/new?kind=relay");
        Assert.Null(form.Document.QuerySelector("[name=machine_limit]"));
        var wrong = await browser.Submit(form, "form#plan", new() { ["name"] = "Relay", ["traffic_quota"] = "much", ["device_limit"] = "3" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "much"), (wrong.Status, Shown(wrong, "traffic_quota")));
        await browser.Submit(wrong, "form#plan", new() { ["traffic_quota"] = "1.5", ["traffic_quota_unit"] = "TB", ["rate_limit"] = "8" });
        var plan = Assert.Single((await (await server.As(Role.Owner)).GetApi("/api/plans")).Items())!;
        Assert.Equal(("relay", 3, (3L << 40) / 2, 1_000_000, true), ((string)plan["kind"]!, (int)plan["device_limit"]!, (long)plan["traffic_quota"]!, (long)plan["rate_limit"]!, (bool)plan["renewable"]!));
        var again = await browser.Get("/admin/plans/" + plan["id"]);
        Assert.Equal(("1536", "8"), (Shown(again, "traffic_quota"), Shown(again, "rate_limit")));
    }

    [Theory]
    [InlineData(5L << 40, "5", "TB")]
    [InlineData(100L << 30, "100", "GB")]
    [InlineData(1536L << 20, "1536", "MB")]
    [InlineData(null, "", "GB")]
    public void A_size_is_shown_in_the_unit_that_measures_it_and_comes_back_the_same(long? bytes, string number, string unit)
    {
        var form = Plan.Fields.ToForm(new Plan { Name = "x", TrafficQuota = bytes });
        Assert.Equal((number, unit), (form["traffic_quota"], form["traffic_quota_unit"]));
        Assert.Equal(bytes, Plan.Fields.FromForm(new Plan { TrafficQuota = 1 }, form).TrafficQuota);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("9999999999999999999999999")]
    [InlineData("99999999999999999999999999999999999999")]
    public void A_size_that_is_none_is_told(string typed) =>
        Assert.True(Assert.Throws<Refusal>(() => Plan.Fields.FromForm(new Plan { Name = "x" }, new FormValues(new FormCollection(new Dictionary<string, StringValues> { ["traffic_quota"] = typed, ["traffic_quota_unit"] = "TB" })))).Fields.ContainsKey("traffic_quota"));

    private static string? Shown(TestPage page, string name) => page.One($"[name={name}]").GetAttribute("value");
}
