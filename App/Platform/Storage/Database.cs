using Gatehouse.Platform.Hosting;

namespace Gatehouse.Platform.Storage;

/// <summary>Everything that is known of an engine: <see cref="Sqlite.SqliteDatabase"/> or <see cref="Postgres.PostgresDatabase"/>.</summary>
public abstract class Database : IAsyncDisposable
{
    /// <summary><c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    public abstract string Engine { get; }

    /// <summary>Hears what failed in <see cref="WriteTx.AfterCommit(Action)"/>: the write stands, so its caller is not told.</summary>
    public Action<Exception> AfterCommitFailed { get; set; } = e => System.Console.Error.WriteLine(e);

    /// <summary>
    /// Opens the PostgreSQL database that the connection string names, else <c>gatehouse.db</c> in the data folder, and
    /// brings its schema up to date.
    /// </summary>
    /// <param name="migrate">False: a schema that is not this version's is refused, not changed. For what runs beside a server, which may be an older one.</param>
    /// <param name="clock">Stands in for the database's own clock (<see cref="ReadTx.Now"/>), for tests.</param>
    /// <exception cref="StorageException">Unreachable, corrupt, or made by a newer version; the message says what to do.</exception>
    public static async Task<Database> Open(string dataFolder, string? postgres, bool migrate = true, TimeProvider? clock = null)
    {
        var db = await Connect(dataFolder, postgres, clock);
        try
        {
            await (migrate ? Migrator.Apply(db) : Migrator.Require(db));
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the same and leaves its schema as it is.</summary>
    /// <exception cref="StorageException">Unreachable or corrupt.</exception>
    internal static async Task<Database> Connect(string dataFolder, string? postgres, TimeProvider? clock = null)
    {
        Database db = string.IsNullOrWhiteSpace(postgres)
            ? Sqlite.SqliteDatabase.Create(Path.Combine(dataFolder, DataFolder.DatabaseFile), clock ?? TimeProvider.System)
            : new Postgres.PostgresDatabase(postgres, clock);
        try
        {
            await db.Verify();
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs queries that change nothing, all on one snapshot. May run beside any number of others.</summary>
    public abstract Task<T> Read<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default);

    /// <summary>Runs one query: a snapshot by itself, so it costs nothing extra. For what is asked thousands of times a second.</summary>
    /// <exception cref="InvalidOperationException">It is a second one.</exception>
    public abstract Task<T> ReadOne<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default);

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction and returns when it is durable. An exception from it undoes all of it.
    /// The delegate may run more than once, so it touches nothing but the transaction. This is the door for what customers,
    /// programs and jobs do; what staff change goes through <c>Command</c>.
    /// </summary>
    /// <exception cref="NestedWriteException">It was called from inside another write.</exception>
    /// <exception cref="ConflictException">It would make a second row of what there may be one of.</exception>
    public abstract Task<T> Write<T>(Func<WriteTx, ValueTask<T>> work, CancellationToken ct = default);

    /// <inheritdoc cref="Write{T}(Func{WriteTx, ValueTask{T}}, CancellationToken)"/>
    public Task Write(Func<WriteTx, ValueTask> work, CancellationToken ct = default) => Write(async tx =>
    {
        await work(tx);
        return true;
    }, ct);

    /// <summary>Size on disk in bytes.</summary>
    public abstract Task<long> SizeBytes();

    /// <summary>The engine's own integrity check: what is wrong, empty when nothing is.</summary>
    public abstract Task<IReadOnlyList<string>> CheckIntegrity();

    /// <summary>Whether a table of this name exists.</summary>
    internal abstract ValueTask<bool> TableExists(ReadTx tx, string table);

    /// <summary>The tables that have a column <c>tenant_id</c>, as they are in this database.</summary>
    internal abstract ValueTask<List<TenantTable>> TenantTables(ReadTx tx);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction that has a connection of its own, for as long as it takes.
    /// </summary>
    /// <param name="rebuild">Tables may be dropped and made anew without what refers to them going too. Nothing is kept when a row then refers to one that is not there.</param>
    /// <exception cref="BrokenReferencesException">A row would refer to nothing.</exception>
    internal abstract Task ChangeSchema(Func<WriteTx, ValueTask> work, bool rebuild);

    /// <summary>Held while the schema changes, so that two nodes that start together do not both change it.</summary>
    internal abstract Task<IAsyncDisposable> SchemaLock();

    /// <summary>Can the engine be reached, and is what it holds a database of ours?</summary>
    protected abstract Task Verify();

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs what a committed transaction left to do.</summary>
    private protected async Task RunAfterCommit(IReadOnlyList<Func<Task>> actions)
    {
        foreach (var action in actions)
        {
            try
            {
                await action();
            }
            catch (Exception e)
            {
                AfterCommitFailed(e);
            }
        }
    }
}

/// <summary>A table whose rows belong to tenants.</summary>
/// <param name="Key">The columns of its primary key.</param>
/// <param name="Parents">The tables that its rows refer to.</param>
/// <param name="Indexed">Does an index find a tenant's rows?</param>
internal sealed record TenantTable(string Name, IReadOnlyList<string> Key, IReadOnlyList<string> Parents, bool Indexed)
{
    internal static TenantTable Read(Row r) => new(r.GetString(0), r.GetString(1).Split(','), r.TextOrNull(2)?.Split(',') ?? [], r.GetInt64(3) == 1);
}
