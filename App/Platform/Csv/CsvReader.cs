using System.Text;

namespace Gatehouse.Platform.Csv;

/// <summary>One row of a file. <paramref name="Line"/> is where it begins, from 1; a quoted cell may go on over several.</summary>
public sealed record CsvRow(int Line, IReadOnlyList<string> Cells);

/// <summary>
/// Reads a table row by row as RFC 4180 says, in memory for one row. Comma, semicolon or tab: the first of them that stands outside
/// quotes parts the cells of the whole file, so a semicolon in a note parts nothing where commas do. Lines end in any way; an
/// empty one is no row; spaces around a quoted cell do not count; the line <c>sep=;</c> of some spreadsheets is passed over.
/// </summary>
public sealed class CsvReader(TextReader text)
{
    /// <summary>Characters of a row, and so of a cell.</summary>
    public const int MaxRow = 1024 * 1024;

    /// <summary>Cells of a row.</summary>
    public const int MaxCells = 1000;

    private const string Delimiters = ",;\t";
    private readonly char[] _buffer = new char[4096];
    private readonly StringBuilder _cell = new();
    private int _at, _end, _line = 1, _column = 1, _length;
    private bool _begun, _afterReturn;
    private char? _delimiter;

    /// <summary>Whether a line that begins with # is passed over as a remark.</summary>
    public bool Remarks { get; set; }

    /// <summary>The next row, its cells without the apostrophe of <see cref="CsvCell.Guard"/>; null at the end.</summary>
    /// <exception cref="CsvException">It is no row, or a longer one than is taken. Nothing can be read after it.</exception>
    public CsvRow? Read()
    {
        for (; Peek() >= 0;)
        {
            var first = _line == 1;
            if (EndLine())
                continue;
            if (Remarks && Peek() == '#')
            {
                while (Peek() is >= 0 and not '\r' and not '\n')
                    Next();
                continue;
            }
            var row = Row();
            if (!(first && row.Cells is ["sep=", ""]))
                return row;
        }
        return null;
    }

    private CsvRow Row()
    {
        var line = _line;
        var cells = new List<string>();
        _length = 0;
        do
        {
            if (cells.Count == MaxCells)
                throw Wrong(CsvFault.TooManyCells);
            cells.Add(CsvCell.Unguard(Cell()));
        }
        while (EndCell());
        EndLine();
        return new CsvRow(line, cells);
    }

    private string Cell()
    {
        _cell.Clear();
        while (Peek() == ' ')
            Add();
        if (Peek() == '"')
        {
            _cell.Clear();
            Quoted();
        }
        else
            while (!AtEnd())
                Add();
        return _cell.ToString();
    }

    private void Quoted()
    {
        var (line, column) = (_line, _column);
        Next();
        for (; ; Add())
        {
            if (Peek() < 0)
                throw new CsvException(CsvFault.UnclosedQuote, line, column);
            if (Peek() != '"')
                continue;
            Next();
            if (Peek() != '"')
                break;
        }
        while (Peek() == ' ')
            Next();
        if (!AtEnd())
            throw Wrong(CsvFault.TextAfterQuote);
    }

    private bool AtEnd() => Peek() is var c && (c < 0 || c is '\r' or '\n' || (_delimiter is { } known ? c == known : Delimiters.Contains((char)c)));

    private bool EndCell()
    {
        if (Peek() is var c && (c < 0 || c is '\r' or '\n'))
            return false;
        _delimiter = Next();
        return true;
    }

    private bool EndLine()
    {
        if (Peek() is not ('\r' or '\n'))
            return false;
        if (Next() == '\r' && Peek() == '\n')
            Next();
        return true;
    }

    private void Add()
    {
        if (++_length > MaxRow)
            throw Wrong(CsvFault.RowTooLong);
        _cell.Append(Next());
    }

    private char Next()
    {
        var c = _buffer[_at++];
        if (c == '\r' || (c == '\n' && !_afterReturn))
            (_line, _column) = (_line + 1, 1);
        else if (c != '\n')
            _column++;
        _afterReturn = c == '\r';
        return c;
    }

    // -1 at the end.
    private int Peek()
    {
        while (_at == _end)
        {
            (_at, _end) = (0, text.Read(_buffer, 0, _buffer.Length));
            if (_end == 0)
                return -1;
            // The mark of an encoding is no text.
            if (!_begun && _buffer[0] == '\uFEFF')
                _at++;
            _begun = true;
        }
        return _buffer[_at];
    }

    private CsvException Wrong(CsvFault fault) => new(fault, _line, _column);
}
