using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Audit.Security;
using Gatehouse.Console.Jobs;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>Rows that tell something, as version 0.1.0 wrote them, and as they are written now: over REST and on the pages both read alike.</summary>
public sealed class StoredMessageTests
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory, BothEngines]
    public async Task Runs_of_jobs(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Db.Write(async s =>
        {
            await s.Execute("INSERT INTO job_runs (id, name, started_at, duration_ms, succeeded, message) VALUES ('0', @name, 1795888002703, 73, 1, @told)",
                ("name", StorageJobs.Tidy), ("told", "job.storage.tidy.done\u001f1200"));
            // Claimed just now: it is not due, whether or not the scheduler has begun.
            return await s.Execute(
                """
                INSERT INTO job_states (name, claimed_for, started_at, finished_at, succeeded, message) VALUES (@name, @at, 1, 2, 0, @told)
                ON CONFLICT (name) DO UPDATE SET started_at = 1, finished_at = 2, succeeded = 0, message = excluded.message
                """, ("name", StorageJobs.Tidy), ("told", "job.failed\u001fno disk"), ("at", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        });
        using var http = await server.As(Role.Owner);
        Assert.Contains("It failed: no disk", (await http.GetApi("/api/jobs"))["items"]!.AsArray().Select(j => (string?)j!["last_result"]));
        Assert.Contains("1,200 old rows removed", (await (await server.SignedIn(Role.Owner)).Get("/admin/jobs/" + StorageJobs.Tidy)).Text, StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task The_history_of_a_key(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var http = await server.As(Role.Owner);
        var key = (await http.MakeKeys(await http.MakePlan(seconds: 86_400))).Keys[0];
        await server.Http.Validate(key, "m1");
        await http.PatchApi("/api/keys/" + key, new { action = "suspend", reason = "refund \"asked\" 退款" });
        await http.PatchApi("/api/keys/" + key, new { action = "reinstate" });
        await http.PatchApi("/api/keys/" + key, new { action = "extend", seconds = 60 });
        await http.PatchApi("/api/keys/" + key, new { note = "for Wei" });
        await http.PatchApi("/api/keys/" + key, new { note = "" });
        var details = await Details();
        Assert.Equal(("activated", "[\"m1\"]"), details[0]);
        Assert.StartsWith("[\"2026-03-", details[3].Detail);
        Assert.Equal(("note", "[\"for Wei\",\"\"]"), details[5]);
        var now = await Page();
        foreach (var told in new[] { "Activated for machine m1", "Suspended. refund \"asked\" 退款", "Note changed to “for Wei”", "Note removed" })
            Assert.Contains(told, now, StringComparison.Ordinal);
        Assert.Matches(@"Extended from \d+ Mar, \d\d:\d\d to \d+ Mar, \d\d:\d\d", now);

        foreach (var (kind, detail) in details)
            await server.Db.Write(s => s.Execute("UPDATE license_events SET detail = @old WHERE kind = @kind AND (kind <> 'note' OR (detail LIKE '%note_removed%') = (@old LIKE '%\"\"]'))",
                ("old", detail), ("kind", kind)));
        Assert.Equal(details, await Details());
        Assert.Equal(now, await Page());

        async Task<List<(string Kind, string Detail)>> Details() =>
            [.. (await http.GetApi("/api/keys/" + key))["key"]!["history"]!.AsArray().Reverse().Select(e => ((string)e!["kind"]!, e["detail"]!.ToJsonString(Plain)))];

        async Task<string> Page() => (await (await server.SignedIn(Role.Analyst)).Get("/admin/keys/" + key)).One(".gh-history").TextContent;
    }

    [Theory, BothEngines]
    public async Task Security_events(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Db.Write(s => s.Execute(
            """
            INSERT INTO security_events (id, tenant_id, at, kind, severity, ip, subject, detail)
            VALUES ('0', 'default', 1, 'signin.locked', 'warn', '192.0.2.1', 'wei', '15'), ('1', 'default', 2, 'storage.damaged', 'bad', NULL, 'sqlite', '{"key":')
            """));
        await server.Db.Write(async s =>
        {
            await server.Service<SecurityEvents>().Record(s, Caller.Public("192.0.2.1", null), "signin.locked", "warn", "wei", "15");
            return true;
        });
        using var http = await server.As(Role.Owner);
        var items = (await http.GetApi("/api/security-events"))["items"]!.AsArray();
        Assert.Equal(3, items.Count);
        foreach (var item in new[] { items[1]!, items[2]! })
            Assert.Equal(("signin.locked", "wei", "15", Localizer.For("en")["security.signin.locked", "wei", "15"]),
                ((string?)item["kind"], (string?)item["subject"], (string?)item["detail"], (string?)item["message"]));
        Assert.Equal(("{\"key\":", "The database is damaged: {\"key\":"), ((string?)items[0]!["detail"], (string?)items[0]!["message"]));
        Assert.Contains(Localizer.For("en")["security.signin.locked", "wei", "15"], (await (await server.SignedIn(Role.Owner)).Get("/admin/security")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_told_once_is_told_in_the_language_of_the_page_that_tells_it()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        var page = await browser.Get("/admin/jobs");
        var next = await browser.Submit(page, "form[action='/admin/jobs/storage.tidy/run']", follow: false);
        browser.SetCookie("gh-lang", "zh");
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", (await browser.Get(next.Location!)).One("#gh-toasts .gh-toast p").TextContent);
    }
}
