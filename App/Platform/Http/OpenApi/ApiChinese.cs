using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Http.OpenApi;

/// <summary>
/// What the description of the API says, in Chinese, for <c>/docs</c>: by its English lines (<c>ApiWords.zh.json</c>), of which one may have a
/// gap, <c>{}</c>, for what differs. A test tells of each line that has no Chinese, and of each that nobody says.
/// </summary>
internal static class ApiChinese
{
    private const string Gap = "{}";
    private static readonly Lazy<Words> Known = new(Read);

    private sealed record Words(FrozenDictionary<string, string> Whole, IReadOnlyList<(string Before, string After, string Chinese)> Gaps);

    /// <summary>All lines, with their gaps.</summary>
    public static IEnumerable<KeyValuePair<string, string>> All => Known.Value.Whole.Concat(Known.Value.Gaps.Select(g => KeyValuePair.Create(g.Before + Gap + g.After, g.Chinese)));

    /// <summary>The text in the reader's language.</summary>
    public static string Said(Localizer text, string english) => text.Language == "zh" ? string.Join('\n', english.Split('\n').Select(l => Line(l.Trim()) ?? l)) : english;

    /// <summary>One line in Chinese; null: nobody has put it so.</summary>
    public static string? Line(string english)
    {
        if (english.Length == 0)
            return "";
        var (whole, gaps) = Known.Value;
        if (whole.TryGetValue(english, out var chinese))
            return chinese;
        foreach (var (before, after, words) in gaps)
            if (english.Length >= before.Length + after.Length && english.StartsWith(before, StringComparison.Ordinal) && english.EndsWith(after, StringComparison.Ordinal))
                return words.Replace(Gap, english[before.Length..^after.Length], StringComparison.Ordinal);
        return null;
    }

    private static Words Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("api-words.zh.json")!;
        using var json = JsonDocument.Parse(stream);
        var all = json.RootElement.EnumerateObject().ToLookup(w => w.Name.Contains(Gap, StringComparison.Ordinal), w => (English: w.Name, Chinese: w.Value.GetString()!));
        return new(all[false].ToFrozenDictionary(w => w.English, w => w.Chinese), [.. all[true].Select(w => w.English.Split(Gap) is [var before, var after] ? (before, after, w.Chinese) : throw new InvalidDataException($"More than one gap: {w.English}"))]);
    }
}
