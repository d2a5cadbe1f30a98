using System.Reflection;
using System.Text.RegularExpressions;
using Gatehouse.Accounts.Staff;

namespace Gatehouse.Platform.Storage;

/// <summary>The numbered SQL files, applied in order, each in its own transaction.</summary>
public static partial class Migrator
{
    private sealed record Step(int Number, string Name, string Sql);

    /// <summary>The schema version this program writes and reads.</summary>
    public static int Latest => Steps[^1].Number;

    private static readonly Step[] Steps = Load();

    /// <exception cref="StorageCorruptException">The database was made by a newer version of the program.</exception>
    public static async Task Apply(Database db)
    {
        await using var _ = await db.SchemaLock();
        var current = await Version(db);
        foreach (var step in Steps.Where(step => step.Number > current))
            await db.Write(s => ApplyStep(db, s, step));
    }

    /// <summary>Changes nothing: the schema must be this program's already.</summary>
    /// <exception cref="StorageCorruptException">It is another version's.</exception>
    public static async Task Require(Database db)
    {
        var current = await Version(db);
        if (current < Latest)
            throw new StorageCorruptException($"The database has schema {current}, this program works with {Latest}. Start gatehouse serve once to bring it up to date.");
    }

    /// <summary>Applies all steps to an empty database inside one transaction, on an engine that can undo a change of schema.</summary>
    internal static async ValueTask ApplyAll(Database db, WriteTx s)
    {
        foreach (var step in Steps)
            await ApplyStep(db, s, step);
    }

    private static async Task<long> Version(Database db)
    {
        var current = await db.Read(async s => await db.TableExists(s, "schema_version") ? await s.Number("SELECT MAX(version) FROM schema_version") : 0);
        return current <= Latest ? current : throw new StorageCorruptException(
            $"The database has schema {current}, this program knows up to {Latest}: it was opened by a newer version. Start that version, or restore a backup made before the upgrade.");
    }

    private static async ValueTask<bool> ApplyStep(Database db, WriteTx s, Step step)
    {
        // Another process may have applied it since the version was read.
        if (step.Number > 1 && await s.Number("SELECT MAX(version) FROM schema_version") >= step.Number)
            return false;
        if (step.Number == 1 && await db.TableExists(s, "schema_version"))
            return false;
        await s.Execute(ForEngine(step.Sql, db.Engine));
        await s.Execute("INSERT INTO schema_version (version, name, applied_at) VALUES (@version, @name, @at)",
            ("version", (long)step.Number), ("name", step.Name), ("at", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        return true;
    }

    // What stands between /*sqlite and */, or /*postgres and */, is for that engine alone; the other reads it as a comment.
    private static string ForEngine(string sql, string engine) =>
        (engine == "SQLite" ? SqliteOnly() : PostgresOnly()).Replace(sql, "$1");

    [GeneratedRegex(@"/\*sqlite\s+(.*?)\*/", RegexOptions.Singleline)]
    private static partial Regex SqliteOnly();

    [GeneratedRegex(@"/\*postgres\s+(.*?)\*/", RegexOptions.Singleline)]
    private static partial Regex PostgresOnly();

    private static Step[] Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("migrations/", StringComparison.Ordinal))
            .Select(n =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                var name = Path.GetFileNameWithoutExtension(n);
                return new Step(int.Parse(name[..4]), name, reader.ReadToEnd());
            })
            .OrderBy(s => s.Number)];
    }
}
