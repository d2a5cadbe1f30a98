using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Scheduling;

/// <summary>Work that the program does on a schedule. The words for it are the language files' <c>job.NAME</c>.</summary>
/// <param name="Name">Stable, such as <c>keys.expire</c>.</param>
/// <param name="DefaultCron">As <see cref="CronSchedule"/> reads it: seconds first, in UTC.</param>
/// <param name="Run">Does the work and tells what it did.</param>
public sealed record Job(string Name, string DefaultCron, Func<IServiceProvider, CancellationToken, Task<Message>> Run)
{
    /// <summary>It runs each minute or more often: that it did is no news.</summary>
    internal bool EveryMinute => DefaultCron.Split(' ') is [var second, var minute, ..] && (second.Contains('*') || minute == "*");
}

/// <summary>A job did its work and found something wrong: the run counts as failed, with this message.</summary>
public sealed class JobFailure(Message found) : Exception(found.Key)
{
    public Message Found => found;
}

/// <summary>The jobs that features have registered, by name.</summary>
public sealed class JobCatalog
{
    private readonly Dictionary<string, Job> _byName;

    public JobCatalog(IEnumerable<Job> jobs)
    {
        All = [.. jobs.OrderBy(j => j.Name, StringComparer.Ordinal)];
        _byName = All.ToDictionary(j => j.Name);
    }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<Job> All { get; }

    public Job? Find(string name) => _byName.GetValueOrDefault(name);
}

public static class SchedulingSetup
{
    public static IServiceCollection AddScheduling(this IServiceCollection services)
    {
        services.AddSingleton<JobCatalog>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<Scheduler>();
        services.AddHostedService(s => s.GetRequiredService<Scheduler>());
        return services;
    }

    /// <summary>Registers a scheduled job; call from a feature's set-up.</summary>
    public static IServiceCollection AddJob(this IServiceCollection services, string name, string cron, Func<IServiceProvider, CancellationToken, Task<Message>> run) =>
        services.AddSingleton(new Job(name, cron, run));
}
