using System.Text;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Csv;

/// <summary>The columns of a table by the words of its heading, in whatever order they stand.</summary>
public sealed class CsvHeading
{
    private readonly Dictionary<string, int> _columns = [];

    private CsvHeading(int width) => Width = width;

    /// <summary>How many cells the heading has.</summary>
    public int Width { get; }

    /// <summary>The words that name no column.</summary>
    public List<string> Unknown { get; } = [];

    /// <summary>Columns that more than one word names.</summary>
    public List<string> Doubled { get; } = [];

    /// <summary>Reads a heading. Its words are compared folded, without spaces, dashes and underscores.</summary>
    /// <param name="names">Which column a word names, the words as <see cref="Word"/> gives them.</param>
    /// <returns>Null when no word names a column: then it is no heading.</returns>
    public static CsvHeading? Of(CsvRow row, IReadOnlyDictionary<string, string> names)
    {
        var heading = new CsvHeading(row.Cells.Count);
        for (var i = 0; i < row.Cells.Count; i++)
        {
            if (!names.TryGetValue(Word(row.Cells[i]), out var column))
                heading.Unknown.Add(row.Cells[i].Trim());
            else if (!heading._columns.TryAdd(column, i))
                heading.Doubled.Add(column);
        }
        heading.Unknown.RemoveAll(word => word.Length == 0);
        return heading._columns.Count > 0 ? heading : null;
    }

    /// <summary>A word of a heading as headings are compared.</summary>
    public static string Word(string typed)
    {
        var word = new StringBuilder(typed.Length);
        foreach (var c in Folding.Of(typed))
            if (!char.IsWhiteSpace(c) && c is not ('-' or '_'))
                word.Append(c);
        return word.ToString();
    }

    public bool Has(string column) => _columns.ContainsKey(column);

    /// <summary>Where the column stands, from 0; -1 where it does not.</summary>
    public int Position(string column) => _columns.GetValueOrDefault(column, -1);

    /// <summary>The row's cell in that column, trimmed; empty where there is none.</summary>
    public string Cell(CsvRow row, string column) =>
        _columns.TryGetValue(column, out var at) && at < row.Cells.Count ? row.Cells[at].Trim() : "";
}
