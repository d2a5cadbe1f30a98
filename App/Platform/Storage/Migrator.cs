using System.Data.Common;
using Gatehouse.Platform.Storage.Sqlite;

namespace Gatehouse.Platform.Storage;

/// <summary>
/// Brings a database to this program's schema. What a database has is a set of names: one that sorts before others and was added
/// later is applied all the same. Each is applied in its own transaction, which records it; an empty database, which has nothing
/// to go back to, gets all in one.
/// </summary>
internal static class Migrator
{
    // Version 0.1.0 counted its one migration instead of naming it by its date.
    private const string FirstNumbered = "0001_foundation", FirstDated = "2026-11-01_foundation";
    private const int MaxNamed = 5;

    /// <exception cref="StorageCorruptException">The database was made by a newer version of the program, or a migration failed.</exception>
    public static Task Apply(Database db) => Apply(db, Migration.All);

    /// <summary>The same for a program that has these migrations, in order.</summary>
    internal static async Task Apply(Database db, IReadOnlyList<Migration> known)
    {
        await using var _ = await db.SchemaLock();
        var missing = await Missing(db, known);
        if (missing.Count == known.Count)
            await Apply(db, known, db.Engine == "SQLite" ? FreshSchema.Of([.. missing.Select(m => m.For(db.Engine))]) : missing);
        else
            foreach (var migration in missing)
                await Apply(db, known, [migration]);
    }

    /// <summary>Changes nothing: the schema must be this program's already.</summary>
    /// <exception cref="StorageCorruptException">It is another version's.</exception>
    public static async Task Require(Database db)
    {
        if (await Missing(db, Migration.All) is { Count: > 0 } missing)
            throw new StorageCorruptException($"The database lacks {Names(missing.Select(m => m.Name))}, which this program works with. Start gatehouse serve once to bring it up to date.");
    }

    /// <summary>Applies all to an empty database inside one transaction, on an engine that can undo a change of schema.</summary>
    internal static async ValueTask ApplyAll(Database db, WriteTx s)
    {
        foreach (var migration in Migration.All)
            await migration.Run(s, db.Engine);
    }

    // Another process may have applied some since the names were read.
    private static async Task Apply(Database db, IReadOnlyList<Migration> known, IReadOnlyList<Migration> together)
    {
        var running = together[0];
        try
        {
            await db.ChangeSchema(async s =>
            {
                foreach (var migration in together.IntersectBy((await Missing(db, s, known)).Select(m => m.Name), m => m.Name))
                {
                    running = migration;
                    await migration.Run(s, db.Engine);
                }
            }, together.Any(m => m.Rebuild));
        }
        catch (Exception e) when (e is DbException or BrokenReferencesException)
        {
            throw new StorageCorruptException(
                $"The migration {running.Name} does not fit this database and was undone: {e.Message}. The database is as it was: start the version before, and report this; its gatehouse db check may tell more.", e);
        }
    }

    private static Task<List<Migration>> Missing(Database db, IReadOnlyList<Migration> known) => db.Read(s => Missing(db, s, known));

    private static async ValueTask<List<Migration>> Missing(Database db, ReadTx s, IReadOnlyList<Migration> known)
    {
        List<string> applied = await db.TableExists(s, "schema_version") ? await s.All("SELECT name FROM schema_version ORDER BY version", r => r.GetString(0)) : [];
        if (applied.IndexOf(FirstNumbered) is >= 0 and var first)
            applied[first] = FirstDated;
        var unknown = applied.Except(known.Select(m => m.Name)).ToList();
        return unknown.Count == 0 ? [.. known.Where(m => !applied.Contains(m.Name))] : throw new StorageCorruptException(
            $"The database has {Names(unknown)}, which this program does not know: it was opened by a newer version. Start that version, or restore a backup made before the upgrade.");
    }

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return $"the migration{(all.Count > 1 ? "s" : "")} {string.Join(", ", all.Take(MaxNamed))}{(all.Count > MaxNamed ? $" and {all.Count - MaxNamed} more" : "")}";
    }
}
