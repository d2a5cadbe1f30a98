using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Platform.Operations;

/// <summary>One node of an installation over the shared database, with a kind of operation whose traces can be counted.</summary>
internal sealed class OperationNode
{
    public const string Kind = "test";
    public static readonly Caller Staff = new(Caller.DefaultTenant, "staff", "staff-1", "Wei", Role.Owner, PermissionSet.Everything, "192.0.2.7", null);

    /// <param name="clock">This node's own; the database has another.</param>
    /// <param name="work">What a run does before it is done; in it the transaction has left its trace already.</param>
    public OperationNode(Database db, FakeClock clock, Func<OperationRun, Task>? work = null)
    {
        Db = db;
        var kind = new OperationKind(Kind, LicensingPermissions.KeysRead, async (_, tx, run) =>
        {
            await tx.Execute("INSERT INTO settings (tenant_id, name, value, updated_at) VALUES ('default', @name, @value, 0)", ("name", Ids.New()), ("value", run.Operation.Request));
            if (work is not null)
                await work(run);
            return """{"n":1}""";
        });
        Service = new OperationService([kind]);
        Runner = new OperationRunner(Service, [kind], new ServiceCollection().BuildServiceProvider(), db, clock, NullLogger<OperationRunner>.Instance);
    }

    public Database Db { get; }
    public OperationService Service { get; }
    public OperationRunner Runner { get; }

    public Task Start(string key, Caller? who = null) => Db.Write(tx => Service.Start(tx, who ?? Staff, Kind, $"\"{key}\"", 10, key));

    public async Task<Operation> Find(string key) => (await Db.Read(tx => Service.Find(tx, Staff, Kind, key)))!;

    public Task Tick() => Runner.Tick(default);

    /// <summary>Waits for it to be in that state, whoever runs it.</summary>
    public async Task<Operation> Until(string key, string state)
    {
        await Wait.Until(async () => (await Find(key)).State == state, $"{key} has {state}", seconds: 20);
        return await Find(key);
    }

    /// <summary>How often the work was done and kept.</summary>
    public static Task<long> Traces(Database db) => db.Read(tx => tx.Number("SELECT COUNT(*) FROM settings"));
}

/// <summary>Where a run waits until the test lets it go on: in a transaction of SQLite by blocking its writer, else without a thread.</summary>
internal sealed class Gate(Engine engine)
{
    private readonly TaskCompletionSource _inside = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a run has come to the gate.</summary>
    public Task Inside => _inside.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Open() => _open.TrySetResult();

    public Task Pass()
    {
        _inside.TrySetResult();
        return Waited(_open.Task);
    }

    /// <summary>Passes, and then tells progress until the run is told to stop.</summary>
    public async Task PassUntilStopped(OperationRun run)
    {
        await Pass();
        for (; ; await Waited(Task.Delay(5)))
            run.Report(1);
    }

    private Task Waited(Task task)
    {
        if (engine == Engine.Sqlite)
            task.GetAwaiter().GetResult();
        return task;
    }
}
