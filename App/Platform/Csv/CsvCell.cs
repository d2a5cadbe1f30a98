namespace Gatehouse.Platform.Csv;

/// <summary>One cell as RFC 4180 writes it, guarded against spreadsheets that take a text for a formula.</summary>
public static class CsvCell
{
    // https://owasp.org/www-community/attacks/CSV_Injection, and the full-width forms that some spreadsheets read alike.
    private const string Formula = "=+-@\t\r\n＝＋－＠";

    // Also what parts cells elsewhere: a spreadsheet set to semicolons leaves such a cell whole.
    private const string Quoted = ",;\t\"\r\n";

    /// <summary>The cell for a file: guarded, and quoted where it must be.</summary>
    public static string Encode(string? value)
    {
        var cell = Guard(value ?? "");
        return cell.AsSpan().IndexOfAny(Quoted) < 0 ? cell : "\"" + cell.Replace("\"", "\"\"") + "\"";
    }

    /// <summary>Puts an apostrophe before what a spreadsheet would take for a formula. <see cref="Unguard"/> gives the text back.</summary>
    public static string Guard(string value) => LooksGuarded(value, least: 0) ? "'" + value : value;

    /// <summary>Takes the apostrophe away that <see cref="Guard"/> put there, and no other.</summary>
    public static string Unguard(string value) => LooksGuarded(value, least: 1) ? value[1..] : value;

    // A formula behind apostrophes of its own gets one more, or it would lose one when it is read back.
    private static bool LooksGuarded(string value, int least)
    {
        var apostrophes = value.AsSpan().IndexOfAnyExcept('\'');
        return apostrophes >= least && Formula.Contains(value[apostrophes]);
    }
}
