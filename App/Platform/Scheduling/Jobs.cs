namespace Gatehouse.Platform.Scheduling;

/// <summary>Work that the program does on a schedule. The words for it are the language files' <c>job.NAME</c>.</summary>
/// <param name="Name">Stable, such as <c>keys.expire</c>.</param>
/// <param name="DefaultCron">A Quartz cron expression (seconds first), in UTC.</param>
/// <param name="Run">Does the work and returns what it did, in a few words for the log (<c>12 expired</c>).</param>
public sealed record Job(string Name, string DefaultCron, Func<IServiceProvider, CancellationToken, Task<string>> Run);

public static class SchedulingSetup
{
    public static IServiceCollection AddScheduling(this IServiceCollection services) => services;

    /// <summary>Registers a scheduled job; call from a feature's set-up.</summary>
    public static IServiceCollection AddJob(this IServiceCollection services, string name, string cron, Func<IServiceProvider, CancellationToken, Task<string>> run) =>
        services.AddSingleton(new Job(name, cron, run));
}
