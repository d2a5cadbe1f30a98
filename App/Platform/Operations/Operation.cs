using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Operations;

/// <summary>A kind of work that takes long, as its feature declares it. The words for it are the language files' <c>operation.NAME</c>.</summary>
/// <param name="Name">Stable, such as <c>keys.generate</c>.</param>
/// <param name="Permission">What it takes to see one.</param>
/// <param name="Run">
/// Does the work inside the transaction in which it is marked as done, so that it is there exactly once, and returns its result as a JSON object.
/// Null for what is done while its caller waits, and only recorded.
/// </param>
public sealed record OperationKind(string Name, Permission Permission, Func<IServiceProvider, WriteTx, OperationRun, ValueTask<string>>? Run = null)
{
    /// <summary>
    /// Work that is too much for one transaction, in many of its own, before <see cref="Run"/>. It may be cut off anywhere and is then begun
    /// anew, so it does what is not done yet.
    /// </summary>
    public Func<IServiceProvider, OperationRun, Task>? Before { get; init; }

    /// <summary>Says for people what the result is that it returned; null where there is nothing to say.</summary>
    public Func<string, OperationOutcome>? Outcome { get; init; }
}

/// <summary>What an operation gave.</summary>
/// <param name="Href">The page that shows it.</param>
public sealed record OperationOutcome(Message Told, string? Href = null);

public static class OperationState
{
    public const string Waiting = "waiting";
    public const string Running = "running";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
}

/// <summary>A row of operations. Times in unix milliseconds by the database's clock.</summary>
/// <param name="Who">Who asked for it; what he may do was looked at then.</param>
/// <param name="Request">JSON, in the form of its kind.</param>
/// <param name="Done">Of <paramref name="Total"/>, so far.</param>
/// <param name="Result">JSON, when it succeeded.</param>
/// <param name="Failure">Why it failed: then nothing of it was kept.</param>
/// <param name="Tries">Begun; tells one run from the next.</param>
public sealed record Operation(
    string Id, Caller Who, string Kind, string Request, long CreatedAt, long? StartedAt, long? FinishedAt, long Done, long Total, string State,
    string? Result, Refusal? Failure, long Tries)
{
    internal static Caller Asker(string tenant, string kind, string? id, string name, string? ip) => new(tenant, kind, id, name, null, PermissionSet.None, ip, null);
}

/// <summary>An operation while a node works on it.</summary>
/// <param name="stop">Fires when the run may hold its operation no more, or the server stops.</param>
public sealed class OperationRun(Operation operation, CancellationToken stop) : IProgress<int>
{
    private volatile int _done;

    public Operation Operation => operation;

    public int Done => _done;

    /// <summary>Fires when the run is to end.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Tells how much is done. Others see it within a second.</summary>
    /// <exception cref="OperationCanceledException">The run is to end; nothing of it is kept.</exception>
    public void Report(int value)
    {
        stop.ThrowIfCancellationRequested();
        _done = value;
    }
}
