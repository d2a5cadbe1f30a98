using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Gatehouse.Platform.Localization;

/// <summary>
/// Normalisation form KC of the Unicode standard (section 3.11), from a table of our own (packaging/tools/folding.py): without ICU
/// <c>string.Normalize</c> changes nothing.
/// </summary>
public static class Nfkc
{
    private static readonly Lazy<Table> Characters = new(Table.Load);

    /// <summary>The text in that form: <c>ＡＢＣ</c> is <c>ABC</c>, <c>ﬁ</c> is <c>fi</c>, A and a ring above are <c>Å</c>. Case stays as it is. Half a surrogate pair becomes U+FFFD.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var table = Characters.Value;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            table.Decompose(rune.Value, points);
        Sort(points, table);
        var composed = new StringBuilder(points.Count);
        foreach (var point in Composed(points, table))
            composed.Append(char.ConvertFromUtf32(point));
        return composed.ToString();
    }

    // Marks that follow each other go by their classes; those of one class stay in order.
    private static void Sort(List<int> points, Table table)
    {
        for (var i = 1; i < points.Count; i++)
            for (var j = i; j > 0 && table.Class(points[j]) is > 0 and var of && table.Class(points[j - 1]) > of; j--)
                (points[j], points[j - 1]) = (points[j - 1], points[j]);
    }

    // A starter takes each mark that nothing of its class or a higher one stands before.
    private static List<int> Composed(List<int> points, Table table)
    {
        var made = new List<int>(points.Count);
        var (starter, last) = (-1, 0);
        foreach (var point in points)
        {
            var of = table.Class(point);
            if (starter >= 0 && (starter == made.Count - 1 || last < of) && table.Compose(made[starter], point) is { } one)
            {
                made[starter] = one;
                continue;
            }
            if (of == 0)
                starter = made.Count;
            last = of;
            made.Add(point);
        }
        return made;
    }

    /// <summary>Decompositions by runs as those of <see cref="Folding"/>, classes by runs, composites by their parts.</summary>
    private sealed class Table
    {
        private const int Syllables = 0xAC00, Lead = 0x1100, Vowel = 0x1161, Trail = 0x11A7;
        private readonly List<(int First, int Last, int[] To)> _decompositions = [];
        private readonly List<(int First, int Last, int Class)> _classes = [];
        private FrozenDictionary<(int, int), int> _composites = FrozenDictionary<(int, int), int>.Empty;

        public void Decompose(int code, List<int> into)
        {
            var at = Find(_decompositions.Count, i => _decompositions[i].First, code);
            if (at < 0 || code > _decompositions[at].Last)
                into.Add(code);
            else if (_decompositions[at] is { To: [var only] } run)
                into.Add(only + code - run.First);
            else
                into.AddRange(_decompositions[at].To);
        }

        public int Class(int code) => code >= 0x300 && Find(_classes.Count, i => _classes[i].First, code) is >= 0 and var at && code <= _classes[at].Last ? _classes[at].Class : 0;

        // Hangul by arithmetic, section 3.12: a leading consonant and a vowel, then a trailing consonant.
        public int? Compose(int first, int second) => (first - Lead, second - Vowel) is ( >= 0 and < 19, >= 0 and < 21) ? Syllables + ((first - Lead) * 21 + second - Vowel) * 28
            : first is >= Syllables and < Syllables + 11172 && (first - Syllables) % 28 == 0 && second is > Trail and < Trail + 28 ? first + second - Trail
            : _composites.TryGetValue((first, second), out var one) ? one : null;

        public static Table Load()
        {
            var table = new Table();
            var composites = new Dictionary<(int, int), int>();
            using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("nfkc.txt")!);
            while (reader.ReadLine() is { } line)
            {
                var parts = line.Split(' ');
                var run = parts[1].Split('-');
                if (parts[0] == "d")
                    table._decompositions.Add((Hex(run[0]), Hex(run[^1]), [.. parts[2..].Select(Hex)]));
                else if (parts[0] == "c")
                    table._classes.Add((Hex(run[0]), Hex(run[^1]), int.Parse(parts[2], CultureInfo.InvariantCulture)));
                else if (parts[0] == "p")
                    composites[(Hex(parts[1]), Hex(parts[2]))] = Hex(parts[3]);
            }
            table._composites = composites.ToFrozenDictionary();
            return table;
        }

        // The last whose first is not beyond the code; -1 where there is none.
        private static int Find(int count, Func<int, int> first, int code)
        {
            var (low, high) = (0, count);
            while (low < high)
                if ((low + high) / 2 is var middle && first(middle) <= code)
                    low = middle + 1;
                else
                    high = middle;
            return low - 1;
        }

        private static int Hex(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
