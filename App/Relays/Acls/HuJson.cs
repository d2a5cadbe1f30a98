using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gatehouse.Relays.Acls;

/// <summary>
/// JSON (RFC 8259) with comments and one comma more after the last member: the form of Tailscale's policy file, read as strictly as
/// Tailscale reads it (github.com/tailscale/hujson). It says where everything stands, so that the rest may stay as it is.
/// </summary>
public sealed class HuJson
{
    private const int MaxDepth = 64;
    private readonly string _text;
    private readonly List<(int Start, int End)> _comments = [];
    private int _at;
    private int _depth;

    private HuJson(string text) => _text = text;

    public HuJsonValue Root { get; private set; } = null!;

    /// <summary>Where its comments stand.</summary>
    public IReadOnlyList<(int Start, int End)> Comments => _comments;

    /// <exception cref="HuJsonException">It is something else.</exception>
    public static HuJson Parse(string text)
    {
        var reader = new HuJson(text);
        reader.CheckText();
        reader.Space();
        reader.Root = reader.Value();
        reader.Space();
        return reader._at == text.Length ? reader : throw reader.Wrong("after_end");
    }

    /// <summary>The text of a file that came as bytes.</summary>
    /// <exception cref="HuJsonException">They are no UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (Span<char> two = stackalloc char[2]; bytes.Length > 0;)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) != OperationStatus.Done)
                throw Wrong(text.ToString(), text.Length, "encoding");
            text.Append(two[..rune.EncodeToUtf16(two)]);
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    /// <summary>Line and column of a place, from 1.</summary>
    public static (int Line, int Column) Place(string text, int at) => (text.AsSpan(0, at).Count('\n') + 1, at - text.LastIndexOf('\n', Math.Max(0, at - 1), at));

    internal static HuJsonException Wrong(string text, int at, string fault)
    {
        var (line, column) = Place(text, at);
        return new HuJsonException(fault, line, column, Shown(text, at));
    }

    // What stands there, to recognise it by: a word or a sign.
    private static string Shown(string text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 20 && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.'))
            end++;
        if (end == at && at < text.Length && !char.IsControl(text[at]))
            end += char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        return text[at..end];
    }

    private char Now => _at < _text.Length ? _text[_at] : '\0';

    private HuJsonException Wrong(string fault) => Wrong(_text, _at, fault);

    // A half of a pair is no text, and could not be written again. A mark of the byte order is refused by Tailscale.
    private void CheckText()
    {
        for (; _at < _text.Length; _at++)
        {
            if (!char.IsSurrogate(_text[_at]))
                continue;
            if (!Rune.TryGetRuneAt(_text, _at, out _))
                throw Wrong("encoding");
            _at++;
        }
        _at = 0;
        if (Now == '\ufeff')
            throw Wrong("byte_order_mark");
    }

    private void Space()
    {
        while (_at < _text.Length)
        {
            if (Now is ' ' or '\t' or '\r' or '\n')
                _at++;
            else if (Now == '/')
                Comment();
            else if (Now == '#')
                throw Wrong("hash");
            else
                return;
        }
    }

    private void Comment()
    {
        var start = _at;
        var (closing, fault) = (_at + 1 < _text.Length ? _text[_at + 1] : '\0') switch { '/' => ("\n", "last_comment"), '*' => ("*/", "comment_end"), _ => throw Wrong("slash") };
        var end = _text.IndexOf(closing, _at + 2, StringComparison.Ordinal);
        if (end < 0)
            throw Wrong(fault);
        _at = end + closing.Length;
        _comments.Add((start, _at));
    }

    private HuJsonValue Value()
    {
        var start = _at;
        switch (Now)
        {
            case '{' or '[':
                if (++_depth > MaxDepth)
                    throw Wrong("too_deep");
                var list = Now == '{' ? List('}', named: true) : List(']', named: false);
                _depth--;
                return new HuJsonValue(_text[start] == '{' ? HuJsonKind.Object : HuJsonKind.Array, start, _at, list);
            case '"':
                var content = Text();
                return new HuJsonValue(HuJsonKind.Text, start, _at, []) { Text = content };
            case '-' or (>= '0' and <= '9'):
                Number();
                return new HuJsonValue(HuJsonKind.Number, start, _at, []);
            default:
                foreach (var word in (ReadOnlySpan<string>)["true", "false", "null"])
                    if (_text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
                    {
                        _at += word.Length;
                        Ended();
                        return new HuJsonValue(HuJsonKind.Word, start, _at, []);
                    }
                throw Wrong(_at == _text.Length ? "cut" : Now == '\'' ? "single_quotes" : Now is ',' ? "comma" : "value");
        }
    }

    private List<HuJsonMember> List(char closing, bool named)
    {
        var members = new List<HuJsonMember>();
        _at++;
        for (Space(); Now != closing; Space())
        {
            var (start, name) = (_at, "");
            if (named)
            {
                name = Name();
                Space();
                if (Now != ':')
                    throw Wrong(_at == _text.Length ? "cut" : "colon");
                _at++;
                Space();
            }
            members.Add(new HuJsonMember(name, start, Value()));
            Space();
            if (Now == ',')
                _at++;
            else if (Now != closing)
                throw Wrong(_at == _text.Length ? "cut" : "no_comma");
        }
        _at++;
        return members;
    }

    private string Name() => Now == '"' ? Text() : throw Wrong(_at == _text.Length ? "cut" : Now == '\'' ? "single_quotes" : Now == ',' ? "comma" : "name");

    private string Text()
    {
        var (start, text) = (_at++, new StringBuilder());
        for (; Now != '"'; _at++)
        {
            if (Now < ' ')
                throw _at == _text.Length || Now is '\n' or '\r' ? Wrong(_text, start, "open_text") : Wrong("control");
            text.Append(Now == '\\' ? Escaped() : Now);
        }
        _at++;
        return text.ToString();
    }

    // Leaves _at at its last character.
    private char Escaped()
    {
        var start = _at++;
        switch (Now)
        {
            case '"' or '\\' or '/': return Now;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 < _text.Length && ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                _at += 4;
                return (char)unit;
            default: throw Wrong(_text, start, "escape");
        }
    }

    private void Number()
    {
        var start = _at;
        if (Now == '-')
            _at++;
        var whole = Digits();
        var good = whole == 1 || (whole > 1 && _text[_at - whole] != '0');
        if (good && Now == '.')
        {
            _at++;
            good = Digits() > 0;
        }
        if (good && Now is 'e' or 'E')
        {
            _at++;
            if (Now is '+' or '-')
                _at++;
            good = Digits() > 0;
        }
        if (!good || char.IsLetterOrDigit(Now) || Now is '.' or '_')
            throw Wrong(_text, start, "number");
    }

    private int Digits()
    {
        var start = _at;
        while (char.IsAsciiDigit(Now))
            _at++;
        return _at - start;
    }

    private void Ended()
    {
        if (char.IsLetterOrDigit(Now) || Now == '_')
            throw Wrong("value");
    }
}
