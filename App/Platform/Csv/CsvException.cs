namespace Gatehouse.Platform.Csv;

/// <summary>What can be wrong with a file of cells.</summary>
public enum CsvFault
{
    /// <summary>A quoted cell has no end.</summary>
    UnclosedQuote,

    /// <summary>Something stands between the end of a quoted cell and the next one.</summary>
    TextAfterQuote,

    /// <summary>A row is longer than the reader takes.</summary>
    RowTooLong,

    /// <summary>A row has more cells than the reader takes.</summary>
    TooManyCells,

    /// <summary>The bytes are text in none of the encodings that <see cref="FileText"/> knows.</summary>
    Encoding,
}

/// <summary>A file cannot be read. Line and column, in UTF-16 units, count from 1 and say where it went wrong.</summary>
public sealed class CsvException(CsvFault fault, int line, int column) : Exception($"Line {line}, column {column}: {fault}")
{
    public CsvFault Fault => fault;
    public int Line => line;
    public int Column => column;
}
