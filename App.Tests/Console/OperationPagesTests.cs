using Gatehouse.Licensing.Batches;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Console;

/// <summary>The page of what takes long: who, how far, what came of it, and that it looks again while one runs.</summary>
public sealed class OperationPagesTests
{
    [Theory]
    [InlineData(Engine.Sqlite, "en", "Running", "4 of 10", "Failed", "Somebody else has just made the same")]
    [InlineData(Engine.Postgres, "zh", "进行中", "4 / 10", "失败", null)]
    public async Task It_follows_what_runs_and_tells_how_it_ended(Engine engine, string language, string running, string progress, string failed, string? why)
    {
        await using var server = await TestServer.Start(engine);
        var browser = await server.SignedIn(Role.Analyst, language: language);
        Assert.NotNull((await browser.Get("/admin/operations")).One(".gh-empty"));
        // No node takes up one of this kind, so it stands as it is written here.
        var who = new Caller(Caller.DefaultTenant, "staff", "1", "Wei", Role.Owner, PermissionSet.Everything, null, null);
        await server.Db.Write(s => server.Service<OperationService>().Start(s, who, BatchOperations.Import, "{}", 10, "a"));
        await server.Db.Write(s => s.Execute("UPDATE operations SET state = 'running', done = 4"));
        var page = await browser.Get("/admin/operations");
        foreach (var told in new[] { running, progress, "Wei" })
            Assert.Contains(told, page.Text, StringComparison.Ordinal);
        Assert.Equal(("/admin/operations", "every 2s"), (page.One("#list").GetAttribute("hx-get"), page.One("#list").GetAttribute("hx-trigger")));
        Assert.Equal(("4", "10"), (page.One("progress").GetAttribute("value"), page.One("progress").GetAttribute("max")));

        await server.Db.Write(s => s.Execute("UPDATE operations SET state = 'failed', lease_until = NULL, finished_at = 1, failure = @why", ("why", RefusalJson.Write(new Refusal(HttpErrors.Conflict)))));
        page = await browser.Get("/admin/operations");
        Assert.Contains(failed, page.Text, StringComparison.Ordinal);
        Assert.Null(page.One("#list").GetAttribute("hx-get"));
        if (why is not null)
            Assert.Contains(why, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_came_of_it_is_a_click_away_and_what_one_may_not_see_is_left_out()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Owner);
        var (batch, keys) = await http.MakeKeys(await http.MakePlan(), 3);
        await http.PostApi("/api/keys/bulk", new { action = "suspend", keys = keys.Append(keys[0]) });
        var page = await (await server.SignedIn(Role.Analyst)).Get("/admin/operations");
        Assert.Contains("3 suspended, of 3", page.Text, StringComparison.Ordinal);
        Assert.Equal("3 keys", page.One($"a[href='/admin/batches/{batch}']").TextContent);
        // Whoever may read what was delivered finds it beside; to send it again is for others.
        Assert.NotNull(page.One("a[href='/admin/outbox']"));
        // The audit log says in each language how many there were.
        Assert.Equal("3 keys", (string?)(await http.GetApi("/api/audit?action=keys.suspend"))["items"]![0]!["target"]);
        Assert.Contains("3 张卡密", (await (await server.SignedIn(Role.Owner, language: "zh")).Get("/admin/audit?action=keys.suspend")).Text, StringComparison.Ordinal);
    }
}
