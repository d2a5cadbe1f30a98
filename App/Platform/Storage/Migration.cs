using System.Data.Common;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Gatehouse.Platform.Storage;

/// <summary>
/// A change of the schema: a file <c>DATE_feature_words.sql</c> in the folder <c>Migrations</c> of the feature it is for. Names
/// are ordered as text; one that needs another sorts after it. A file that was released is not changed any more.
/// </summary>
internal sealed partial record Migration(string Name, string Sql)
{
    /// <summary>What this program's schema is made of, in order.</summary>
    public static readonly IReadOnlyList<Migration> All = Load();

    /// <summary>Its first line is <c>-- rebuild</c>: it drops and remakes a table that others refer to; see <see cref="Database.ChangeSchema"/>.</summary>
    public bool Rebuild => Sql.StartsWith("-- rebuild", StringComparison.Ordinal);

    /// <summary>Runs its statements, and fills the columns for searching that it adds (<see cref="SearchText.Fill"/>).</summary>
    /// <remarks>What stands between <c>/*sqlite</c> and <c>*/</c>, or <c>/*postgres</c> and <c>*/</c>, is for that engine alone; the other reads it as a comment.</remarks>
    /// <exception cref="DbException">A statement failed.</exception>
    public async ValueTask Run(WriteTx s, string engine)
    {
        await s.Execute(For(engine).Sql);
        await SearchText.Fill(s, Sql);
        await s.Execute("INSERT INTO schema_version (version, name, applied_at) SELECT COALESCE(MAX(version), 0) + 1, @name, @at FROM schema_version",
            ("name", Name), ("at", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
    }

    /// <summary>As the engine reads it.</summary>
    public Migration For(string engine) => this with { Sql = (engine == "SQLite" ? SqliteOnly() : PostgresOnly()).Replace(Sql, "$1") };

    [GeneratedRegex(@"/\*sqlite\s+(.*?)\*/", RegexOptions.Singleline)]
    private static partial Regex SqliteOnly();

    [GeneratedRegex(@"/\*postgres\s+(.*?)\*/", RegexOptions.Singleline)]
    private static partial Regex PostgresOnly();

    private static Migration[] Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("migrations/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                return new Migration(Path.GetFileNameWithoutExtension(n), reader.ReadToEnd());
            })];
    }
}
