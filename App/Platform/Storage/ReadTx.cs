namespace Gatehouse.Platform.Storage;

/// <summary>
/// A transaction that reads: all its statements see the database as it was at the first. It cannot write. SQL is one text for
/// both engines, with <c>@name</c> parameters. Not thread-safe; valid only inside the delegate it was handed to.
/// </summary>
public abstract class ReadTx
{
    /// <summary>
    /// Unix milliseconds by the database's clock, the one that all nodes share: it decides who holds what and until when. SQLite has
    /// this process's clock, PostgreSQL its server's.
    /// </summary>
    public abstract ValueTask<long> Now();

    /// <summary>The first row, or <c>default</c> when there is none.</summary>
    public abstract ValueTask<T?> One<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args);

    /// <summary>All rows. The caller bounds them with LIMIT.</summary>
    public abstract ValueTask<List<T>> All<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args);

    /// <summary>One number, 0 when there is no row or the value is NULL. PostgreSQL gives literals and sums types of their own.</summary>
    public ValueTask<long> Number(string sql, params (string Name, object? Value)[] args) =>
        One(sql, static r => r.GetValue(0) switch { long number => number, DBNull => 0L, var other => Convert.ToInt64(other) }, args);
}
