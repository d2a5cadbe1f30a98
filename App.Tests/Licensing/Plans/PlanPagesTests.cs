using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>The plans' pages in a browser without script.</summary>
public sealed class PlanPagesTests
{
    [Fact]
    public async Task The_first_plan_needs_a_name_and_leads_to_its_keys()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner);
        var empty = await browser.Get("/admin/plans");
        Assert.Contains("No plans yet", empty.Text);
        var form = await browser.Get(empty.One("main a.btn-primary").GetAttribute("href")!);
        var done = await browser.Submit(form, "form#plan", new() { ["name"] = "VIP" });
        Assert.StartsWith("/admin/plans?made=", done.Path);
        Assert.Contains("The plan VIP is made.", done.One(".gh-toast p").TextContent);
        var id = done.Path["/admin/plans?made=".Length..];
        Assert.Equal($"/admin/keys/generate?plan={id}", done.One("main .gh-next a.btn-primary").GetAttribute("href"));
        Assert.Contains("3 hours", done.Text);
    }

    [Fact]
    public async Task A_form_that_fails_keeps_what_was_typed_and_says_why_at_each_field()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        var form = await browser.Get("/admin/plans/new");
        var typed = new Dictionary<string, string?> { ["name"] = "<b>VIP</b> & \"more\"", ["price"] = "9.999", ["duration"] = "x", ["duration_unit"] = "months", ["machine_limit"] = "0", ["prefix"] = "-", ["currency"] = "USD" };
        var failed = await browser.Submit(form, "form#plan", typed);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, failed.Status);
        foreach (var (name, value) in typed.Where(t => t.Key is not ("duration_unit" or "currency")))
            Assert.Equal(value, failed.One($"#{name}").GetAttribute("value"));
        Assert.Equal("months", failed.One("select[name=duration_unit] option[selected]").GetAttribute("value"));
        Assert.Equal(["duration", "machine_limit", "prefix", "price"], failed.Document.QuerySelectorAll("form#plan .invalid-feedback[id]").Select(e => e.Id!.Replace("-error", "")).Order());
        foreach (var field in new[] { "duration", "price" })
            Assert.Contains(field + "-error", failed.One("#" + field).GetAttribute("aria-describedby")!.Split(' '));
        Assert.Empty((await (await server.As(Role.Admin)).GetApi("/api/plans")).Items());
        var fixedForm = await browser.Submit(failed, "form#plan", new() { ["price"] = "9.99", ["duration"] = "2", ["machine_limit"] = "1", ["prefix"] = "" });
        var plan = Assert.Single((await (await server.As(Role.Admin)).GetApi("/api/plans")).Items())!;
        Assert.Equal(("<b>VIP</b> & \"more\"", 999L, 60 * 86_400L), ((string)plan["name"]!, (long)plan["price"]!, (long)plan["duration_seconds"]!));
        Assert.Equal("<b>VIP</b> & \"more\"", fixedForm.One("a.gh-plan").TextContent);
    }

    [Fact]
    public async Task More_rows_come_without_saving_and_without_script()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        var form = await browser.Get("/admin/plans/new");
        Assert.Equal(2, form.Document.QuerySelectorAll("[name=entitlement]").Length);
        // Enter presses the first button of a form: that one saves.
        Assert.Null(form.Document.QuerySelectorAll("form#plan button")[0].GetAttribute("name"));
        var more = await browser.Submit(form, "form#plan", new() { ["name"] = "Half", ["more_rows"] = "1" });
        Assert.Equal(HttpStatusCode.OK, more.Status);
        Assert.Equal(6, more.Document.QuerySelectorAll("[name=entitlement]").Length);
        Assert.Equal("Half", more.One("#name").GetAttribute("value"));
        Assert.Empty((await (await server.As(Role.Admin)).GetApi("/api/plans")).Items());
    }

    [Fact]
    public async Task Saving_a_form_as_it_is_changes_nothing()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var browser = await server.SignedIn(Role.Admin);
        var made = await http.PostApi("/api/plans", new
        {
            name = "Odd", product = "Photon", duration_seconds = 90_061, price = 1234, currency = "KWD", machine_limit = 7, prefix = "O-D", offline_grace_seconds = 0,
            entitlements = new { a = true, b = "true", c = 1.50m, d = "1.50", e = " x " }, notes = "one\ntwo", enabled = false,
        });
        var id = (string)made["plan"]!["id"]!;
        var form = await browser.Get("/admin/plans/" + id);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var rows = form.Document.QuerySelectorAll("[name=entitlement]").Zip(form.Document.QuerySelectorAll("[name=entitlement_value]"), (n, v) => (n.GetAttribute("value"), v.GetAttribute("value"))).ToList();
        Assert.Equal([("a", "true"), ("b", "\"true\""), ("c", "1.50"), ("d", "\"1.50\""), ("e", "\" x \""), ("", ""), ("", "")], rows);
        var saved = await browser.Submit(form, "form#plan");
        Assert.Equal("/admin/plans", saved.Path);
        var plan = (await http.GetApi("/api/plans/" + id))["plan"]!;
        Assert.NotEqual((string)made["plan"]!["updated_at"]!, (string)plan["updated_at"]!);
        plan["updated_at"] = (string)made["plan"]!["updated_at"]!;
        Assert.Equal(made["plan"]!.ToJsonString(), plan.ToJsonString());
    }

    [Fact]
    public async Task A_plan_in_use_is_retired_and_says_what_happens()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var browser = await server.SignedIn(Role.Admin);
        var (used, fresh) = (await http.Plan(), await http.Plan("Fresh"));
        await http.Keys(used, 3);
        var page = await browser.Get("/admin/plans/" + used);
        Assert.Contains("Its 3 keys go on working", page.One("#remove").TextContent);
        var gone = await browser.Submit(page, "#remove form");
        Assert.Contains("VIP is retired", gone.One(".gh-toast p").TextContent);
        Assert.Equal("VIP", (await browser.Get("/admin/plans?retired=true")).One("a.gh-plan").TextContent);
        var view = await browser.Get("/admin/plans/" + used);
        Assert.Empty(view.Document.QuerySelectorAll("form#plan"));
        var other = await browser.Submit(await browser.Get("/admin/plans/" + fresh), "#remove form");
        Assert.Contains("Fresh is deleted", other.One(".gh-toast p").TextContent);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/admin/plans/" + fresh)).Status);
    }

    [Theory]
    [InlineData(Role.Analyst)]
    [InlineData(Role.Operator)]
    public async Task Who_may_only_read_sees_no_form(Role role)
    {
        await using var server = await TestServer.Start();
        var id = await (await server.As(Role.Admin)).Plan();
        var browser = await server.SignedIn(role);
        var list = await browser.Get("/admin/plans");
        Assert.DoesNotContain(list.Document.QuerySelectorAll("a"), a => a.GetAttribute("href") == "/admin/plans/new");
        var view = await browser.Get("/admin/plans/" + id);
        Assert.Empty(view.Document.QuerySelectorAll("form#plan"));
        Assert.Contains("¥9.90", view.Text);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin/plans/new")).Status);
    }

    [Fact]
    public async Task Stock_is_counted_by_plan()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var keys = await http.Keys(await http.Plan(), 5);
        await http.Plan("Empty");
        await server.Validate(keys[0]);
        var page = await (await server.SignedIn(Role.Analyst)).Get("/admin/plans");
        var rows = page.Document.QuerySelectorAll("tbody tr").ToDictionary(r => r.QuerySelector("a.gh-plan")!.TextContent, r => r.QuerySelectorAll("td.gh-num").Select(c => c.TextContent.Trim()).ToList());
        Assert.Equal(["¥9.90", "1", "4", "1"], rows["VIP"]);
        Assert.Equal(["¥9.90", "1", "0", "0"], rows["Empty"]);
    }
}
