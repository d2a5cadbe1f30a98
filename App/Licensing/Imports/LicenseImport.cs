using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Imports;

/// <summary>One key of a file, with its line number from 1. What the file does not say is as for a new key. Times in unix milliseconds.</summary>
public sealed record ImportLine(int Line, string Key, string Note)
{
    /// <summary>The plan's name or id in the file; empty when it names none.</summary>
    public string Plan { get; init; } = "";

    public string State { get; init; } = LicenseState.Unused;
    public long? CreatedAt { get; init; }
    public long? UsedAt { get; init; }
    public long? ExpireAt { get; init; }
}

/// <summary>What is wrong with one line.</summary>
public sealed record ImportFault(int Line, string Key, Message Reason);

/// <summary>What a file holds. Its faults are in the order of their lines.</summary>
public sealed record ImportFile(List<ImportLine> Lines, List<ImportFault> Faults)
{
    /// <summary>Words of the heading whose columns are passed over.</summary>
    public IReadOnlyList<string> NotRead { get; init; } = [];

    public bool IsEmpty => Lines.Count == 0 && Faults.Count == 0;

    /// <summary>It could not be read to its end: nobody knows what is missing.</summary>
    public bool Broken { get; init; }

    /// <summary>Lines with faults: more than <see cref="Faults"/> may tell.</summary>
    public int FaultCount { get; init; }
}

/// <summary>
/// A file of keys: TXT with one key a line, or CSV. A CSV with a heading has its columns in any order (<see cref="ImportColumns"/>);
/// without one the first is the key and the second, if any, a note.
/// </summary>
public sealed class LicenseImport
{
    public const int MaxLines = 100_000;
    internal const int MaxFaults = 200;
    private readonly List<ImportLine> _lines = [];
    private readonly List<ImportFault> _faults = [];
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ImportColumns _columns;
    private bool _broken;
    private int _faultCount;

    private LicenseImport(ImportColumns columns) => _columns = columns;

    /// <summary>Reads the file. Empty lines and lines that start with # are passed over.</summary>
    /// <param name="now">Unix milliseconds; what is said to have happened cannot lie after it.</param>
    /// <param name="zone">Of times that name none.</param>
    public static ImportFile Parse(string content, bool csv, long now, TimeZoneInfo zone)
    {
        var import = new LicenseImport(new ImportColumns(now, zone));
        if (csv)
            import.Table(content);
        else
            import.List(content);
        return new ImportFile(import._lines, import._faults) { NotRead = import._columns.NotRead, Broken = import._broken, FaultCount = import._faultCount };
    }

    /// <summary>Adds the lines whose key is stored already.</summary>
    public static async ValueTask<List<ImportFault>> Check(ReadTx s, string tenant, List<ImportLine> lines, List<ImportFault> faults)
    {
        foreach (var line in lines)
        {
            if (faults.Count >= MaxFaults)
                break;
            if (LicenseKey.Parse(line.Key) is { } key && await s.Number("SELECT COUNT(*) FROM licenses WHERE tenant_id = @tenant AND canonical IN (@compact, @key)", ("tenant", tenant), ("compact", key.Compact), ("key", key.Text)) > 0)
                faults.Add(new ImportFault(line.Line, line.Key, new Message("import.exists")));
        }
        return [.. faults.OrderBy(f => f.Line)];
    }

    private void List(string content)
    {
        var number = 0;
        foreach (var raw in content.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.Trim('\uFEFF').Trim();
            if (line.Length > 0 && line[0] != '#')
                Add(new ImportLine(number, line.ToString(), ""));
        }
    }

    private void Table(string content)
    {
        var reader = new CsvReader(new StringReader(content)) { Remarks = true };
        try
        {
            for (var first = true; reader.Read() is { } row;)
            {
                if (row.Cells.All(string.IsNullOrWhiteSpace))
                    continue;
                if (first && _columns.Heading(row))
                {
                    if (_columns.Fault is { } wrong)
                    {
                        _broken = true;
                        Wrong(row.Line, row.Cells[0], wrong);
                        return;
                    }
                    // Where another column comes first, a line may well begin with #.
                    reader.Remarks = _columns.KeyFirst;
                }
                else if (_columns.Read(row, out var line) is { } fault)
                    Wrong(line.Line, line.Key, fault);
                else
                    Add(line);
                first = false;
            }
        }
        catch (CsvException e)
        {
            // What came before it is told too; after it nothing can be read.
            _broken = true;
            Wrong(e.Line, "", Reason(e));
        }
    }

    private void Add(ImportLine line)
    {
        // A blank may stand between groups of letters; a tab parts columns.
        if (line.Key.Contains('\t') || LicenseKey.Parse(line.Key) is not { } key)
            Wrong(line.Line, line.Key, new Message("import.bad_key", LicenseKey.MinLength, LicenseKey.MaxLength));
        else if (_seen.TryGetValue(key.Compact, out var first))
            Wrong(line.Line, line.Key, new Message("import.twice", first));
        else if (_lines.Count >= MaxLines)
            Wrong(line.Line, line.Key, new Message("import.too_many", MaxLines));
        else
        {
            _seen[key.Compact] = line.Line;
            _lines.Add(line with { Key = key.Text });
        }
    }

    private void Wrong(int line, string key, Message reason)
    {
        _faultCount++;
        if (_faults.Count < MaxFaults)
            _faults.Add(new ImportFault(line, key.Length > 80 ? key[..80] : key, reason));
    }

    /// <summary>Why a file could not be read on, in words.</summary>
    public static Message Reason(CsvException e) => e.Fault switch
    {
        CsvFault.UnclosedQuote => new Message("csv.unclosed_quote", e.Column),
        CsvFault.TextAfterQuote => new Message("csv.text_after_quote", e.Column),
        CsvFault.RowTooLong => new Message("csv.row_too_long", CsvReader.MaxRow),
        CsvFault.TooManyCells => new Message("csv.too_many_cells", CsvReader.MaxCells),
        _ => new Message("csv.encoding", e.Column),
    };
}
