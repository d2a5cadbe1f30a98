using System.Collections.Concurrent;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Batches;

/// <summary>A generation as its owner sees it.</summary>
/// <param name="Made">Keys so far.</param>
/// <param name="BatchId">Set when it is done.</param>
/// <param name="Failure">Set when it failed: nothing was made.</param>
public sealed record GenerationState(long Made, long Count, string? BatchId, Refusal? Failure);

/// <summary>
/// Generations under way, each in one transaction in the background. A run is known by an id that its form was given, so a form
/// that is sent twice makes one batch: on this node by memory, on any node and after a restart by the database.
/// </summary>
public sealed partial class GenerationRuns(Database db, BatchService keys, TimeProvider clock, ILogger<GenerationRuns> log) : IAsyncDisposable
{
    private const int MaxRuns = 1000;
    private const int MaxRunning = 20;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(15);
    private readonly ConcurrentDictionary<string, Run> _runs = new();

    /// <summary>An id for a new form: nobody can guess it.</summary>
    public static string NewId() => OpaqueToken.Create();

    /// <summary>Starts it, unless the caller started a run of that id before. Ask <c>BatchService.Check</c> first.</summary>
    /// <exception cref="Refusal">503 BUSY when too many run already.</exception>
    public void Start(Caller who, string id, NewKeys wanted)
    {
        var key = Key(who, id);
        if (_runs.ContainsKey(key))
            return;
        Forget();
        if (_runs.Count >= MaxRuns || _runs.Values.Count(r => r.Running) >= MaxRunning)
            throw new Refusal(HttpErrors.Busy) { RetryAfter = TimeSpan.FromSeconds(2) };
        var run = new Run(wanted.Count, clock.GetTimestamp());
        if (_runs.TryAdd(key, run))
            run.Work = Task.Run(() => Generate(who, id, wanted, run));
    }

    /// <summary>How far it is; null when this caller has no such run.</summary>
    public async ValueTask<GenerationState?> Find(Caller who, string id, CancellationToken ct)
    {
        if (_runs.TryGetValue(Key(who, id), out var run))
            return new GenerationState(run.Made, run.Count, run.BatchId, run.Failure);
        // Another node did it, or this one before it was started anew.
        return await db.Read(s => Idempotency.Done(s, who, Claim(id)), ct) is { Length: > 0 } batch ? new GenerationState(0, 0, batch, null) : null;
    }

    /// <summary>Waits for what is under way: the database is closed after this.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_runs.Values.Select(r => r.Work));

    private async Task Generate(Caller who, string id, NewKeys wanted, Run run)
    {
        try
        {
            run.BatchId = await db.Write(s => Idempotency.Once(s, who, Claim(id), clock.GetUtcNow().ToUnixTimeMilliseconds(),
                async () => (await keys.Generate(s, who, wanted, run)).Batch.Id));
        }
        catch (Refusal refusal)
        {
            run.Failure = refusal;
        }
        catch (StorageException e)
        {
            Failed(log, e);
            run.Failure = new Refusal(HttpErrors.Of(e));
        }
        catch (Exception e)
        {
            Failed(log, e);
            run.Failure = new Refusal(HttpErrors.Internal);
        }
    }

    private void Forget()
    {
        foreach (var (key, run) in _runs)
            if (!run.Running && clock.GetElapsedTime(run.Started) > Remembered)
                _runs.TryRemove(key, out _);
    }

    private static string Key(Caller who, string id) => $"{who.TenantId}/{who.Id}/{id}";

    private static string Claim(string id) => "generate:" + id;

    [LoggerMessage(Level = LogLevel.Error, Message = "Keys could not be generated")]
    private static partial void Failed(ILogger log, Exception e);

    private sealed class Run(long count, long started) : IProgress<int>
    {
        private volatile int _made;
        private volatile string? _batchId;
        private volatile Refusal? _failure;

        public long Count => count;
        public long Started => started;
        public int Made => _made;
        public Task Work { get; set; } = Task.CompletedTask;
        public string? BatchId { get => _batchId; set => _batchId = value; }
        public Refusal? Failure { get => _failure; set => _failure = value; }
        public bool Running => _batchId is null && _failure is null;

        public void Report(int value) => _made = value;
    }
}
