using System.Collections.Concurrent;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>
/// The one writer of a SQLite database. It takes all writes that wait, runs them in one transaction, commits once, and only
/// then completes them: many durable writes share one fsync. A write that is refused before it changed anything, as most are,
/// leaves the others alone. When one fails later, the transaction is undone and begun again without it, each write inside its
/// own savepoint: so none runs more than twice, and the one that failed once.
/// </summary>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    private const int MaxGroup = 512;
    private readonly SqliteSession _session;
    private readonly Func<IReadOnlyList<Func<Task>>, Task> _afterCommit;
    // Unbounded: what waits in it is bounded by the requests that wait for it.
    private readonly ConcurrentQueue<IWork> _queue = new();
    private readonly ManualResetEventSlim _wake = new();
    private readonly Thread _thread;
    private volatile bool _stopping, _closed;

    /// <param name="afterCommit">Runs what a write left to do, and never throws.</param>
    public SqliteWriter(SqliteSession session, Func<IReadOnlyList<Func<Task>>, Task> afterCommit)
    {
        _session = session;
        _afterCommit = afterCommit;
        _thread = new Thread(Run) { IsBackground = true, Name = "gatehouse-writer" };
        _thread.Start();
    }

    /// <summary>Tests set this: a write that waits for something else than its transaction fails, instead of holding up all others.</summary>
    internal static bool RefuseWaiting { get; set; }

    /// <exception cref="NestedWriteException">It was called by a write.</exception>
    public Task<T> Enqueue<T>(Func<WriteTx, ValueTask<T>> work, CancellationToken ct)
    {
        if (Thread.CurrentThread == _thread)
            throw new NestedWriteException();
        if (_stopping)
            return Task.FromException<T>(Stopping());
        var item = new Work<T>(work, _afterCommit, ct);
        _queue.Enqueue(item);
        // Between storing the item and looking at the flags, as the thread has one between its flags and its look at the queue:
        // without both, each could see the other as it was, and the item would lie there.
        Interlocked.MemoryBarrier();
        if (!_wake.IsSet)
            _wake.Set();
        if (_closed)
            FailQueued();
        return item.Task;
    }

    private void Run()
    {
        var group = new List<IWork>(MaxGroup);
        while (true)
        {
            _wake.Reset();
            if (_queue.IsEmpty)
            {
                if (_stopping)
                    break;
                _wake.Wait();
                continue;
            }
            group.Clear();
            try
            {
                Commit(group);
            }
            catch (Exception e)
            {
                var failure = e is SqliteException s ? SqliteDatabase.Translate(s) ?? e : e;
                Rollback();
                foreach (var work in group)
                    work.Refuse(failure);
            }
            Completion.Start(group);
        }
        _closed = true;
        Interlocked.MemoryBarrier();
        FailQueued();
    }

    private void Commit(List<IWork> group)
    {
        while (group.Count < MaxGroup && _queue.TryDequeue(out var work))
            group.Add(work);
        if (Together(group))
            return;
        _session.Run("BEGIN IMMEDIATE");
        foreach (var work in group)
            if (!work.IsRefused)
                Apart(work);
        _session.Run("COMMIT");
    }

    // False when one of them failed half-way: then nothing of the group has been done.
    private bool Together(List<IWork> group)
    {
        _session.Run("BEGIN IMMEDIATE");
        foreach (var work in group)
        {
            if (Attempt(work))
                continue;
            if (!_session.Wrote)
                continue;
            Rollback();
            return group.Count == 1;
        }
        _session.Run("COMMIT");
        return true;
    }

    private void Apart(IWork work)
    {
        _session.Run("SAVEPOINT w");
        if (!Attempt(work))
            _session.Run("ROLLBACK TO w");
        _session.Run("RELEASE w");
    }

    // False: it is refused, and what it did so far is to be undone.
    private bool Attempt(IWork work)
    {
        _session.Wrote = false;
        try
        {
            work.Run(_session);
            return true;
        }
        catch (Exception e) when (!Broken(e))
        {
            _session.TakeAfterCommit();
            work.Refuse(e is SqliteException { IsUniqueViolation: true } ? new ConflictException(e) : e);
            return false;
        }
    }

    // Some failures (disk full) may already have ended the whole transaction: then the group fails as one.
    private static bool Broken(Exception e) => e is SqliteException s && SqliteDatabase.Translate(s) is not null;

    private void Rollback()
    {
        try
        {
            _session.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The failure has already rolled it back.
        }
    }

    private void FailQueued()
    {
        while (_queue.TryDequeue(out var work))
        {
            work.Refuse(Stopping());
            work.Complete();
        }
    }

    internal static StorageUnavailableException Stopping() => new("Gatehouse is stopping.");

    public ValueTask DisposeAsync()
    {
        if (_stopping)
            return ValueTask.CompletedTask;
        _stopping = true;
        _wake.Set();
        _thread.Join();
        try
        {
            // A connection that has not read yet would open the log inside the checkpoint, and wait ten seconds for that reader: itself.
            _session.Run("SELECT COUNT(*) FROM sqlite_master");
            _session.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // Readers of another process may hold the log; it is checkpointed at the next start.
        }
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    private interface IWork
    {
        bool IsRefused { get; }

        void Run(SqliteSession session);
        void Refuse(Exception e);

        /// <summary>Tells the one who waits; what he does next runs inside the call.</summary>
        void Complete();
    }

    private sealed class Work<T>(Func<WriteTx, ValueTask<T>> work, Func<IReadOnlyList<Func<Task>>, Task> afterCommit, CancellationToken ct)
        : TaskCompletionSource<T>, IWork
    {
        private T? _result;
        private Exception? _refused;
        private IReadOnlyList<Func<Task>>? _after;

        public bool IsRefused => _refused is not null;

        public void Run(SqliteSession session)
        {
            ct.ThrowIfCancellationRequested();
            var task = work(session);
            if (!task.IsCompleted && RefuseWaiting)
                throw new InvalidOperationException("A write waits for something outside its transaction: nobody else can write meanwhile.");
            _result = task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
            _after = session.TakeAfterCommit();
        }

        public void Refuse(Exception e) => _refused ??= e;

        public void Complete()
        {
            if (_refused is OperationCanceledException cancelled)
                TrySetCanceled(cancelled.CancellationToken);
            else if (_refused is not null)
                TrySetException(_refused);
            else if (_after is not null)
                _ = CompleteAfter(_after);
            else
                TrySetResult(_result!);
        }

        private async Task CompleteAfter(IReadOnlyList<Func<Task>> actions)
        {
            await afterCommit(actions);
            TrySetResult(_result!);
        }
    }
}
