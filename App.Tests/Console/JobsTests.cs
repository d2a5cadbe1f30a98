using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Console;

/// <summary>Scheduled jobs as staff see and run them.</summary>
public sealed class JobsTests
{
    [Theory, BothEngines]
    public async Task A_job_is_run_now_and_tells_when_it_runs_already(Engine engine)
    {
        var gate = new TaskCompletionSource<Message>();
        await using var server = await TestServer.Start(engine, adjust: s => s.AddJob("test.slow", "0 0 3 * * ?", (_, _) => gate.Task));
        var http = await server.As(Role.Admin);
        var started = await http.PostApi("/api/jobs/test.slow/run", new { });
        Assert.Equal(HttpStatusCode.Accepted, started.Status);
        Assert.True((bool)started["job"]!["running"]!);
        var again = await http.PostApi("/api/jobs/test.slow/run", new { });
        Assert.Equal((HttpStatusCode.Conflict, "JOB_RUNNING"), (again.Status, again.Code));
        gate.SetResult(new Message("3 things done"));
        await Wait.Until(async () => (string?)Item(await http.GetApi("/api/jobs"), "test.slow")["last_result"] == "3 things done", "the run has ended");
        var item = Item(await http.GetApi("/api/jobs"), "test.slow");
        Assert.Equal((false, true, "2026-03-05T03:00:00Z"), ((bool)item["running"]!, (bool)item["last_succeeded"]!, (string)item["next_at"]!));
        Assert.Equal(["job.run"], await server.Db.Read(s => s.All("SELECT action FROM audit_entries", r => r.GetString(0))));
    }

    [Fact]
    public async Task A_schedule_can_be_changed_and_put_back_and_is_said_in_words()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var changed = await http.PatchApi("/api/jobs/storage.tidy", new { cron = "0 */20 * * * ?" });
        Assert.Equal(("0 */20 * * * ?", "Every 20 minutes"), ((string)changed["job"]!["cron"]!, (string)changed["job"]!["schedule"]!));
        Assert.Equal("Daily at 02:40 UTC", (string)(await http.PatchApi("/api/jobs/storage.tidy", new { cron = (string?)null }))["job"]!["schedule"]!);
        Assert.Equal([(null, "job.rescheduled"), (null, "job.rescheduled")], await server.Db.Read(s => s.All("SELECT reason, action FROM audit_entries ORDER BY seq", r => ((string?)null, r.GetString(1)))));
    }

    [Theory]
    [InlineData("""{"cron":"nope"}""", 422, "cron")]
    [InlineData("""{"cron":"0 0 0 * * ? 2020"}""", 422, "cron")]
    [InlineData("""{"cron":"0 0 3 1 JAN/6 ?"}""", 422, "cron")]
    [InlineData("""{"cron":"0 0 3 ? * 0"}""", 422, "cron")]
    [InlineData("""{"cron":5}""", 422, "cron")]
    [InlineData("""{}""", 422, "cron")]
    [InlineData("""{"cron":"0 0 0 * * ?","more":1}""", 422, "more")]
    [InlineData("""[]""", 400, null)]
    public async Task A_schedule_that_is_none_is_refused_by_name(string body, int status, string? field)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var answer = await http.Call(new HttpRequestMessage(HttpMethod.Patch, "/api/jobs/storage.tidy") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") });
        Assert.Equal(status, (int)answer.Status);
        if (field is not null)
            Assert.NotNull(answer.Error(field));
        Assert.Equal("JOB_NOT_FOUND", (await http.PatchApi("/api/jobs/no.such", new { cron = "0 0 0 * * ?" })).Code);
        Assert.Equal("JOB_NOT_FOUND", (await http.PostApi("/api/jobs/no.such/run", new { })).Code);
    }

    [Theory]
    [InlineData("en", "Daily at 02:40 UTC", "Run now")]
    [InlineData("zh", "每天 02:40（UTC）", "立即运行")]
    public async Task Staff_run_a_job_from_its_page(string language, string schedule, string run)
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin, language: language);
        var page = await browser.Get("/admin/jobs");
        Assert.Contains(schedule, page.Text);
        Assert.Contains(run, page.Text);
        var after = await browser.Submit(page, "form[action='/admin/jobs/storage.tidy/run']");
        Assert.Equal("/admin/jobs", after.Path);
        await Wait.Until(async () => (await browser.Get("/admin/jobs/storage.tidy")).Document.QuerySelectorAll("#runs tbody tr").Length == 1, "the run is listed");
    }

    [Fact]
    public async Task A_wrong_schedule_is_shown_at_its_field_with_what_was_typed()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        var page = await browser.Get("/admin/jobs/storage.tidy");
        var wrong = await browser.Submit(page, "#cron-form", new() { ["cron"] = "<b>every day</b>" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal("<b>every day</b>", wrong.One("#cron").GetAttribute("value"));
        Assert.Contains("This is not a schedule", wrong.One(".invalid-feedback").TextContent);
        var right = await browser.Submit(wrong, "#cron-form", new() { ["cron"] = "0 0 5 ? * SUN" });
        Assert.Contains("Every Sunday at 05:00 UTC", right.Text);
        var reset = await browser.Submit(right, "#cron-form", new() { ["reset"] = "1" });
        Assert.Contains("Daily at 02:40 UTC", reset.Text);
    }

    [Theory, BothEngines]
    public async Task A_stored_schedule_that_cannot_be_read_is_told_beside_the_default_that_is_in_force(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Db.Write(async s =>
        {
            await JobStore.Ensure(s, ["storage.tidy"]);
            await JobStore.SetCron(s, "storage.tidy", "0 0 3 1 JAN/6 ?");
            return true;
        });
        var item = Item(await (await server.As(Role.Admin)).GetApi("/api/jobs"), "storage.tidy");
        Assert.Equal(("0 40 2 * * ?", "0 0 3 1 JAN/6 ?", "2026-03-05T02:40:00Z"), ((string)item["cron"]!, (string)item["unread_cron"]!, (string)item["next_at"]!));
        var browser = await server.SignedIn(Role.Admin);
        Assert.Contains("Yours cannot be read", (await browser.Get("/admin/jobs")).Text);
        var page = await browser.Get("/admin/jobs/storage.tidy");
        Assert.Contains("0 0 3 1 JAN/6 ?, cannot be read, so the default is in force", page.One(".alert-warning").TextContent);
        var reset = await browser.Submit(page, "#cron-form", new() { ["reset"] = "1" });
        Assert.Empty(reset.Document.QuerySelectorAll(".alert-warning"));
        Assert.Null((await server.Db.Read(s => JobStore.Find(s, "storage.tidy")))!.Cron);
        Assert.Equal("""{"cron":"0 0 3 1 JAN/6 ?"}""", await server.Db.Read(s => s.One("SELECT before_json FROM audit_entries WHERE action = 'job.rescheduled'", r => r.GetString(0))));
    }

    [Fact]
    public async Task Analysts_see_jobs_and_run_none()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Analyst);
        Assert.Empty((await browser.Get("/admin/jobs")).Document.QuerySelectorAll("form[action$='/run']"));
        var http = await server.As(Role.Analyst);
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi("/api/jobs")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostApi("/api/jobs/storage.tidy/run", new { })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/admin/jobs/no.such")).Status);
    }

    private static System.Text.Json.Nodes.JsonNode Item(ApiAnswer answer, string name) => answer["items"]!.AsArray().Single(i => (string)i!["name"]! == name)!;
}
