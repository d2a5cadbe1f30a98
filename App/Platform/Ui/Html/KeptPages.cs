using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Platform.Ui.Html;

/// <summary>
/// Pages as they were sent to others who have not signed in, in pieces: between two of them stands the token that each visitor has for
/// themselves. What a page says is in its key, so none is ever old; those that nobody asks for any more go when there are too many.
/// </summary>
internal sealed class KeptPages
{
    /// <summary>Stands in a page that is to be kept where the visitor's own token belongs. Drawn at the start: no text has it in it.</summary>
    public static readonly string Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    // Two languages and three themes of ten businesses.
    private const int Most = 60;
    private static readonly byte[] Gap = Encoding.ASCII.GetBytes(Token);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>[]> _pages = [];

    /// <param name="key">All that the page is made of, but for the visitor's token.</param>
    public ReadOnlyMemory<byte>[]? Get(string key)
    {
        lock (_gate)
            return _pages.GetValueOrDefault(key);
    }

    public ReadOnlyMemory<byte>[] Add(string key, byte[] html)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var rest = html.AsMemory();
        for (int at; (at = rest.Span.IndexOf(Gap)) >= 0; rest = rest[(at + Gap.Length)..])
            pieces.Add(rest[..at]);
        pieces.Add(rest);
        lock (_gate)
        {
            if (_pages.Count >= Most)
                _pages.Clear();
            return _pages[key] = [.. pieces];
        }
    }

    public static void Write(IBufferWriter<byte> target, ReadOnlyMemory<byte>[] pieces, string token)
    {
        target.Write(pieces[0].Span);
        foreach (var piece in pieces.AsSpan(1))
        {
            Encoding.ASCII.GetBytes(token, target);
            target.Write(piece.Span);
        }
    }
}
