using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Features;

/// <summary>
/// A feature's part in the demonstration data (<c>serve --demo</c>). It is lived through by the services themselves under a clock of
/// its own, so that histories, charts and the audit log are what they would be.
/// </summary>
public abstract class DemoPart
{
    /// <summary>How many rows of its own the database holds: any at all, and the demonstration leaves it as it is.</summary>
    public abstract ValueTask<long> Rows(ReadTx s);

    /// <summary>What is there on the first day. Features come in their order.</summary>
    public abstract Task Open(DemoWorld world);

    /// <summary>Lives through the day that ends at <paramref name="end"/>.</summary>
    /// <param name="day">Counted down to 0, today.</param>
    public virtual Task Live(DemoWorld world, int day, DateTimeOffset end) => Task.CompletedTask;
}

/// <summary>What the parts of a demonstration share.</summary>
/// <param name="Who">In whose name things are done.</param>
/// <param name="Random">The same numbers at every run.</param>
public sealed record DemoWorld(IServiceProvider Services, Database Db, DemoClock Clock, Random Random, Caller Who, DateTimeOffset Now)
{
    /// <summary>How long the demonstration has been going on.</summary>
    public const int Days = 30;

    public DateTimeOffset Begin => Now.AddDays(-Days);
}

/// <summary>The time of the demonstration.</summary>
public sealed class DemoClock : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
