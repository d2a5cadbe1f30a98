using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Storage;

/// <summary>
/// The stored text that a search looks in: columns folded by <see cref="Folding"/>, which no engine can do. Whoever writes the
/// columns writes it; rows of before are filled by the migration that adds it.
/// </summary>
public static partial class SearchText
{
    private const int Page = 2000;

    /// <summary>The parts folded, a blank between them. JSON is read as it says, not as it is escaped.</summary>
    public static string Of(params ReadOnlySpan<string?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (string.IsNullOrEmpty(part))
                continue;
            if (text.Length > 0)
                text.Append(' ');
            text.Append(part is ['{' or '[', ..] ? Escape().Replace(part, Unescaped) : part);
        }
        return Folding.Of(text.ToString());
    }

    /// <summary>
    /// Fills what a migration asks for in lines <c>-- fold TABLE (KEY, ...) COLUMN = SOURCE, ...</c>, by the keys in their order and
    /// in one pass over the rows that have a source at all; <c>-- identify</c> in place of fold writes <see cref="Identifier.Folded"/> of the one source.
    /// </summary>
    internal static async ValueTask Fill(WriteTx tx, string migration)
    {
        foreach (Match fill in FillLine().Matches(migration))
            await Fill(tx, fill.Groups[1].Value == "identify", fill.Groups[2].Value, fill.Groups[3].Value.Split(", "), fill.Groups[4].Value, fill.Groups[5].Value.Split(", "));
    }

    private static async ValueTask Fill(WriteTx tx, bool identify, string table, string[] keys, string column, string[] sources)
    {
        var some = string.Join(" OR ", sources.Select(s => $"{s} <> ''"));
        var select = $"SELECT {string.Join(", ", keys.Concat(sources))} FROM {table} WHERE ({some})";
        var order = $" ORDER BY {string.Join(", ", keys)} LIMIT {Page}";
        var after = $" AND ({string.Join(", ", keys)}) > ({string.Join(", ", keys.Select(k => "@" + k))})";
        var update = $"UPDATE {table} SET {column} = @folded WHERE {string.Join(" AND ", keys.Select(k => $"{k} = @{k}"))}";
        (string, object?)[] Key(Row r) => [.. keys.Select((k, i) => (k, (object?)r.GetValue(i)))];
        string Folded(Row r) => identify ? Identifier.Folded(r.GetString(keys.Length)) : Of([.. sources.Select((_, i) => r.TextOrNull(keys.Length + i))]);
        (string, object?)[] Filled(Row r) => [("folded", Folded(r)), .. Key(r)];
        for (var rows = await tx.All(select + order, Filled); rows.Count > 0; rows = await tx.All(select + after + order, Filled, rows[^1][1..]))
        {
            await tx.ExecuteMany(update, rows);
            if (rows.Count < Page)
                return;
        }
    }

    // A NUL, which PostgreSQL cannot hold, is a blank; half a character becomes the sign for one that is broken.
    private static string Unescaped(Match match) => match.Groups[1].Success
        ? (char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var c && c != '\0' ? c.ToString() : " "
        : match.Value;

    // The first is an escaped backslash, behind which a u is a letter.
    [GeneratedRegex(@"\\\\|\\u([0-9A-Fa-f]{4})")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^-- (fold|identify) (\w+) \(([\w, ]+)\) (\w+) = ([\w, ]+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex FillLine();
}
