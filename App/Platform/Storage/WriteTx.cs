namespace Gatehouse.Platform.Storage;

/// <summary>
/// A transaction that changes something. What it decides on it reads by <see cref="Locked{T}"/>, so that of two that run at once
/// the second sees what the first did.
/// </summary>
public abstract class WriteTx : ReadTx
{
    private List<Func<Task>>? _afterCommit;

    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    /// <exception cref="ConflictException">A row like it is there already.</exception>
    public abstract ValueTask<int> Execute(string sql, params (string Name, object? Value)[] args);

    /// <summary>
    /// Runs one statement for each set of arguments (all sets name the same parameters in the same order) in as few round
    /// trips as the engine allows. Returns how many rows each changed.
    /// </summary>
    /// <exception cref="ConflictException">A row like one of them is there already.</exception>
    public abstract ValueTask<int[]> ExecuteMany(string sql, IReadOnlyList<(string Name, object? Value)[]> sets);

    /// <summary>As <see cref="ReadTx.One{T}"/>, and nobody else can change the row before this transaction ends.</summary>
    public ValueTask<T?> Locked<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args) => One(sql + Lock(null), map, args);

    /// <summary>As <see cref="ReadTx.All{T}"/>, locked. They come in one order everywhere, or two such transactions wait for each other.</summary>
    /// <param name="of">The alias of the table whose rows are meant, where the statement joins others; null when there is one.</param>
    public ValueTask<List<T>> LockedAll<T>(string sql, string? of, Func<Row, T> map, params (string Name, object? Value)[] args) => All(sql + Lock(of), map, args);

    /// <summary>As <see cref="ReadTx.All{T}"/>, locked, and without the rows that another transaction holds just now: how workers share out what is due.</summary>
    public ValueTask<List<T>> LockedFree<T>(string sql, Func<Row, T> map, params (string Name, object? Value)[] args) =>
        All(Lock(null) is { Length: > 0 } locked ? sql + locked + " SKIP LOCKED" : sql, map, args);

    /// <summary>
    /// Runs when the transaction is durable, before its caller goes on; never when it was undone. For what memory holds of the
    /// rows (caches, wake-ups): what must not be lost belongs into the outbox.
    /// </summary>
    public void AfterCommit(Action action) => AfterCommit(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <inheritdoc cref="AfterCommit(Action)"/>
    public void AfterCommit(Func<Task> action) => (_afterCommit ??= []).Add(action);

    /// <summary>What a SELECT ends with to lock its rows, where the engine needs that.</summary>
    private protected abstract string Lock(string? of);

    /// <summary>Hands out what is to run after the commit, and begins a new list.</summary>
    internal IReadOnlyList<Func<Task>>? TakeAfterCommit()
    {
        var actions = _afterCommit;
        _afterCommit = null;
        return actions;
    }
}
