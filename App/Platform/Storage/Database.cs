using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage.Postgres;
using Gatehouse.Platform.Storage.Sqlite;

namespace Gatehouse.Platform.Storage;

/// <summary>Everything that is known of an engine: <see cref="SqliteDatabase"/> or <see cref="PostgresDatabase"/>.</summary>
public abstract class Database : IAsyncDisposable
{
    /// <summary><c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    public abstract string Engine { get; }

    /// <summary>
    /// Opens the PostgreSQL database that the connection string names, else <c>gatehouse.db</c> in the data folder, and
    /// brings its schema up to date.
    /// </summary>
    /// <param name="migrate">False: a schema that is not this version's is refused, not changed. For what runs beside a server, which may be an older one.</param>
    /// <exception cref="StorageException">Unreachable, corrupt, or made by a newer version; the message says what to do.</exception>
    public static async Task<Database> Open(string dataFolder, string? postgres, bool migrate = true)
    {
        Database db = string.IsNullOrWhiteSpace(postgres)
            ? SqliteDatabase.Create(Path.Combine(dataFolder, DataFolder.DatabaseFile))
            : new PostgresDatabase(postgres);
        try
        {
            await db.Verify();
            await (migrate ? Migrator.Apply(db) : Migrator.Require(db));
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs queries that change nothing. May run beside any number of others.</summary>
    public abstract Task<T> Read<T>(Func<Session, ValueTask<T>> work, CancellationToken ct = default);

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction and returns when it is durable. An exception from it undoes all of it.
    /// The delegate may run more than once (PostgreSQL retries a serialization failure), so it touches nothing but the session.
    /// </summary>
    public abstract Task<T> Write<T>(Func<Session, ValueTask<T>> work, CancellationToken ct = default);

    /// <summary>Size on disk in bytes.</summary>
    public abstract Task<long> SizeBytes();

    /// <summary>The engine's own integrity check: what is wrong, empty when nothing is.</summary>
    public abstract Task<IReadOnlyList<string>> CheckIntegrity();

    /// <summary>Whether a table of this name exists.</summary>
    internal abstract ValueTask<bool> TableExists(Session s, string table);

    /// <summary>Held while the schema changes, so that two nodes that start together do not both change it.</summary>
    internal abstract Task<IAsyncDisposable> SchemaLock();

    /// <summary>Can the engine be reached, and is what it holds a database of ours?</summary>
    protected abstract Task Verify();

    public abstract ValueTask DisposeAsync();
}
