using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Crash;

/// <summary>A copy of a database as a killed process left it: opening the files themselves would mend what the next start has to mend.</summary>
internal sealed class LeftFiles : IDisposable
{
    private readonly TestFolder _copy = new();
    private readonly SqliteSession _session;

    /// <summary>The database is whole.</summary>
    public LeftFiles(string data)
    {
        foreach (var name in new[] { "gatehouse.db", "gatehouse.db-wal" })
            if (File.Exists(Path.Combine(data, name)))
                File.Copy(Path.Combine(data, name), _copy.File(name));
        _session = new SqliteSession(new SqliteConnection(_copy.File("gatehouse.db")), TimeProvider.System);
        Assert.Equal(["ok"], Read("PRAGMA integrity_check"));
        Assert.Empty(Read("PRAGMA foreign_key_check"));
    }

    /// <summary>The first column.</summary>
    public List<string> Read(string sql) => _session.All(sql, r => r.GetString(0)).Result;

    public void Dispose()
    {
        _session.Dispose();
        _copy.Dispose();
    }
}
