using System.Diagnostics;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Tenancy;

/// <summary>
/// All rows of a tenant, over every table that has any. Which tables those are is asked of the database, so that none is forgotten,
/// whichever feature made it.
/// </summary>
public sealed class TenantRows(Database db)
{
    private const int FirstStep = 50, LongestStep = 1000;

    // Whoever writes meanwhile waits for one step at most.
    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromSeconds(1);

    // What is about to run, or to be sent, is stopped before all else.
    private static readonly string[] Before = ["operations", "outbox"];

    /// <summary>How many there are, by table; tables without any are left out.</summary>
    public async ValueTask<SortedDictionary<string, long>> Count(ReadTx s, string tenant)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await db.TenantTables(s))
            if (await s.Number($"SELECT COUNT(*) FROM {table.Name} WHERE tenant_id = @tenant", ("tenant", tenant)) is > 0 and var rows)
                counts[table.Name] = rows;
        return counts;
    }

    /// <summary>
    /// Erases them, some at a time, each time in a transaction of its own, with as long a pause after it: nobody waits for it. It ends when
    /// there are none, and can be begun anew where it was cut off.
    /// </summary>
    /// <param name="erased">Hears how many went.</param>
    public async Task Erase(string tenant, Action<int> erased, CancellationToken ct)
    {
        var tables = Ordered(await db.Read(s => db.TenantTables(s), ct));
        bool any;
        do
        {
            any = false;
            foreach (var table in tables)
                any |= await Erase(table, tenant, erased, ct);
        }
        while (any);
    }

    private async Task<bool> Erase(TenantTable table, string tenant, Action<int> erased, CancellationToken ct)
    {
        var delete = $"DELETE FROM {table.Name} WHERE tenant_id = @tenant{string.Concat(table.Key.Select((column, i) => $" AND {column} = @k{i}"))}";
        var (step, any) = (FirstStep, false);
        object[]? after = null;
        while (await db.ReadOne(s => Keys(s, table, tenant, after, step), ct) is { Count: > 0 } keys)
        {
            var began = Stopwatch.GetTimestamp();
            await db.Write(s => s.ExecuteMany(delete, [.. keys.Select(key => Args(tenant, key))]), ct);
            var took = Stopwatch.GetElapsedTime(began);
            (any, step) = (true, Math.Clamp(took > StepTime ? step / 2 : step * 2, 1, LongestStep));
            // Without an index each step would look through all that is others' again.
            after = table.Indexed ? null : keys[^1];
            erased(keys.Count);
            await Task.Delay(took < LongestPause ? took : LongestPause, ct);
        }
        return any;
    }

    private static ValueTask<List<object[]>> Keys(ReadTx s, TenantTable table, string tenant, object[]? after, int limit)
    {
        var columns = string.Join(", ", table.Key);
        var from = after is null ? "" : $" AND ({columns}) > ({string.Join(", ", after.Select((_, i) => $"@k{i}"))})";
        return s.All($"SELECT {columns} FROM {table.Name} WHERE tenant_id = @tenant{from}{(table.Indexed ? "" : $" ORDER BY {columns}")} LIMIT @limit",
            r => table.Key.Select((_, i) => r.GetValue(i)).ToArray(), [.. Args(tenant, after ?? []), ("limit", (long)limit)]);
    }

    private static (string, object?)[] Args(string tenant, object[] key) => [("tenant", tenant), .. key.Select((value, i) => ($"k{i}", (object?)value))];

    // What refers to others goes before them.
    private static List<TenantTable> Ordered(List<TenantTable> tables)
    {
        var (left, ordered) = (tables.OrderByDescending(t => Before.Contains(t.Name)).ToList(), new List<TenantTable>());
        while (left.Count > 0)
        {
            var next = left.Find(t => left.TrueForAll(other => other == t || !other.Parents.Contains(t.Name)))
                ?? throw new InvalidOperationException($"The tables {string.Join(", ", left.Select(t => t.Name))} refer to each other in a circle.");
            left.Remove(next);
            ordered.Add(next);
        }
        return ordered;
    }
}
