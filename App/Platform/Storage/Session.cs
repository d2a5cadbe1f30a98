namespace Gatehouse.Platform.Storage;

/// <summary>
/// One connection, inside one transaction when it comes from <see cref="Database.Write{T}"/>. SQL is the same text for both
/// engines, with <c>@name</c> parameters. Not thread-safe; valid only inside the delegate it was handed to.
/// </summary>
public abstract class Session
{
    /// <summary>Appended to a SELECT whose rows the transaction will decide on: a row lock where the engine needs one.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    public abstract ValueTask<int> Execute(string sql, params (string Name, object? Value)[] args);

    /// <summary>The first row, or <c>default</c> when there is none.</summary>
    public abstract ValueTask<T?> One<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args);

    /// <summary>All rows. The caller bounds them with LIMIT.</summary>
    public abstract ValueTask<List<T>> All<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args);

    /// <summary>
    /// Runs one statement for each set of arguments (all sets name the same parameters in the same order) in as few round
    /// trips as the engine allows. Returns how many rows each changed.
    /// </summary>
    public abstract ValueTask<int[]> ExecuteMany(string sql, IReadOnlyList<(string Name, object? Value)[]> sets);

    /// <summary>One number, 0 when there is no row or the value is NULL. PostgreSQL gives literals and sums types of their own.</summary>
    public ValueTask<long> Number(string sql, params (string Name, object? Value)[] args) =>
        One(sql, static r => r.GetValue(0) switch { long number => number, DBNull => 0L, var other => Convert.ToInt64(other) }, args);
}
