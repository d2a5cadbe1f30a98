using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Storage.Postgres;
using Npgsql;

namespace Gatehouse.Tests.Support;

/// <summary>An empty, migrated database of one test's own with its data folder, on either engine; gone after the test.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string Variable = "GATEHOUSE_TEST_POSTGRES";
    private readonly TestFolder _folder = new();
    private readonly List<TestAudit> _audits = [];
    private SharedDatabases.Lent? _lent;
    private bool _isNode;

    private TestDatabase(string? connectionString, DataFolder? folder = null, string? keyFile = null)
    {
        ConnectionString = connectionString;
        if (keyFile is not null)
        {
            var own = _folder.File("gatehouse.key");
            File.Copy(keyFile, own);
            File.SetUnixFileMode(own, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        Folder = folder ?? DataFolder.Open(_folder.Path);
    }

    public DataFolder Folder { get; }

    /// <summary>The database's own clock on both engines: one that stands still until a test moves it.</summary>
    public FakeClock Clock { get; private init; } = new();

    /// <summary>Folder, database and key while they are open.</summary>
    public Installation Installation { get; private set; } = null!;

    public Database Database => Installation.Db;

    public SecretBox Secrets => Installation.Secrets;

    /// <summary>What its audit log is written and verified with, by several at once too: the services of a process beside the one under test.</summary>
    public TestAudit Audit
    {
        get
        {
            lock (_audits)
            {
                if (_audits.LastOrDefault() is not { } last || last.Db != Database || last.Box != Secrets)
                    _audits.Add(last = new(Database, Secrets, Folder, Clock));
                return last;
            }
        }
    }

    /// <summary>Null on SQLite.</summary>
    public string? ConnectionString { get; }

    public static async Task<TestDatabase> Open(Engine engine)
    {
        var lent = engine == Engine.Postgres ? await SharedDatabases.Rent() : null;
        var made = new TestDatabase(lent?.ConnectionString) { _lent = lent };
        // A database that is there has its key.
        await File.WriteAllBytesAsync(made._folder.File("gatehouse.key"), RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(made._folder.File("gatehouse.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (lent is not null)
        {
            ((PostgresDatabase)lent.Database).Clock = made.Clock;
            made.Installation = await Installation.Over(made.Folder, lent.Database);
            return made;
        }
        await File.WriteAllBytesAsync(Path.Combine(made.Folder.Path, DataFolder.DatabaseFile), await SharedDatabases.Sqlite);
        made.Installation = await Installation.Open(made.Folder, null, made.Clock);
        return made;
    }

    /// <summary>On SQLite in a data folder of the caller's, who removes it.</summary>
    public static async Task<TestDatabase> OpenIn(DataFolder folder)
    {
        var made = new TestDatabase(null, folder);
        made.Installation = await Installation.Open(made.Folder, made.ConnectionString, made.Clock);
        return made;
    }

    /// <summary>The same without a schema and not open: for tests of opening.</summary>
    /// <param name="keyFile">Copied into the data folder as its key; null for a new one.</param>
    public static async Task<TestDatabase> Empty(Engine engine, string? keyFile = null) =>
        new(engine == Engine.Postgres ? await CreatePostgres() : null, keyFile: keyFile);

    /// <summary>A PostgreSQL database that is reached by a wire which can be cut.</summary>
    public static async Task<(TestDatabase Database, CutWire Wire)> OpenByWire()
    {
        var direct = await CreatePostgres();
        var options = new NpgsqlConnectionStringBuilder(direct);
        var wire = new CutWire(options.Host!, options.Port);
        options.Host = "127.0.0.1";
        options.Port = wire.Port;
        var made = new TestDatabase(options.ConnectionString);
        made.Installation = await Installation.Open(made.Folder, made.ConnectionString, made.Clock);
        return (made, wire);
    }

    /// <summary>A second connection to the same data, as another node or another command has. The caller disposes of it.</summary>
    public Task<Database> OpenAnother() => Database.Open(Folder.Path, ConnectionString, clock: Clock);

    /// <summary>Another node over the same PostgreSQL database and clock: a data folder of its own with a copy of the key file. Disposed of before this one.</summary>
    public async Task<TestDatabase> OpenNode()
    {
        var node = new TestDatabase(ConnectionString, keyFile: Path.Combine(Folder.Path, "gatehouse.key")) { Clock = Clock, _isNode = true };
        node.Installation = await Installation.Over(node.Folder, await OpenAnother());
        return node;
    }

    /// <summary>Closes the database, if it was open, and opens it anew, as a restart does.</summary>
    public async Task Reopen()
    {
        if (Installation is not null)
            await Installation.DisposeAsync();
        Installation = await Installation.Open(Folder, ConnectionString, Clock);
    }

    /// <summary>The connection string that tests make their databases with.</summary>
    /// <exception cref="InvalidOperationException">The environment names none.</exception>
    public static string Server => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set
        ? set
        : throw new InvalidOperationException(
            $"These tests need PostgreSQL. Run ./install.sh test, or set {Variable} to the connection string of a user who may create databases, such as Host=127.0.0.1;Username=postgres;Database=postgres.");

    internal static async Task<string> CreatePostgres()
    {
        var name = "gatehouse_test_" + Guid.NewGuid().ToString("N");
        await Administer($"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(Server) { Database = name, MaxPoolSize = 20, Timeout = 60, CommandTimeout = 60 }.ConnectionString;
    }

    internal static async Task Administer(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false, CommandTimeout = 120 }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var audit in _audits)
            await audit.File.DisposeAsync();
        if (_lent is not null)
        {
            _lent.Database = Database;
            ((PostgresDatabase)Database).Clock = null;
            await SharedDatabases.Return(_lent);
        }
        else if (Installation is not null)
            await Installation.DisposeAsync();
        if (ConnectionString is not null && _lent is null && !_isNode)
            await Administer($"DROP DATABASE {new NpgsqlConnectionStringBuilder(ConnectionString).Database} WITH (FORCE)");
        _folder.Dispose();
    }
}
