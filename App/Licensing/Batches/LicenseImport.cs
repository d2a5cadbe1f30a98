using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Batches;

/// <summary>One key of a file, with its line number from 1.</summary>
public sealed record ImportLine(int Line, string Key, string Note);

/// <summary>What is wrong with one line.</summary>
public sealed record ImportFault(int Line, string Key, Message Reason);

/// <summary>A file of keys: TXT with one key a line, or CSV whose first column is the key and second, if any, a note.</summary>
public static class LicenseImport
{
    public const int MaxLines = 100_000;
    private const int MaxFaults = 200;

    /// <summary>Reads the file. Empty lines, lines that start with # and a CSV heading are passed over.</summary>
    public static (List<ImportLine> Lines, List<ImportFault> Faults) Parse(string content, bool csv)
    {
        var lines = new List<ImportLine>();
        var faults = new List<ImportFault>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        foreach (var raw in content.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.Trim('\uFEFF').Trim().ToString();
            if (line.Length == 0 || line[0] == '#')
                continue;
            var cells = csv ? CsvLine(line) : [line];
            if (csv && lines.Count == 0 && faults.Count == 0 && cells[0].Trim().ToLowerInvariant() is "key" or "code" or "card")
                continue;
            var key = KeyFormat.Normalize(cells[0]);
            var note = cells.Count > 1 ? cells[1].Trim() : "";
            var reason = key is null ? new Message("import.bad_key", KeyFormat.MinKey, KeyFormat.MaxKey)
                : seen.TryGetValue(key, out var first) ? new Message("import.twice", first)
                : note.Length > 200 || note.Any(char.IsControl) ? new Message("import.bad_note")
                : lines.Count >= MaxLines ? new Message("import.too_many", MaxLines)
                : (Message?)null;
            if (reason is { } wrong)
            {
                faults.Add(new ImportFault(number, cells[0].Length > 80 ? cells[0][..80] : cells[0], wrong));
                if (faults.Count >= MaxFaults)
                    break;
                continue;
            }
            seen[key!] = number;
            lines.Add(new ImportLine(number, key!, note));
        }
        return (lines, faults);
    }

    /// <summary>Adds the lines whose key is stored already.</summary>
    public static async ValueTask<List<ImportFault>> Check(ReadTx s, string tenant, List<ImportLine> lines, List<ImportFault> faults)
    {
        foreach (var line in lines)
        {
            if (faults.Count >= MaxFaults)
                break;
            if (await s.Number("SELECT COUNT(*) FROM licenses WHERE tenant_id = @tenant AND key = @key", ("tenant", tenant), ("key", line.Key)) > 0)
                faults.Add(new ImportFault(line.Line, line.Key, new Message("import.exists")));
        }
        return [.. faults.OrderBy(f => f.Line)];
    }

    // RFC 4180, for one record on one line.
    private static List<string> CsvLine(string line)
    {
        var cells = new List<string>();
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
                cell.Append(line[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is ',' or ';' or '\t')
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
                cell.Append(c);
        }
        cells.Add(cell.ToString());
        return cells;
    }
}
