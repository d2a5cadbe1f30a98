using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Embedded;

/// <summary>Which process has the embedded servers.</summary>
internal static class EmbeddedStore
{
    // By the database's clock, which all nodes share.
    private const long Lease = 30_000;

    /// <summary>Takes or keeps those that no other process holds.</summary>
    /// <param name="alone">No other process can be there.</param>
    public static async ValueTask<bool> Hold(WriteTx s, string process, bool alone)
    {
        var now = await s.Now();
        return await s.Execute("UPDATE relay_servers SET held_by = @me, held_until = @until, seen_at = @now, health = CASE WHEN health = 'unknown' THEN 'healthy' ELSE health END WHERE kind = 'embedded' AND (held_by = @me OR held_by IS NULL OR held_until < @now OR @alone = 1)",
            ("me", process), ("until", now + Lease), ("now", now), ("alone", alone ? 1L : 0L)) > 0;
    }

    public static ValueTask<int> LetGo(WriteTx s, string process) => s.Execute("UPDATE relay_servers SET held_by = NULL, held_until = 0 WHERE held_by = @me", ("me", process));
}
