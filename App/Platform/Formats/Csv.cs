namespace Gatehouse.Platform.Formats;

/// <summary>CSV cells as RFC 4180 writes them.</summary>
public static class Csv
{
    /// <summary>The cell, quoted where it must be. One that a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    public static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            value = "'" + value;
        return value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : "\"" + value.Replace("\"", "\"\"") + "\"";
    }
}
