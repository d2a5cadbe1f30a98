using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Jobs;

/// <summary>
/// A scheduled job. <c>schedule</c> is the cron expression in words, <c>last_result</c> what the last run told, both in the caller's language;
/// <c>unread_cron</c> is what is stored and cannot be read, so that the default is in force.
/// </summary>
public sealed record JobItem(
    string Name, string Title, string Cron, string? UnreadCron, string Schedule, bool Running, DateTime? LastStartedAt, long? LastDurationMs, bool? LastSucceeded, string? LastResult, DateTime? NextAt);

public sealed record JobList(bool Success, IReadOnlyList<JobItem> Items, string? Next);

public sealed record JobResponse(bool Success, JobItem Job);

/// <summary>The <c>cron</c> of a job, as the audit log and the API tell it. Null: the program's default.</summary>
public sealed record CronChange([property: JsonRequired] string? Cron);

public static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/api/jobs").RequireRateLimiting(RateLimits.Api).WithTags("Jobs").Requires(ConsolePermissions.JobsRead);
        jobs.MapGet("", List).Produces<JobList>().WithSummary("List the scheduled jobs").WithName("listJobs");
        jobs.MapPost("/{name}/run", Run).Produces<JobResponse>(202).Refuses(JobErrors.NotFound, JobErrors.Running).WithSummary("Run a job now").WithName("runJob").Requires(ConsolePermissions.JobsRun);
        jobs.MapPatch("/{name}", Change).Accepts<CronChange>("application/json").Produces<JobResponse>().Refuses(JobErrors.NotFound, HttpErrors.ValidationFailed)
            .WithSummary("Change when a job runs").WithName("rescheduleJob").Requires(ConsolePermissions.JobsRun);
    }

    private static async Task List(HttpContext ctx, Database db, JobService jobs)
    {
        var all = await db.Read(jobs.All, ctx.RequestAborted);
        await SignedJson.Send(ctx, new JobList(true, [.. all.Select(j => Item(ctx.Text(), j))], null), JobJson.Default.JobList);
    }

    private static async Task Run(string name, HttpContext ctx, Database db, JobService jobs)
    {
        await db.Command(ctx.Caller(), s => jobs.Run(s, ctx.Caller(), name), ctx.RequestAborted);
        await SendOne(ctx, db, jobs, name, 202);
    }

    private static async Task Change(string name, HttpContext ctx, Database db, JobService jobs)
    {
        var change = await RequestBody.Read(ctx, JobJson.Default.CronChange);
        await db.Command(ctx.Caller(), s => jobs.SetCron(s, ctx.Caller(), name, change.Cron), ctx.RequestAborted);
        await SendOne(ctx, db, jobs, name, 200);
    }

    private static async Task SendOne(HttpContext ctx, Database db, JobService jobs, string name, int status) =>
        await SignedJson.Send(ctx, new JobResponse(true, Item(ctx.Text(), await db.Read(s => jobs.Get(s, name)))), JobJson.Default.JobResponse, status);

    private static JobItem Item(Localizer text, JobView j) => new(
        j.Job.Name, text["job." + j.Job.Name], j.Schedule.Expression, j.UnreadCron, CronWords.Describe(text, j.Schedule.Expression), j.Running, Time(j.State?.StartedAt), j.Running ? null : j.Duration,
        j.Running ? null : j.Interrupted ? false : j.State?.Succeeded,
        j.Running ? null : j.Interrupted ? text["job.interrupted"] : j.State?.Message is { } message ? text[message] : null, j.Next?.UtcDateTime);

    private static DateTime? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime : null;
}

/// <summary>Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CronChange))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobResponse))]
internal sealed partial class JobJson : JsonSerializerContext;
