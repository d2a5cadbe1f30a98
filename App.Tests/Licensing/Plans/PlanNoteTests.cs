using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Plans;

/// <summary>Notes pinned to a plan: by operators too, who may not change the plan itself.</summary>
public sealed class PlanNoteTests
{
    [Theory]
    [InlineData(Engine.Sqlite, "en", "Only staff see them.", "This is required.")]
    [InlineData(Engine.Postgres, "zh", "仅员工可见。", "必填")]
    public async Task An_operator_pins_and_removes_a_note_on_the_plans_page(Engine engine, string language, string lead, string required)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var plan = await http.MakePlan("VIP");
        var browser = await server.SignedIn(Role.Operator, language: language);
        var page = await browser.Get("/admin/plans/" + plan);
        Assert.Contains(lead, page.Text, StringComparison.Ordinal);
        page = await browser.Submit(page, "form[action$='/notes']", new() { ["text"] = "Supplier: <b>Wei & Co</b>\nask for June" });
        Assert.Contains("Supplier: <b>Wei & Co</b>", page.One("#pinned").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("#pinned .gh-lines b"));

        // A form that failed says why, keeps what was typed, and the notes that are there.
        var wrong = await browser.Submit(page, "form[action$='/notes']", new() { ["text"] = "  " });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains(required, wrong.One("#pinned .invalid-feedback").TextContent, StringComparison.Ordinal);
        Assert.Contains("ask for June", wrong.Text, StringComparison.Ordinal);
        // Who may change the plan sees it under the form, and changing the plan leaves it.
        var admin = await server.SignedIn(Role.Admin);
        var form = await admin.Get("/admin/plans/" + plan);
        Assert.Contains("ask for June", form.One("#pinned").TextContent, StringComparison.Ordinal);
        await admin.Submit(form, "#plan", new() { ["machine_limit"] = "7" });
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM plan_notes n JOIN plans p ON p.id = n.plan_id WHERE p.machine_limit = 7")));
        Assert.Empty((await (await server.SignedIn(Role.Analyst)).Get("/admin/plans/" + plan)).Document.QuerySelectorAll("#pinned form"));

        page = await browser.Submit(await browser.Get("/admin/plans/" + plan), "#pinned form[action$='/remove']");
        Assert.DoesNotContain("ask for June", page.One("#pinned").TextContent, StringComparison.Ordinal);
        var audit = (await http.GetApi("/api/audit?action=plan"))["items"]!.AsArray();
        Assert.Equal(["plan.note_removed", "plan.changed", "plan.noted", "plan.created"], audit.Select(e => (string?)e!["action"]));
        Assert.Equal(("VIP", "Supplier: <b>Wei & Co</b>\nask for June"), ((string?)audit[0]!["target"], (string?)audit[0]!["before"]!["text"]));
    }

    [Theory, BothEngines]
    public async Task Over_REST_they_are_listed_by_pages_and_go_with_their_plan(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        var plan = await http.MakePlan("VIP");
        var path = $"/api/plans/{plan}/notes";
        foreach (var text in new[] { "one", "two", "three" })
            Assert.Equal(text, (string?)(await http.PostApi(path, new { text }))["note"]!["text"]);
        var first = await http.GetApi(path + "?limit=2");
        Assert.Equal(["three", "two"], first["items"]!.AsArray().Select(n => (string?)n!["text"]));
        Assert.Equal(["one"], (await http.GetApi($"{path}?limit=2&after={first["next"]}"))["items"]!.AsArray().Select(n => (string?)n!["text"]));
        Assert.NotNull((await http.PostApi(path, new { text = new string('x', 501) })).Error("text"));
        Assert.NotNull((await http.PostApi(path, new { text = "x", author = "me" })).Error("author"));
        // One of another plan is none of this one's.
        var other = await http.MakePlan("Gold");
        Assert.Equal("PLAN_NOTE_NOT_FOUND", (await http.DeleteApi($"/api/plans/{other}/notes/{first["items"]![0]!["id"]}")).Code);
        await http.DeleteApi("/api/plans/" + plan);
        Assert.Equal(("PLAN_NOT_FOUND", 0), ((await http.GetApi(path)).Code, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM plan_notes"))));
    }
}
