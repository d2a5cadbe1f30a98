using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Platform.Storage;

/// <summary>
/// The one writer of a SQLite database. It takes all writes that wait, runs each inside its own savepoint of one transaction,
/// commits once, and only then completes them: many durable writes share one fsync, and a failing one undoes only itself.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int MaxGroup = 512;
    private readonly SqliteSession _session;
    // Unbounded, for it takes no lock: what waits in it is bounded by the requests that wait for it.
    private readonly Channel<Work> _queue = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Thread _thread;

    public SqliteWriter(SqliteSession session)
    {
        _session = session;
        _thread = new Thread(Run) { IsBackground = true, Name = "gatehouse-writer" };
        _thread.Start();
    }

    public async Task<T> Enqueue<T>(Func<Session, ValueTask<T>> work, CancellationToken ct)
    {
        var item = new Work<T>(work, ct);
        try
        {
            await _queue.Writer.WriteAsync(item, ct);
        }
        catch (ChannelClosedException)
        {
            throw new StorageUnavailableException("Gatehouse is stopping.");
        }
        return await item.Done.Task;
    }

    private void Run()
    {
        var group = new List<Work>(MaxGroup);
        var reader = _queue.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < MaxGroup && reader.TryRead(out var work))
                group.Add(work);
            try
            {
                Commit(group, reader);
            }
            catch (Exception e)
            {
                var failure = e is SqliteException s ? SqliteDatabase.Translate(s) ?? e : e;
                Rollback();
                foreach (var work in group)
                    work.Fail(failure);
            }
        }
    }

    private void Commit(List<Work> group, ChannelReader<Work> reader)
    {
        _session.Execute("BEGIN IMMEDIATE");
        for (var i = 0; i < group.Count; i++)
        {
            RunOne(group[i]);
            // Writes that arrived meanwhile join the same commit.
            while (group.Count < MaxGroup && reader.TryRead(out var late))
                group.Add(late);
        }
        _session.Execute("COMMIT");
        foreach (var work in group)
            work.Complete();
    }

    private void RunOne(Work work)
    {
        if (work.Cancelled)
            return;
        _session.Execute("SAVEPOINT w");
        try
        {
            work.Run(_session);
            _session.Execute("RELEASE w");
        }
        catch (Exception e)
        {
            // Some failures (disk full) have already ended the whole transaction: then the group fails as one.
            if (e is SqliteException s && SqliteDatabase.Translate(s) is { } broken)
                throw broken;
            _session.Execute("ROLLBACK TO w");
            _session.Execute("RELEASE w");
            work.Refuse(e);
        }
    }

    private void Rollback()
    {
        try
        {
            _session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The failure has already rolled it back.
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete())
            return ValueTask.CompletedTask;
        _thread.Join();
        try
        {
            _session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // Readers of another process may hold the log; it is checkpointed at the next start.
        }
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    private abstract class Work(CancellationToken ct)
    {
        public bool Cancelled => ct.IsCancellationRequested;
        public abstract void Run(Session s);
        public abstract void Refuse(Exception e);
        public abstract void Complete();
        public abstract void Fail(Exception e);
    }

    private sealed class Work<T>(Func<Session, ValueTask<T>> work, CancellationToken ct) : Work(ct)
    {
        private T? _result;
        private Exception? _refused;
        private bool _ran;

        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(Session s)
        {
            var task = work(s);
            _result = task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
            _ran = true;
        }

        public override void Refuse(Exception e) => _refused = e;

        public override void Complete()
        {
            if (_refused is not null)
                Done.TrySetException(_refused);
            else if (_ran)
                Done.TrySetResult(_result!);
            else
                Done.TrySetCanceled();
        }

        public override void Fail(Exception e) => Done.TrySetException(_refused ?? e);
    }
}
