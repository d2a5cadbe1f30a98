namespace Gatehouse.Platform.Storage;

/// <summary>What must hold between a feature's rows, looked at by <c>db check</c>.</summary>
/// <param name="Subject">What is checked, for people at the shell: <c>Keys</c>.</param>
public sealed record ConsistencyCheck(string Subject, Func<Database, Task<ConsistencyFindings>> Run);

/// <summary>Something that cannot be while the clock is right, looked at by health every few seconds: an index must answer it.</summary>
/// <param name="Name">Stable, as health names it: <c>KEYS_EXPIRED_AHEAD</c>.</param>
public sealed record Contradiction(string Name, Func<ReadTx, ValueTask<bool>> There);

/// <param name="Errors">What cannot be, a sentence each.</param>
/// <param name="Notes">What is only worth a look.</param>
public sealed record ConsistencyFindings(IReadOnlyList<string> Errors, IReadOnlyList<string> Notes)
{
    /// <summary>Counts what cannot be: each of the statements should find nothing.</summary>
    public static async ValueTask<ConsistencyFindings> Counted(ReadTx s, IEnumerable<(string Finding, string Sql)> errors)
    {
        var found = new List<string>();
        foreach (var (finding, sql) in errors)
            if (await s.Number(sql) is > 0 and var count)
                found.Add($"{count:N0} {finding}");
        return new(found, []);
    }
}
