using System.Buffers;
using System.Text;

namespace Gatehouse.Platform.Csv;

/// <summary>Writes a table as RFC 4180 says, in UTF-8, with a heading. <see cref="CsvReader"/> reads back the very texts.</summary>
public sealed class CsvWriter
{
    private readonly IBufferWriter<byte> _target;

    /// <summary>Begins the table: the mark by which spreadsheets know UTF-8, and the heading.</summary>
    public CsvWriter(IBufferWriter<byte> target, params ReadOnlySpan<string?> heading)
    {
        _target = target;
        Encoding.UTF8.GetBytes("\uFEFF", target);
        Row(heading);
    }

    /// <summary>Writes a row; null is an empty cell.</summary>
    public void Row(params ReadOnlySpan<string?> cells)
    {
        for (var i = 0; i < cells.Length; i++)
            Encoding.UTF8.GetBytes((i == 0 ? "" : ",") + CsvCell.Encode(cells[i]), _target);
        // An empty line would be no row.
        Encoding.UTF8.GetBytes(cells.Length == 1 && string.IsNullOrEmpty(cells[0]) ? "\"\"\r\n" : "\r\n", _target);
    }
}
