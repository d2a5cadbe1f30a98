using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Jobs;

public static class JobPages
{
    private const int RunsShown = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/jobs").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(ConsolePermissions.JobsRead);
        pages.MapGet("", List);
        pages.MapGet("/{name}", Show);
        pages.MapPost("/{name}", Reschedule).Requires(ConsolePermissions.JobsRun);
        pages.MapPost("/{name}/run", Run).Requires(ConsolePermissions.JobsRun);
    }

    private static async Task List(HttpContext ctx, Database db, JobService jobs, PageRenderer pages) =>
        await pages.Render<JobsPage, IReadOnlyList<JobView>>(ctx, await db.Read(jobs.All, ctx.RequestAborted));

    private static Task Show(string name, HttpContext ctx, Database db, JobService jobs, PageRenderer pages) => ShowWith(ctx, db, jobs, pages, name, null, null, 200);

    private static async Task ShowWith(HttpContext ctx, Database db, JobService jobs, PageRenderer pages, string name, string? cron, string? error, int status)
    {
        var (job, runs) = await db.Read(async s => (await jobs.Get(s, name), await JobStore.Runs(s, name, RunsShown)), ctx.RequestAborted);
        await pages.Render<JobPage, JobModel>(ctx, new(job, runs, cron ?? job.Schedule.Expression, error), status);
    }

    private static async Task Reschedule(string name, HttpContext ctx, Database db, JobService jobs, PageRenderer pages)
    {
        var form = await RequestBody.Form(ctx);
        var cron = form.ContainsKey("reset") ? "" : form["cron"].ToString();
        try
        {
            await db.Command(ctx.Caller(), s => jobs.SetCron(s, ctx.Caller(), name, cron), ctx.RequestAborted);
        }
        catch (Refusal wrong) when (wrong.Fields.TryGetValue("cron", out var say))
        {
            await ShowWith(ctx, db, jobs, pages, name, cron, ctx.Text()[say], 422);
            return;
        }
        PageRenderer.RedirectWithToast(ctx, "/admin/jobs/" + name, new Toast("ok", "job.rescheduled"));
    }

    private static async Task Run(string name, HttpContext ctx, Database db, JobService jobs)
    {
        var back = (await RequestBody.Form(ctx))["back"] == "job" ? "/admin/jobs/" + name : "/admin/jobs";
        try
        {
            await db.Command(ctx.Caller(), s => jobs.Run(s, ctx.Caller(), name), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, back, new Toast("ok", "job.started", new Message("job." + name)));
        }
        catch (Refusal running) when (running.Error == JobErrors.Running)
        {
            PageRenderer.RedirectWithToast(ctx, back, new Toast("warn", running.Detail));
        }
    }
}

/// <param name="Cron">What the field holds: the expression in force, or what was typed.</param>
public sealed record JobModel(JobView Job, IReadOnlyList<JobRun> Runs, string Cron, string? CronError = null);
