using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>What a plan needs to be sold, on its form and over REST.</summary>
public sealed class PlanSellingTests
{
    [Fact]
    public async Task A_form_has_all_of_it_and_saving_it_as_it_is_changes_nothing()
    {
        await using var server = await TestServer.Start();
        var (http, browser) = (await server.As(Role.Admin), await server.SignedIn(Role.Admin));
        var made = await browser.Submit(await browser.Get("/admin/plans/new"), "form#plan", new()
        {
            ["name"] = "VIP", ["price"] = "19.90", ["currency"] = "CNY", ["on_sale"] = "true", ["tiers"] = " 5 = 17.90\r\n\r\n10=15 ", ["delivery"] = "hand", ["low_stock"] = "3", ["order_limit"] = "20", ["person_limit"] = "30",
            ["day_limit"] = "25", ["shop_group"] = "Snapnote keys", ["shop_order"] = "7", ["description_en"] = "All of it\r\n\r\n**more**", ["description_zh"] = "全部功能",
        });
        var id = made.Path["/admin/plans?made=".Length..];
        Assert.Contains("On sale", made.One("tbody tr").TextContent);
        var plan = (await http.GetApi("/api/plans/" + id))["plan"]!;
        Assert.Equal("""[{"from":5,"price":1790},{"from":10,"price":1500}]""", plan["tiers"]!.ToJsonString());
        Assert.Equal((true, "hand", 3L, 20L, 30L, 25L, "Snapnote keys", 7L, "All of it\n\n**more**", "全部功能"), ((bool)plan["on_sale"]!, (string)plan["delivery"]!, (long)plan["low_stock"]!, (long)plan["order_limit"]!,
            (long)plan["person_limit"]!, (long)plan["day_limit"]!, (string)plan["shop_group"]!, (long)plan["shop_order"]!, (string)plan["description_en"]!, (string)plan["description_zh"]!));
        var batch = (string)(await http.PostApi("/api/keys/generate", new { plan = id, count = 2, note = "For the shop" }))["batch_id"]!;
        plan = (await http.PatchApi("/api/plans/" + id, new { stock_batch = batch, delivery = "key" }))["plan"]!;
        var form = await browser.Get("/admin/plans/" + id);
        Assert.Contains("For the shop: 2 keys", form.One("#stock_batch option[selected]").TextContent);
        await browser.Submit(form, "form#plan");
        var after = (await http.GetApi("/api/plans/" + id))["plan"]!;
        after["updated_at"] = (string)plan["updated_at"]!;
        Assert.Equal(plan.ToJsonString(), after.ToJsonString());
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_its_field_and_kept()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        var typed = new Dictionary<string, string?> { ["tiers"] = "ten = 9", ["order_limit"] = "many", ["shop_order"] = "-1", ["description_en"] = new string('>', 5000) + " a" };
        var failed = await browser.Submit(await browser.Get("/admin/plans/new"), "form#plan", new(typed) { ["name"] = "VIP", ["on_sale"] = "true" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, failed.Status);
        Assert.Equal(["description_en", "order_limit", "shop_order", "tiers"], failed.Document.QuerySelectorAll("#selling .invalid-feedback[id]").Select(e => e.Id!.Replace("-error", "")).Order());
        Assert.Equal("ten = 9", failed.One("#tiers").TextContent.Trim());
        Assert.Equal("many", failed.One("#order_limit").GetAttribute("value"));
        Assert.True(failed.One("#on_sale").HasAttribute("checked"));
    }

    [Fact]
    public async Task A_copy_is_a_form_with_all_of_the_plan_but_the_keys_that_it_sells()
    {
        await using var server = await TestServer.Start();
        var (http, browser) = (await server.As(Role.Admin), await server.SignedIn(Role.Admin));
        var id = (string)(await http.PostApi("/api/plans", new { name = "VIP", price = 990, on_sale = true, tiers = new[] { new { from = 5, price = 900 } }, prefix = "VIP", description_zh = "全部" }))["plan"]!["id"]!;
        var copy = await browser.Get((await browser.Get("/admin/plans/" + id)).One("main a[href*='from=']").GetAttribute("href")!);
        Assert.Equal(("VIP (copy)", "9.90", "5 = 9.00"), (copy.One("#name").GetAttribute("value"), copy.One("#price").GetAttribute("value"), copy.One("#tiers").TextContent.Trim()));
        Assert.True(copy.One("#on_sale").HasAttribute("checked"));
        Assert.StartsWith("/admin/plans?made=", (await browser.Submit(copy, "form#plan")).Path);
        Assert.Equal(2, (await http.GetApi("/api/plans")).Items().Count());
        var batch = (string)(await http.PostApi("/api/keys/generate", new { plan = id, count = 2 }))["batch_id"]!;
        await http.PatchApi("/api/plans/" + id, new { stock_batch = batch });
        copy = await browser.Get("/admin/plans/new?from=" + id);
        Assert.False(copy.One("#on_sale").HasAttribute("checked"));
        Assert.Null(copy.Document.QuerySelector("#stock_batch option[selected]")?.GetAttribute("value") is { Length: > 0 } kept ? kept : null);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/admin/plans/new?from=nothing")).Status);
        // A retired one lends its fields as well.
        await http.DeleteApi("/api/plans/" + id);
        Assert.True((await browser.Get((await browser.Get("/admin/plans/" + id)).One("main a[href*='from=']").GetAttribute("href")!)).One("#enabled").HasAttribute("checked"));
    }

    [Fact]
    public async Task Only_keys_of_its_own_are_its_stock()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var (plan, other) = (await http.Plan(), await http.Plan("Other"));
        var batch = (string)(await http.PostApi("/api/keys/generate", new { plan = other, count = 2 }))["batch_id"]!;
        foreach (var wrong in new[] { batch, "nothing" })
            (await http.PatchApi("/api/plans/" + plan, new { stock_batch = wrong })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "stock_batch");
        Assert.Equal(batch, (string)(await http.PatchApi("/api/plans/" + other, new { stock_batch = batch }))["plan"]!["stock_batch"]!);
        Assert.Null((await http.PatchApi("/api/plans/" + other, new { stock_batch = (string?)null }))["plan"]!["stock_batch"]);
    }
}
