using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Tests.Licensing.Licenses;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Licensing.Batches;

/// <summary>Generating in the browser, and what follows: the batch, its keys, its cards.</summary>
public sealed class GeneratePagesTests
{
    [Theory]
    [BothEngines]
    public async Task From_the_form_to_the_cards(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var form = await desk.Browser.Get("/admin/keys/generate");
        Assert.All(form.Document.QuerySelectorAll("#example .gh-example"), e => Assert.Matches("^VIP-[A-Z2-9]{12}$", e.TextContent));
        var sent = await desk.Browser.Submit(form, "#generate", new() { ["count"] = "250", ["length"] = "8", ["note"] = "Spring" }, follow: false);
        Assert.Equal(HttpStatusCode.SeeOther, sent.Status);
        Assert.StartsWith("/admin/keys/generate/", sent.Location);

        var run = await LicensePagesTests.Until(desk.Browser, sent.Location!, p => p.Path.StartsWith("/admin/batches/", StringComparison.Ordinal));
        var keys = run.One("#keys").TextContent.Trim().Split('\n');
        Assert.Equal(250, keys.Distinct().Count());
        Assert.All(keys, k => Assert.Matches("^VIP-[A-Z2-9]{8}$", k));
        Assert.Contains("250 unused", run.Text);
        Assert.Contains("Spring", (await desk.Browser.Get("/admin/batches?q=spr")).Text);
        Assert.DoesNotContain("Spring", (await desk.Browser.Get("/admin/batches?q=100%25")).One("#list").TextContent);

        await desk.Server.Http.Validate(keys[0], "machine-1");
        var sheet = await desk.Browser.Get(run.Path + "/print");
        var shown = sheet.Document.QuerySelectorAll(".gh-sheet .gh-key").Select(e => e.TextContent).ToList();
        Assert.Equal(240, shown.Count);
        Assert.Equal(240, sheet.Document.QuerySelectorAll(".gh-sheet svg path").Length);
        Assert.Empty(sheet.Document.QuerySelectorAll("[style], style"));
        shown.AddRange((await desk.Browser.Get(sheet.One("a[rel=next]").GetAttribute("href")!)).Document.QuerySelectorAll(".gh-sheet .gh-key").Select(e => e.TextContent));
        Assert.Equal(keys.Skip(1).Order(), shown.Order());
    }

