using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Shop;

/// <summary>
/// Sees when orders move on, for all pages that wait for it: one look a second at all orders that somebody waits for, whatever node moved
/// them, and none while nobody waits.
/// </summary>
public sealed partial class OrderWatch(Database db, ILogger<OrderWatch> log)
{
    /// <summary>Pages that may wait at once; others look again by themselves.</summary>
    public const int Most = 2000;

    // SQLite takes many more parameters than that, PostgreSQL too.
    private const int AtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Waiter> _waiting = [];
    private bool _looks;

    private sealed record Waiter(string Order, string Seen)
    {
        public TaskCompletionSource<string> Moved { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Two pages of one order are two.
        public bool Equals(Waiter? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>The state of an order once it is another than was seen; null when that did not happen in time, or too many wait.</summary>
    public async Task<string?> Next(string order, string seen, TimeSpan patience, CancellationToken ct)
    {
        var waiter = new Waiter(order, seen);
        lock (_gate)
        {
            if (_waiting.Count >= Most)
                return null;
            _waiting.Add(waiter);
            if (!_looks)
            {
                _looks = true;
                _ = Task.Run(Look, CancellationToken.None);
            }
        }
        try
        {
            return await waiter.Moved.Task.WaitAsync(patience, ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (_gate)
                _waiting.Remove(waiter);
        }
    }

    private async Task Look()
    {
        while (true)
        {
            List<Waiter> now;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _looks = false;
                    return;
                }
                now = [.. _waiting];
            }
            try
            {
                foreach (var some in now.Select(w => w.Order).Distinct().Chunk(AtOnce))
                    Tell(now, await db.ReadOne(s => States(s, some)));
            }
            catch (Exception e)
            {
                // Who waits looks again by itself; the next look may do better.
                LogFailed(e);
            }
            await Task.Delay(Pause);
        }
    }

    private static async ValueTask<Dictionary<string, string>?> States(ReadTx s, string[] orders) => (await s.All(
        $"SELECT id, state FROM orders WHERE id IN ({string.Join(", ", orders.Select((_, i) => $"@o{i}"))})", r => (Id: r.GetString(0), State: r.GetString(1)), [.. orders.Select((id, i) => ($"o{i}", (object?)id))]))
        .ToDictionary(o => o.Id, o => o.State);

    private static void Tell(List<Waiter> waiting, Dictionary<string, string>? states)
    {
        foreach (var waiter in waiting)
            if (states is not null && states.TryGetValue(waiter.Order, out var state) && state != waiter.Seen)
                waiter.Moved.TrySetResult(state);
    }

    [LoggerMessage(1, LogLevel.Warning, "Orders that pages wait for could not be looked at.")]
    private partial void LogFailed(Exception e);
}
