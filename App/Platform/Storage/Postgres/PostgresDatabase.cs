using Npgsql;

namespace Gatehouse.Platform.Storage.Postgres;

/// <summary>PostgreSQL 15 or an engine that speaks its protocol. Each write is its own transaction, retried when it lost a race.</summary>
internal sealed class PostgresDatabase : Database
{
    private const int MaxAttempts = 8;
    private const long SchemaLockId = 0x67617465686f7573; // "gatehous"
    private const string UniqueViolation = "23505";

    // Is this flow of calls inside a write? What a write started and left running counts as inside.
    private static readonly AsyncLocal<bool> Writing = new();

    private readonly NpgsqlDataSource _source;

    /// <summary>Stands in for the server's clock; for tests.</summary>
    internal TimeProvider? Clock { get; set; }

    /// <param name="clock">Stands in for the server's; for tests.</param>
    public PostgresDatabase(string connectionString, TimeProvider? clock = null)
    {
        Clock = clock;
        NpgsqlConnectionStringBuilder options;
        try
        {
            options = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new StorageUnavailableException($"Storage:Postgres is not a connection string: {e.Message}. Example: Host=localhost;Database=gatehouse;Username=gatehouse;Password=...", e);
        }
        options.MaxAutoPrepare = Math.Max(options.MaxAutoPrepare, 200);
        options.ApplicationName ??= "gatehouse";
        _source = new NpgsqlSlimDataSourceBuilder(options.ConnectionString).EnableTransportSecurity().EnableArrays().Build();
    }

    public override string Engine => "PostgreSQL";

    public override Task<T> Read<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default) => Use(async connection =>
    {
        var session = new PostgresSession(connection, Clock);
        // By hand: the driver would take a statement more to say that nothing is written. What fails, it rolls back as it takes the connection back.
        await session.Execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        var result = await work(session);
        await session.Execute("COMMIT");
        return result;
    }, ct);

    public override Task<T> ReadOne<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default) =>
        Use(async connection => await work(new PostgresSession(connection, Clock) { QueriesLeft = 1 }), ct);

    public override Task<T> Write<T>(Func<WriteTx, ValueTask<T>> work, CancellationToken ct = default) => Write(work, null, ct);

    private async Task<T> Write<T>(Func<WriteTx, ValueTask<T>> work, TimeSpan? timeout, CancellationToken ct)
    {
        if (Writing.Value)
            throw new NestedWriteException();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var (result, after) = await Use(connection => Attempt(connection, work, timeout, ct), ct);
                if (after is not null)
                    await RunAfterCommit(after);
                return result;
            }
            // 40001 serialization failure, 40P01 deadlock: the transaction did nothing, and tried again it sees what is there now.
            catch (PostgresException e) when (e.SqlState is "40001" or "40P01")
            {
                if (attempt == MaxAttempts)
                    throw Unavailable(e);
                await Task.Delay(Random.Shared.Next(1, 5 << attempt), ct);
            }
            // 23505 and 23503, a row that another made or removed since we looked: tried again it is seen, and said so.
            catch (PostgresException e) when (e.SqlState is UniqueViolation or "23503" && attempt < 3)
            {
                await Task.Delay(Random.Shared.Next(1, 5), ct);
            }
            catch (PostgresException e) when (e.SqlState is UniqueViolation)
            {
                throw new ConflictException(e);
            }
        }
    }

    private async Task<(T, IReadOnlyList<Func<Task>>?)> Attempt<T>(NpgsqlConnection connection, Func<WriteTx, ValueTask<T>> work, TimeSpan? timeout, CancellationToken ct)
    {
        // An async method's own: it is over when this method is, so what follows the commit may write again.
        Writing.Value = true;
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var session = new PostgresSession(connection, Clock, timeout);
        var result = await work(session);
        await transaction.CommitAsync(CancellationToken.None);
        return (result, session.TakeAfterCommit());
    }

    private async Task<T> Use<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken ct)
    {
        // The pool hands out an idle connection without asking.
        ct.ThrowIfCancellationRequested();
        try
        {
            await using var connection = await _source.OpenConnectionAsync(ct);
            return await work(connection);
        }
        catch (NpgsqlException e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    public override Task<long> SizeBytes() => Read(s => s.Number("SELECT pg_database_size(current_database())"));

    public override async Task<IReadOnlyList<string>> CheckIntegrity()
    {
        await Verify();
        return [];
    }

    internal override async ValueTask<bool> TableExists(ReadTx s, string table) =>
        await s.Number("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = @table", ("table", table)) > 0;

    internal override ValueTask<List<TenantTable>> TenantTables(ReadTx s) => s.All(
        """
        SELECT c.relname::text,
          (SELECT string_agg(a.attname::text, ',' ORDER BY k.n) FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k (att, n), pg_attribute a
           WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.att),
          (SELECT string_agg(DISTINCT p.relname::text, ',') FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid WHERE f.conrelid = c.oid AND f.contype = 'f'),
          CASE WHEN EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indpred IS NULL AND i.indkey[0] = t.attnum) THEN 1::bigint ELSE 0::bigint END
        FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname
        """, TenantTable.Read);

    // ALTER TABLE keeps what refers to a table, and the engine itself refuses to drop one that is referred to.
    internal override Task ChangeSchema(Func<WriteTx, ValueTask> work, bool rebuild) => Write(async s =>
    {
        await work(s);
        return true;
    }, Timeout.InfiniteTimeSpan, CancellationToken.None);

    internal override async Task<IAsyncDisposable> SchemaLock()
    {
        var connection = await _source.OpenConnectionAsync();
        // Another node may be at a long migration.
        await new PostgresSession(connection, timeout: Timeout.InfiniteTimeSpan).One("SELECT 1 FROM pg_advisory_lock(@id)", r => 1, ("id", SchemaLockId));
        return new HeldLock(connection);
    }

    protected override async Task Verify()
    {
        try
        {
            await ReadOne(s => s.Number("SELECT 1"));
        }
        catch (PostgresException e)
        {
            throw Refused(e);
        }
    }

    public override async ValueTask DisposeAsync() => await _source.DisposeAsync();

    private static StorageException? Translate(NpgsqlException e) => e switch
    {
        PostgresException { SqlState: "53100" } => new StorageFullException(e),
        // A role, a password or a database that was taken away while we ran.
        PostgresException { SqlState: ['2', '8', ..] or "3D000" } p => Refused(p),
        // Of connections, memory and connections run short, operators that stop or time out what runs, a disk's faults, a standby that cannot be
        // written to, a lock that was not waited for.
        PostgresException { SqlState: ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] or "25006" or "55P03" } p => Unavailable(p),
        PostgresException { SqlState: ['X', 'X', ..] } p => new StorageCorruptException($"PostgreSQL reports damage: {p.MessageText}. Restore the database from a backup.", e),
        PostgresException => null,
        _ => new StorageUnavailableException($"PostgreSQL cannot be reached: {e.InnerException?.Message ?? e.Message}", e),
    };

    private static StorageUnavailableException Unavailable(PostgresException e) => new($"PostgreSQL: {e.MessageText}", e);

    private static StorageUnavailableException Refused(PostgresException e) =>
        new($"PostgreSQL refused the connection: {e.MessageText} ({e.SqlState}). Check Storage:Postgres.", e);

    private sealed class HeldLock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await new PostgresSession(connection).One("SELECT pg_advisory_unlock(@id)", r => 1, ("id", SchemaLockId));
            await connection.DisposeAsync();
        }
    }
}