    [Fact]
    public async Task A_form_sent_twice_makes_one_batch()
    {
        await using var desk = await Desk.Open();
        var form = await desk.Browser.Get("/admin/keys/generate");
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Browser.Submit(form, "#generate", new() { ["count"] = "500" }, follow: false)));
        Assert.Single(both.Select(p => p.Location).Distinct());
        await LicensePagesTests.Until(desk.Browser, both[0].Location!, p => p.Path.StartsWith("/admin/batches/", StringComparison.Ordinal));
        await desk.Browser.Submit(form, "#generate", new() { ["count"] = "500" });
        Assert.Single((await desk.Api.GetApi("/api/batches"))["items"]!.AsArray());
    }

    [Theory, BothEngines]
    public async Task A_run_that_the_servers_stop_came_before_goes_on_elsewhere(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var server = desk.Server;
        await server.Service<OperationRunner>().StopAsync(default);
        var sent = await desk.Browser.Submit(await desk.Browser.Get("/admin/keys/generate"), "#generate", new() { ["count"] = "1500" }, follow: false);
        Assert.Contains("0 of 1,500", (await desk.Browser.Get(sent.Location!)).One("#run").TextContent);
        var another = new OperationRunner(server.Service<OperationService>(), server.Services.GetServices<OperationKind>(), server.Services, server.Db, server.Clock, NullLogger<OperationRunner>.Instance);
        await another.StartAsync(default);
        var batch = await LicensePagesTests.Until(desk.Browser, sent.Location!, p => p.Path.StartsWith("/admin/batches/", StringComparison.Ordinal));
        await another.StopAsync(default);
        Assert.Contains("1,500 unused", batch.Text);
        Assert.Equal(1500, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses")));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries WHERE action = 'keys.generated' AND actor_kind = 'staff'")));
    }

    [Fact]
    public async Task A_run_that_failed_says_why()
    {
        await using var desk = await Desk.Open();
        var runner = desk.Server.Service<OperationRunner>();
        await runner.StopAsync(default);
        var sent = await desk.Browser.Submit(await desk.Browser.Get("/admin/keys/generate"), "#generate", follow: false);
        await desk.Api.PatchApi("/api/plans/" + desk.Plan, new { enabled = false });
        await runner.Tick(default);
        var page = await LicensePagesTests.Until(desk.Browser, sent.Location!, p => p.Text.Contains("No keys were generated", StringComparison.Ordinal));
        Assert.Null(page.One("#run").GetAttribute("hx-get"));
        var failed = (await desk.Api.GetApi("/api/operations"))["items"]![0]!;
        Assert.Equal(("failed", "VALIDATION_FAILED"), ((string)failed["state"]!, (string)failed["failure"]!["code"]!));
        Assert.Contains((string)failed["failure"]!["errors"]!["plan"]![0]!, page.Text);
    }

    [Fact]
    public async Task Only_its_owner_sees_a_run()
    {
        await using var desk = await Desk.Open();
        var sent = await desk.Browser.Submit(await desk.Browser.Get("/admin/keys/generate"), "#generate", follow: false);
        var other = await desk.Server.SignedIn(Role.Owner);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Get(sent.Location!, follow: false)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Browser.Get("/admin/keys/generate/none")).Status);
    }

    [Fact]
    public async Task A_poll_is_led_to_the_batch()
    {
        await using var desk = await Desk.Open();
        var sent = await desk.Browser.Submit(await desk.Browser.Get("/admin/keys/generate"), "#generate", follow: false);
        await LicensePagesTests.Until(desk.Browser, sent.Location!, p => p.Path.StartsWith("/admin/batches/", StringComparison.Ordinal));
        var poll = await desk.Browser.Send(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, sent.Location);
            request.Headers.Add("HX-Request", "true");
            return request;
        });
        Assert.Equal(HttpStatusCode.OK, poll.Status);
        Assert.StartsWith("/admin/batches/", Assert.Single(poll.Headers.GetValues("HX-Redirect")));
    }

    [Theory]
    [InlineData("count", "0")]
    [InlineData("count", "10001")]
    [InlineData("count", "many")]
    [InlineData("length", "5")]
    [InlineData("length", "33")]
    [InlineData("prefix", "NO SPACES!")]
    [InlineData("prefix", "-X")]
    [InlineData("plan", "none")]
    [InlineData("note", "a\u0001b")]
    public async Task What_is_wrong_is_said_under_its_field(string field, string value)
    {
        await using var desk = await Desk.Open();
        var form = await desk.Browser.Get("/admin/keys/generate");
        var answer = await desk.Browser.Submit(form, "#generate", new() { ["note"] = "Keep me", [field] = value });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal("true", answer.One($"#{field}").GetAttribute("aria-invalid"));
        if (field is not ("plan" or "note"))
        {
            Assert.Equal(value, answer.One($"#{field}").GetAttribute("value"));
            Assert.Equal("Keep me", answer.One("#note").GetAttribute("value"));
        }
        Assert.Empty((await desk.Api.GetApi("/api/batches"))["items"]!.AsArray());
    }

    [Fact]
    public async Task The_prefix_follows_the_plan_until_it_is_typed()
    {
        await using var desk = await Desk.Open();
        var gold = await desk.Api.MakePlan("Gold", prefix: "GOLD");
        var form = await desk.Browser.Get("/admin/keys/generate?plan=" + desk.Plan);
        Assert.Equal("VIP", form.One("#prefix").GetAttribute("value"));
        Assert.Equal("GOLD", (await desk.Browser.Get($"/admin/keys/generate?plan={gold}&prefix=VIP&plan_prefix=VIP")).One("#prefix").GetAttribute("value"));
        Assert.Equal("MINE", (await desk.Browser.Get($"/admin/keys/generate?plan={gold}&prefix=MINE&plan_prefix=VIP")).One("#prefix").GetAttribute("value"));
        // Without script the field still holds the first plan's prefix: it was not typed, so it follows.
        var sent = await desk.Browser.Submit(form, "#generate", new() { ["plan"] = gold, ["count"] = "1" }, follow: false);
        Assert.StartsWith("GOLD-", (await LicensePagesTests.Until(desk.Browser, sent.Location!, p => p.Path.StartsWith("/admin/batches/", StringComparison.Ordinal))).One("#keys").TextContent);
    }

    [Fact]
    public async Task A_form_that_cannot_be_read_is_refused()
    {
        await using var desk = await Desk.Open();
        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Browser.Submit(await desk.Browser.Get("/admin/keys/generate"), "#generate", new() { ["plan"] = "\0" })).Status);
    }

    [Fact]
    public async Task An_unknown_batch_is_not_found()
    {
        await using var desk = await Desk.Open();
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Browser.Get("/admin/batches/none")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Browser.Get("/admin/batches/none/print")).Status);
    }
}
