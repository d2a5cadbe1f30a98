using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>/api/plans, field by field.</summary>
public sealed class PlanApiTests
{
    private static readonly string[] Fields =
    [
        "id", "product_id", "name", "product", "kind", "duration_seconds", "price", "currency", "machine_limit", "machine_code_rule", "prefix", "offline_grace_seconds", "releases_per_month", "release_wait_seconds", "entitlements", "notes",
        "recharge", "on_sale", "tiers", "stock_batch", "low_stock", "order_limit", "person_limit", "day_limit", "trial", "order_form", "add_ons", "switch_to", "delivery", "description_en", "description_zh", "shop_group", "shop_order",
        "servers_per_rental", "device_limit", "traffic_quota", "traffic_reset", "at_quota", "slow_rate", "rate_limit", "regions", "start", "start_within_seconds", "capacity", "renewable", "grace_seconds",
        "picture", "enabled", "in_use", "created_at", "updated_at", "retired_at",
    ];

    [Theory, BothEngines]
    public async Task A_plan_is_made_read_changed_retired_and_deleted(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var made = await http.PostApi("/api/plans", new
        {
            name = "VIP", product = "Photon", kind = "software", duration_seconds = 60, price = 990, currency = "usd", machine_limit = 3, prefix = "vip",
            offline_grace_seconds = 0, entitlements = new { beta = true, seats = 10, channel = "stable" }, notes = "n",
        });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(["success", "plan"], made.Body.Names());
        var plan = made["plan"]!;
        Assert.Equal(Fields, plan.Names());
        Assert.Equal(("VIP", "Photon", 60L, 990L, "USD", 3L, "VIP"), ((string)plan["name"]!, (string)plan["product"]!, (long)plan["duration_seconds"]!, (long)plan["price"]!, (string)plan["currency"]!, (long)plan["machine_limit"]!, (string)plan["prefix"]!));
        Assert.Equal("""{"beta":true,"seats":10,"channel":"stable"}""", plan["entitlements"]!.ToJsonString());
        var id = (string)plan["id"]!;

        var changed = await http.PatchApi("/api/plans/" + id, new { duration_seconds = (long?)null, price = 0, enabled = false });
        Assert.Equal((null, 0L, false, "Photon"), (changed["plan"]!["duration_seconds"], (long)changed["plan"]!["price"]!, (bool)changed["plan"]!["enabled"]!, (string)changed["plan"]!["product"]!));
        await http.PatchApi("/api/plans/" + id, new { enabled = true });
        Assert.Equal(plan["entitlements"]!.ToJsonString(), (await http.GetApi("/api/plans/" + id))["plan"]!["entitlements"]!.ToJsonString());

        await http.Keys(id, 1);
        var retired = await http.DeleteApi("/api/plans/" + id);
        Assert.Equal(["success", "deleted", "retired"], retired.Body.Names());
        Assert.Equal((false, true), ((bool)retired["deleted"]!, (bool)retired["retired"]!));
        (await http.PatchApi("/api/plans/" + id, new { price = 1 })).IsProblem(HttpStatusCode.Conflict, "PLAN_RETIRED");
        Assert.Empty((await http.GetApi("/api/plans")).Items());
        server.Clock.Advance(TimeSpan.FromDays(1));
        (await http.DeleteApi("/api/plans/" + id)).IsProblem(HttpStatusCode.Conflict, "PLAN_RETIRED");
        Assert.Equal("2026-03-04T09:30:00.000Z", (string?)(await http.GetApi("/api/plans/" + id))["plan"]!["retired_at"]);
        Assert.Equal(id, (string?)Assert.Single((await http.GetApi("/api/plans?retired=true")).Items())!["id"]);

        // Its name is free again, and a plan without keys goes for good.
        var other = await http.Plan();
        Assert.True((bool)(await http.DeleteApi("/api/plans/" + other))["deleted"]!);
        (await http.GetApi("/api/plans/" + other)).IsProblem(HttpStatusCode.NotFound, "PLAN_NOT_FOUND");
    }

    [Fact]
    public async Task Left_out_means_the_defaults_of_a_card()
    {
        await using var server = await TestServer.Start();
        var plan = (await (await server.As(Role.Admin)).PostApi("/api/plans", new { name = "Card" }))["plan"]!;
        Assert.Equal(("Default", "software", 10_800L, 0L, "CNY", 1L, "", 86_400L, true, false), ((string)plan["product"]!, (string)plan["kind"]!, (long)plan["duration_seconds"]!, (long)plan["price"]!,
            (string)plan["currency"]!, (long)plan["machine_limit"]!, (string)plan["prefix"]!, (long)plan["offline_grace_seconds"]!, (bool)plan["enabled"]!, (bool)plan["in_use"]!));
    }

    [Theory, BothEngines]
    public async Task A_name_is_one_plans_among_those_offered(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        await http.Plan();
        var other = await http.Plan("Pro");
        (await http.PostApi("/api/plans", new { name = " VIP " })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "name");
        (await http.PatchApi("/api/plans/" + other, new { name = "VIP" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "name");
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi("/api/plans/" + other, new { name = "Pro", price = 5 })).Status);
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_field()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        foreach (var (body, field) in new (object, string)[]
                 {
                     (new { }, "name"), (new { name = "" }, "name"), (new { name = 1 }, "name"), (new { name = "x", price = -1 }, "price"), (new { name = "x", price = "9.90" }, "price"),
                     (new { name = "x", duration_seconds = 0 }, "duration_seconds"), (new { name = "x", duration_seconds = "3h" }, "duration_seconds"), (new { name = "x", kind = "boat" }, "kind"),
                     (new { name = "x", machine_limit = 0 }, "machine_limit"), (new { name = "x", entitlements = new { a = new[] { 1 } } }, "entitlements"), (new { name = "x", colour = "red" }, "colour"),
                 })
            (await http.PostApi("/api/plans", body)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
    }

    [Fact]
    public async Task Another_tenants_plan_is_not_there()
    {
        await using var server = await TestServer.Start();
        var id = await (await server.As(Role.Admin)).Plan();
        var stranger = await server.As(Role.Admin, "other");
        (await stranger.GetApi("/api/plans/" + id)).IsProblem(HttpStatusCode.NotFound, "PLAN_NOT_FOUND");
        (await stranger.PatchApi("/api/plans/" + id, new { price = 1 })).IsProblem(HttpStatusCode.NotFound, "PLAN_NOT_FOUND");
        (await stranger.DeleteApi("/api/plans/" + id)).IsProblem(HttpStatusCode.NotFound, "PLAN_NOT_FOUND");
        (await stranger.PostApi("/api/keys/generate", new { plan = id, count = 1 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "plan");
        Assert.Empty((await stranger.GetApi("/api/plans")).Items());
    }
}
