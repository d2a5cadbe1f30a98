using System.Text.RegularExpressions;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>
/// A search looks in text that was folded when it was written. What an engine makes small by itself differs between the two (SQLite knows A to Z
/// only), so that who types another case or an accent would find a thing on one and not on the other. Read from the source.
/// </summary>
public sealed partial class SearchColumnsTests
{
    /// <summary>Where an engine may do so, and why.</summary>
    private static readonly Dictionary<string, string> Allowed = new() { ["Platform/Storage/Sqlite/SqliteDatabase.Schema.cs"] = "names of tables, which SQLite compares so" };

    [Fact]
    public void No_engine_makes_letters_small_or_compares_without_them()
    {
        var found = Sources.Where(f => f.Text.Split('\n').Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && ByEngine().IsMatch(line))).Select(f => f.Path).ToList();
        Assert.Equal([], found.Where(f => !Allowed.ContainsKey(f)));
        Assert.Equal([], Allowed.Keys.Where(f => !found.Contains(f)));
    }

    [Fact]
    public void Whoever_searches_names_a_folded_column()
    {
        var searches = Sources.SelectMany(f => Searched().Matches(f.Text).Select(m => (f.Path, Columns: Quoted().Matches(m.Groups[1].Value).Select(q => q.Groups[1].Value).ToList()))).ToList();
        Assert.True(searches.Count > 15, "the pattern finds the searches");
        Assert.Equal([], searches.Where(s => s.Columns.Count == 0 || s.Columns.Any(c => !Folded().IsMatch(c))).Select(s => $"{s.Path}: {string.Join(", ", s.Columns)}"));
    }

    [Theory]
    [InlineData("filter.And(\"LOWER(r.name) = @q\")", true)]
    [InlineData("SELECT upper (name)", true)]
    [InlineData("WHERE name ILIKE @q", true)]
    [InlineData("text.ToLowerInvariant()", false)]
    [InlineData("r.folded = @q", false)]
    public void The_pattern_knows_them(string line, bool found) => Assert.Equal(found, ByEngine().IsMatch(line));

    private static IEnumerable<(string Path, string Text)> Sources => Source.Under("App").Where(f => !f.IsRazor).Select(f => (f.Path, f.Text));

    [GeneratedRegex(@"\b(LOWER|UPPER|lower|upper)\s?\(|\bILIKE\b|COLLATE NOCASE")]
    private static partial Regex ByEngine();

    [GeneratedRegex("\\bContains\\(\"\\w+\", (?:\\w|\\.)+, ((?:\"[^\"]+\"(?:, )?)+)\\)")]
    private static partial Regex Searched();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(\(SELECT )?(\w+\.)?(\w+_)?folded\b")]
    private static partial Regex Folded();
}
