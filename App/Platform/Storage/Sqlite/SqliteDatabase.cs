using System.Collections.Concurrent;
using SQLitePCL;

namespace Gatehouse.Platform.Storage.Sqlite;

/// <summary>
/// SQLite in WAL mode: many pooled readers and one <see cref="SqliteWriter"/>. Success of a write means it is fsynced.
/// </summary>
internal sealed partial class SqliteDatabase : Database
{
    private const int MaxReaders = 32;
    private const int WriterCache = 32 * 1024;
    private const int ReaderCache = 4 * 1024;

    // 32 MB of log between checkpoints: a page that many transactions change is then copied back once, not each time.
    private const int CheckpointPages = 8192, BusyMilliseconds = 10_000;
    private const long QuickCheckLimit = 16 * 1024 * 1024;
    private static readonly TimeSpan ReadersMayTake = TimeSpan.FromSeconds(5);
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ConcurrentStack<SqliteSession> _idle = new();
    private readonly SemaphoreSlim _readers = new(MaxReaders);
    private readonly SqliteWriter _writer;
    private volatile bool _closed;

    private SqliteDatabase(string path, TimeProvider clock)
    {
        _path = path;
        _clock = clock;
        _writer = new SqliteWriter(OpenSession(WriterCache), RunAfterCommit);
    }

    /// <exception cref="StorageException">The file cannot be opened, or is no database.</exception>
    internal static SqliteDatabase Create(string path, TimeProvider clock) => Translated(() => new SqliteDatabase(path, clock));

    public override string Engine => "SQLite";

    public override Task<T> Read<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default) => Use(async session =>
    {
        session.Run("BEGIN");
        try
        {
            return await work(session);
        }
        finally
        {
            session.Run("COMMIT");
        }
    }, ct);

    public override Task<T> ReadOne<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default) => Use(session =>
    {
        session.QueriesLeft = 1;
        return work(session);
    }, ct);

    public override Task<T> Write<T>(Func<WriteTx, ValueTask<T>> work, CancellationToken ct = default) =>
        _writer.Enqueue(work, ct);

    /// <exception cref="StorageUnavailableException">It is closed: to open it again would leave files behind the program's end.</exception>
    private async Task<T> Use<T>(Func<SqliteSession, ValueTask<T>> work, CancellationToken ct)
    {
        await _readers.WaitAsync(ct);
        SqliteSession? session = null;
        try
        {
            if (_closed)
                throw SqliteWriter.Stopping();
            if (!_idle.TryPop(out session))
                session = OpenReader();
            return await work(session);
        }
        catch (SqliteException e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
        finally
        {
            if (session is not null)
            {
                session.QueriesLeft = -1;
                _idle.Push(session);
            }
            _readers.Release();
            // It outlasted the patience of whoever closed.
            if (_closed)
                DisposeIdle();
        }
    }

    public override Task<long> SizeBytes() => Task.FromResult(
        new FileInfo(_path).Length + (File.Exists(_path + "-wal") ? new FileInfo(_path + "-wal").Length : 0));

    public override Task<IReadOnlyList<string>> CheckIntegrity() => Read<IReadOnlyList<string>>(async s =>
    {
        var lines = await s.All("PRAGMA integrity_check", r => r.GetString(0));
        lines.AddRange(await s.All("PRAGMA foreign_key_check", r => $"{r.GetString(0)}: a row refers to a missing {r.GetString(2)}"));
        return lines.Where(l => l != "ok").ToList();
    });

    // A full look costs a second per gigabyte, so at start only a small database gets one; the nightly job looks at all of it.
    protected override Task Verify() => Read(async s =>
    {
        var found = new FileInfo(_path).Length <= QuickCheckLimit
            ? await s.One("PRAGMA quick_check(1)", r => r.GetString(0))
            : await s.One("SELECT 'ok' FROM sqlite_master LIMIT 1", r => r.GetString(0));
        return found == "ok" ? true : throw new StorageCorruptException(Damaged(found ?? "no answer"));
    });

    public override async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _closed = true;
        // Those who read have time to end: a figure that is counted anew in the background is nobody's request.
        var held = 0;
        while (held < MaxReaders && await _readers.WaitAsync(ReadersMayTake))
            held++;
        if (held > 0)
            _readers.Release(held);
        DisposeIdle();
    }

    private void DisposeIdle()
    {
        while (_idle.TryPop(out var session))
            session.Dispose();
    }

    private SqliteSession OpenReader()
    {
        var session = OpenSession(ReaderCache);
        session.Run("PRAGMA query_only=ON");
        return session;
    }

    private SqliteSession OpenSession(int cacheKilobytes)
    {
        var connection = new SqliteConnection(_path);
        try
        {
            connection.Run($"PRAGMA busy_timeout={BusyMilliseconds}");
            UseWriteAheadLog(connection);
            connection.Run(
                "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; "
                + $"PRAGMA wal_autocheckpoint={CheckpointPages}; PRAGMA cache_size=-{cacheKilobytes};");
            return new SqliteSession(connection, _clock);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Several that make a database at once get in each other's way here, and SQLite does not wait by itself: it might wait for ever.
    private static void UseWriteAheadLog(SqliteConnection connection)
    {
        for (var begun = Environment.TickCount64; ; Thread.Sleep(10))
        {
            try
            {
                connection.Run("PRAGMA journal_mode=WAL");
                return;
            }
            catch (SqliteException e) when (e.Code == raw.SQLITE_BUSY && Environment.TickCount64 - begun < BusyMilliseconds)
            {
                // Once more.
            }
        }
    }

    private static T Translated<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>What an SQLite failure means to the product, or null when it is a fault of the statement.</summary>
    internal static StorageException? Translate(SqliteException e) => e.Code switch
    {
        raw.SQLITE_FULL => new StorageFullException(e),
        // A write that the file system refused half-way reports as I/O error; out of space is its usual cause.
        raw.SQLITE_IOERR when e.ExtendedCode is 778 or 1034 or 1290 or 4874 => new StorageFullException(e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StorageCorruptException(Damaged(e.Message), e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StorageUnavailableException("The database is locked by another program.", e),
        raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM =>
            new StorageUnavailableException($"The database file cannot be used: {e.Message}", e),
        _ => null,
    };

    private static string Damaged(string what) =>
        $"The database is damaged ({what}). Stop Gatehouse, move gatehouse.db, gatehouse.db-wal and gatehouse.db-shm aside, and put back the three files (or the one) of your last backup.";
}
