using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>A customer's page for staff, tab by tab.</summary>
public sealed class PersonPageTests
{
    [Theory]
    [InlineData(Engine.Sqlite, "en", "Three years with us", "This is required.")]
    [InlineData(Engine.Postgres, "zh", "老客户回馈", "必填")]
    public async Task Points_are_given_and_taken_by_a_form_that_keeps_what_was_typed(Engine engine, string language, string reason, string required)
    {
        await using var server = await TestServer.Start(engine);
        var id = await server.Staff.Customer();
        var browser = await server.SignedIn(Role.Operator, language: language);
        var page = await browser.Get($"/admin/users/{id}?tab=points");
        page = await browser.Submit(page, "form[action$='/points']", new() { ["amount"] = "240", ["reason"] = reason, ["do"] = "give" });
        Assert.Contains("+240", page.One("#points").TextContent, StringComparison.Ordinal);
        page = await browser.Submit(page, "form[action$='/points']", new() { ["amount"] = "40", ["reason"] = reason, ["do"] = "take" });
        Assert.Contains("−40", page.One("#points").TextContent, StringComparison.Ordinal);
        Assert.Contains("200", page.One("#points").TextContent, StringComparison.Ordinal);

        var wrong = await browser.Submit(page, "form[action$='/points']", new() { ["amount"] = "40", ["reason"] = " ", ["do"] = "give" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains(required, wrong.One(".invalid-feedback").TextContent, StringComparison.Ordinal);
        Assert.Equal("40", wrong.One("input[name=amount]").GetAttribute("value"));
        var tooMany = await browser.Submit(page, "form[action$='/points']", new() { ["amount"] = "201", ["reason"] = reason, ["do"] = "take" });
        Assert.Equal(HttpStatusCode.Conflict, tooMany.Status);
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM point_entries")));
        // An analyst sees them and has no form.
        Assert.Empty((await (await server.SignedIn(Role.Analyst)).Get($"/admin/users/{id}?tab=points")).Document.QuerySelectorAll("form[action$='/points']"));
        // The audit log knows how many, and not what for: that may say who somebody is.
        var entries = await (await server.As(Role.Owner)).GetApi("/api/audit?action=customer.points_given");
        Assert.DoesNotContain(reason, entries.ToString(), StringComparison.Ordinal);
        Assert.Equal(240, (int?)entries["items"]![0]!["after"]!["amount"]);
    }

    [Theory, BothEngines]
    public async Task What_happened_is_told_from_both_sides_and_goes_with_the_person(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var id = await server.Staff.Customer();
        var owner = await server.As(Role.Owner);
        await owner.PostApi($"/api/users/{id}/notes", new { text = "Likes the phone better" });
        await owner.PostApi($"/api/users/{id}/points", new { amount = 5, reason = "for the survey" });
        var customer = server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id));
        await customer.PatchApi("/api/user/me", new { display_name = "Yu" });
        var browser = await server.SignedIn(Role.Owner);
        var history = (await browser.Get($"/admin/users/{id}?tab=history")).One("#history").TextContent;
        foreach (var word in new[] { "added a note on a customer", "gave points to a customer", "Details changed", "The customer" })
            Assert.Contains(word, history, StringComparison.Ordinal);
        Assert.Contains("Likes the phone better", (await browser.Get($"/admin/users/{id}?tab=notes")).Text, StringComparison.Ordinal);
        await owner.DeleteApi($"/api/users/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get($"/admin/users/{id}?tab=notes")).Status);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT (SELECT COUNT(*) FROM account_notes) + (SELECT COUNT(*) FROM point_entries) + (SELECT COUNT(*) FROM account_events)")));
    }

    [Fact]
    public async Task A_tab_that_nobody_declared_is_the_overview()
    {
        await using var server = await TestServer.Start(Engine.Sqlite);
        var id = await server.Staff.Customer();
        var page = await (await server.SignedIn(Role.Owner)).Get($"/admin/users/{id}?tab=nothing");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.NotNull(page.Document.QuerySelector("input[name=display_name]"));
    }
}
