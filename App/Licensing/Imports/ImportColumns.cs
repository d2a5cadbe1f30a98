using System.Globalization;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Imports;

/// <summary>The columns of a file of keys: what their headings are called, and what their cells may say.</summary>
internal sealed class ImportColumns(long now, TimeZoneInfo zone)
{
    private const string Key = "key";
    private const string Note = "note";
    private const string Plan = "plan";
    private const string Status = "status";
    private const string CreatedAt = "created_at";
    private const string UsedAt = "used_at";
    private const string ExpireAt = "expire_at";

    // Another server's clock may be ahead.
    private const long Ahead = 86_400_000;

    // Those of our own export, of its pages in both languages, and of other shops' files.
    private static readonly Dictionary<string, string> Names = new (string Column, string[] Words)[]
    {
        (Key, ["key", "code", "card", "card key", "license", "license key", "licence", "licence key", "serial", "serial number", "activation code", "cdkey", "卡密", "卡号", "密钥", "激活码", "注册码", "序列号", "兑换码"]),
        (Note, ["note", "notes", "remark", "remarks", "comment", "备注", "说明"]),
        (Plan, ["plan", "套餐", "方案"]),
        (Status, ["status", "state", "状态"]),
        (CreatedAt, ["created at", "created", "创建时间", "生成时间"]),
        (UsedAt, ["used at", "activated", "activated at", "激活时间", "使用时间"]),
        (ExpireAt, ["expire at", "expires", "expires at", "到期时间", "过期时间"]),
    }.SelectMany(c => c.Words.Select(w => (Word: CsvHeading.Word(w), c.Column))).ToDictionary(n => n.Word, n => n.Column);

    // The states by the names they have in the API and by what they are called in either language.
    private static readonly Dictionary<string, string> States = LicenseState.All
        .SelectMany(state => Localizer.All.Select(text => (Word: CsvHeading.Word(text["state." + state]), State: state)).Append((Word: state, State: state)))
        .DistinctBy(s => s.Word).ToDictionary(s => s.Word, s => s.State);

    // As our export, other programs and spreadsheets write them.
    private static readonly string[] TimeFormats = ["yyyy-M-d H:m:s", "yyyy-M-d H:m", "yyyy-M-d", "yyyy/M/d H:m:s", "yyyy/M/d H:m", "yyyy/M/d"];

    private CsvHeading? _heading;

    public IReadOnlyList<string> NotRead => _heading?.Unknown ?? [];

    public bool KeyFirst => _heading?.Position(Key) is null or 0;

    /// <summary>What is wrong with the heading; null when nothing is.</summary>
    public Message? Fault => _heading switch
    {
        null => null,
        { Doubled: [var column, ..] } => new Message("import.two_columns", column),
        _ when !_heading.Has(Key) => new Message("import.no_key_column"),
        _ => null,
    };

    /// <summary>Takes the first row as the heading, unless it is a key with a note that reads like one.</summary>
    public bool Heading(CsvRow row)
    {
        var first = row.Cells[0];
        if (!Names.ContainsKey(CsvHeading.Word(first)) && first.Any(char.IsAsciiDigit) && LicenseKey.Parse(first) is not null)
            return false;
        _heading = CsvHeading.Of(row, Names);
        return _heading is not null;
    }

    /// <summary>Reads a row. Returns what is wrong with it; whether its key is one, the caller asks.</summary>
    public Message? Read(CsvRow row, out ImportLine line)
    {
        line = _heading is { } heading
            ? new ImportLine(row.Line, heading.Cell(row, Key), heading.Cell(row, Note)) { Plan = heading.Cell(row, Plan) }
            : new ImportLine(row.Line, row.Cells[0].Trim(), row.Cells.Count > 1 ? row.Cells[1].Trim() : "");
        if (row.Cells.Skip(_heading?.Width ?? 2).Any(c => !string.IsNullOrWhiteSpace(c)))
            return new Message(_heading is null ? "import.no_heading" : "import.more_cells");
        var checks = new FieldChecks();
        checks.Text(Note, line.Note, 0, License.MaxNote);
        if (checks.Any)
            return new Message("import.bad_note", License.MaxNote);
        return _heading is { } known ? Life(known, row, ref line) : null;
    }

    private Message? Life(CsvHeading heading, CsvRow row, ref ImportLine line)
    {
        if (Time(heading.Cell(row, CreatedAt), out var created) is { } badCreated)
            return badCreated;
        if (Time(heading.Cell(row, UsedAt), out var used) is { } badUsed)
            return badUsed;
        if (Time(heading.Cell(row, ExpireAt), out var end) is { } badEnd)
            return badEnd;
        var word = heading.Cell(row, Status);
        var state = used is null ? LicenseState.Unused : LicenseState.Active;
        if (word.Length > 0 && !States.TryGetValue(CsvHeading.Word(word), out state))
            return new Message("import.bad_status", word, string.Join(", ", LicenseState.All));
        // A use before anybody says that it was made: it was made by then.
        line = line with { State = state == LicenseState.Expired ? LicenseState.At(state, end, now) : state, CreatedAt = created ?? (used < now ? used : null), UsedAt = used, ExpireAt = end };
        return state switch
        {
            LicenseState.Unused when used is not null || end is not null => new Message("import.unused_times"),
            LicenseState.Active or LicenseState.Expired when used is null => new Message("import.used_missing", state),
            LicenseState.Expired when end is null || end > now + Ahead => new Message("import.not_over"),
            _ when created > now + Ahead || used > now + Ahead => new Message("import.future"),
            _ when end is not null && (used is null || end < used) => new Message("import.end_first"),
            _ => null,
        };
    }

    private Message? Time(string typed, out long? time)
    {
        time = null;
        if (typed.Length == 0)
            return null;
        if (Format.ParseIso(typed) is { } exact)
            time = exact;
        else if (DateTime.TryParseExact(typed, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Year > 1)
            time = new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUnixTimeMilliseconds();
        return time is >= 0 && time <= License.Latest ? null : new Message("import.bad_time", typed);
    }
}
