using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Platform.Localization;

/// <summary>The words of one language, each feature's own (<c>Words/*.json</c>) put together. A key that is missing fails a test, and shows itself as its own name.</summary>
public sealed class Localizer
{
    private static readonly FrozenDictionary<string, Localizer> Languages =
        new[] { Load("en"), Load("zh") }.ToFrozenDictionary(t => t.Language);

    private readonly FrozenDictionary<string, string> _words;

    private Localizer(string language, FrozenDictionary<string, string> words)
    {
        Language = language;
        _words = words;
    }

    /// <summary><c>en</c> or <c>zh</c>.</summary>
    public string Language { get; }

    /// <summary>For the <c>lang</c> attribute.</summary>
    public string HtmlLanguage => Language == "zh" ? "zh-CN" : "en";

    public static IEnumerable<Localizer> All => Languages.Values;

    public IEnumerable<KeyValuePair<string, string>> Words => _words;

    /// <summary>The language of that name, English where there is none.</summary>
    public static Localizer For(string? language) =>
        language is not null && Languages.TryGetValue(language, out var text) ? text : Languages["en"];

    /// <summary>The words with their gaps <c>{0}</c> filled. Whole numbers get thousands separators.</summary>
    public string this[string key, params object?[] args]
    {
        get
        {
            if (args.Length > 0 && args[0] is 1 or 1L && _words.TryGetValue(key + ".one", out var one))
                return string.Format(CultureInfo.InvariantCulture, one, args);
            if (!_words.TryGetValue(key, out var words))
                return key;
            return args.Length == 0 ? words : string.Format(CultureInfo.InvariantCulture, words, Array.ConvertAll(args, Number));
        }
    }

    public bool Has(string key) => _words.ContainsKey(key);

    public string this[Message message] => Say(message, at => Format.Iso(at.ToUnixTimeMilliseconds()));

    /// <summary>The message in words, its times as <paramref name="time"/> writes them. One of another version may have other gaps or no words here: what there is is shown.</summary>
    public string Say(Message message, Func<DateTimeOffset, string> time)
    {
        var args = Array.ConvertAll<object, object?>(message.Args ?? [], arg => arg switch { DateTimeOffset at => time(at), Message inner => Say(inner, time), _ => arg });
        if (!_words.TryGetValue(message.Key, out var words))
            return string.Join(' ', args.Prepend(message.Key)).Trim();
        if (CompositeFormat.Parse(words).MinimumArgumentCount is var gaps && gaps > args.Length)
            args = [.. args, .. Enumerable.Repeat("", gaps - args.Length)];
        return this[message.Key, args].Trim();
    }

    private static object? Number(object? arg) => arg is int or long ? string.Format(CultureInfo.InvariantCulture, "{0:N0}", arg) : arg;

    // A key that two features define stops the program at its first words: Add throws.
    private static Localizer Load(string language)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var words = new Dictionary<string, string>();
        foreach (var file in assembly.GetManifestResourceNames().Where(n => n.StartsWith("words/", StringComparison.Ordinal) && n.EndsWith($"/{language}.json", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(file)!;
            using var json = JsonDocument.Parse(stream);
            foreach (var word in json.RootElement.EnumerateObject())
                words.Add(word.Name, word.Value.GetString()!);
        }
        return new Localizer(language, words.ToFrozenDictionary());
    }
}

/// <summary>Which language a request is answered in: the visitor's switch, else what the browser asks for.</summary>
public static class LocalizerExtensions
{
    public const string Cookie = "gh-lang";

    public static Localizer Text(this HttpContext ctx)
    {
        if (ctx.Items.TryGetValue(typeof(Localizer), out var known))
            return (Localizer)known!;
        var text = Localizer.For(ctx.Request.Cookies[Cookie] ?? Preferred(ctx.Request.Headers.AcceptLanguage.ToString()));
        ctx.Items[typeof(Localizer)] = text;
        return text;
    }

    /// <summary>The site speaks no other language: the request is answered in it, whatever the visitor asks for.</summary>
    public static void SpeaksOnly(this HttpContext ctx, string language) => ctx.Items[typeof(Localizer)] = Localizer.For(language);

    // RFC 9110 section 12.5.4, for two languages: the one with the greater weight, the earlier where they are equal.
    internal static string Preferred(string accept)
    {
        var best = ("en", 0.0);
        foreach (var part in accept.Split(',', 20, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var pieces = part.Split(';', StringSplitOptions.TrimEntries);
            var weight = pieces.Length > 1 && pieces[1].StartsWith("q=", StringComparison.Ordinal)
                && double.TryParse(pieces[1].AsSpan(2), NumberStyles.Float, CultureInfo.InvariantCulture, out var q) ? q : 1.0;
            var language = pieces[0].StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh"
                : pieces[0].StartsWith("en", StringComparison.OrdinalIgnoreCase) ? "en" : null;
            if (language is not null && weight > best.Item2)
                best = (language, weight);
        }
        return best.Item1;
    }
}
