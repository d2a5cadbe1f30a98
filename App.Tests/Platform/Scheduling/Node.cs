using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Platform.Scheduling;

/// <summary>One node of an installation, with a clock and a scheduler of its own over the shared database.</summary>
internal sealed class Node
{
    public Node(Database db, TimeProvider clock, params Job[] jobs)
    {
        Catalog = new JobCatalog(jobs);
        Runner = new JobRunner(new ServiceCollection().BuildServiceProvider(), db, clock, NullLogger<JobRunner>.Instance);
        Scheduler = new Scheduler(Catalog, Runner, db, clock, NullLogger<Scheduler>.Instance);
    }

    public JobCatalog Catalog { get; }
    public JobRunner Runner { get; }
    public Scheduler Scheduler { get; }

    public Task<TimeSpan> Tick() => Scheduler.Tick(CancellationToken.None);

    public static async Task<JobState> State(Database db, string name) => (await db.Read(s => JobStore.Find(s, name)))!;

    /// <summary>Waits for a run to be recorded; what runs in the background has no other sign.</summary>
    public static async Task<JobState> Ended(Database db, string name)
    {
        JobState state = null!;
        await Wait.Until(async () => (state = await State(db, name)) is { RunningUntil: null, FinishedAt: not null }, $"{name} has ended");
        return state;
    }

    public static Task Change(Database db, string set) => db.Write(s => s.Execute($"UPDATE job_states SET {set}"));
}

/// <summary>A job that goes on until it is let go, and tells when it was told to stop.</summary>
internal sealed class LongJob
{
    public const string Hourly = "0 0 * * * ?";
    private int _runs;

    public LongJob(bool obeys = true) => Job = new Job("a", Hourly, async (_, ct) =>
    {
        Interlocked.Increment(ref _runs);
        ct.Register(() => Told.TrySetResult());
        return await (obeys ? Let.Task.WaitAsync(ct) : Let.Task);
    });

    public Job Job { get; }
    public int Runs => Volatile.Read(ref _runs);
    public TaskCompletionSource<Message> Let { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
