using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>The words: complete in both languages, none missing, none left over.</summary>
public sealed partial class LanguageTests
{
    /// <summary>Dates are put together differently in each language.</summary>
    private static readonly string[] OwnGaps = ["time.short", "time.short_year"];

    private static readonly List<KeyValuePair<string, string>> EnList = Load("en");
    private static readonly List<KeyValuePair<string, string>> ZhList = Load("zh");
    private static readonly Dictionary<string, string> En = EnList.DistinctBy(w => w.Key).ToDictionary();
    private static readonly Dictionary<string, string> Zh = ZhList.DistinctBy(w => w.Key).ToDictionary();
    private static readonly IReadOnlyList<Source> App = Source.Under("App");
    private static readonly string All = string.Join('\n', App.Select(f => f.Text));

    /// <summary>What keys are put together from: <c>T("state." + state)</c>.</summary>
    private static readonly HashSet<string> Beginnings = [.. Beginning().Matches(All).Select(m => m.Groups[1].Value).Where(b => b != "error.")];

    [Fact]
    public void Files_are_sorted_and_say_nothing_twice()
    {
        foreach (var words in new[] { EnList, ZhList })
            Assert.Equal(words.Select(w => w.Key).Distinct().Order(StringComparer.Ordinal), words.Select(w => w.Key));
    }

    [Fact]
    public void Both_languages_have_the_same_keys()
    {
        Assert.Empty(En.Keys.Where(k => !Zh.ContainsKey(k) && !IsOne(k)));
        Assert.Empty(Zh.Keys.Where(k => !En.ContainsKey(k)));
    }

    [Fact]
    public void Both_languages_have_the_same_gaps()
    {
        Assert.Empty(Zh.Where(w => !OwnGaps.Contains(w.Key) && !Gaps(w.Value).SetEquals(Gaps(En[w.Key]))).Select(w => $"{w.Key}: {En[w.Key]} / {w.Value}"));
        Assert.Empty(En.Where(w => IsOne(w.Key) && !Gaps(w.Value).IsSubsetOf(Gaps(En[w.Key[..^4]]))).Select(w => w.Key));
    }

    [Fact]
    public void Nothing_is_empty_or_has_loose_ends()
    {
        foreach (var (key, value) in EnList.Concat(ZhList))
        {
            Assert.False(value.Length == 0, key);
            // Save what joins the parts of a list.
            Assert.True(value.Trim() == value || value.Length <= 5, $"{key}: '{value}'");
            // It must be a format that string.Format takes.
            _ = CompositeFormat.Parse(value);
        }
    }

    [Fact]
    public void Every_key_that_the_source_names_exists()
    {
        var missing = new List<string>();
        foreach (var file in App)
            foreach (Match use in Uses().Matches(file.Text))
                foreach (Match literal in Literal().Matches(use.Groups["args"].Value))
                    if (!Exists(literal.Groups[1].Value))
                        missing.Add($"{file.Path}: {literal.Groups[1].Value}");
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_job_security_event_and_audited_action_has_its_words()
    {
        var missing = new List<string>();
        foreach (var file in App)
        {
            foreach (Match m in Job().Matches(file.Text))
                Need(file, "job." + m.Groups[1].Value);
            foreach (Match m in Security().Matches(file.Text))
                Need(file, "security." + m.Groups[1].Value);
            foreach (Match m in Audited().Matches(file.Text))
                Need(file, "audit.action." + m.Groups[1].Value);
        }
        Assert.Empty(missing);

        void Need(Source file, string key)
        {
            if (!En.ContainsKey(key))
                missing.Add($"{file.Path}: {key}");
        }
    }

    /// <summary>A text that looks like a key, in whatever place, is one: a typing error in it would show itself to people.</summary>
    [Fact]
    public void A_text_of_a_keys_family_is_a_key()
    {
        var families = En.Keys.Select(k => k.Split('.')[0]).ToHashSet();
        var missing = from file in App
                      from Match m in Literal().Matches(file.Text)
                      let text = m.Groups[1].Value
                      where text == text.ToLowerInvariant() && families.Contains(text.Split('.')[0]) && !Exists(text) && !FileName().IsMatch(text) && !Beginnings.Any(b => En.ContainsKey(b + text))
                      select $"{file.Path}: {text}";
        Assert.Empty(missing);
    }

    [Fact]
    public void No_key_is_left_over() => Assert.Equal([], En.Keys.Where(k => !IsUsed(k)));

    [Fact]
    public void Chinese_is_chinese()
    {
        Assert.Empty(Zh.Where(w => EnglishRun().IsMatch(Command().Replace(Gap().Replace(w.Value, ""), ""))).Select(w => $"{w.Key}: {w.Value}"));
        Assert.Empty(Zh.Where(w => TwoWords().IsMatch(Gap().Replace(En[w.Key], "")) && !Han().IsMatch(w.Value)).Select(w => $"{w.Key}: {w.Value}"));
    }

    // What ends in a dot is the beginning of a key that is put together.
    private static bool Exists(string key) => key.EndsWith('.') ? En.Keys.Any(k => k.StartsWith(key, StringComparison.Ordinal)) : En.ContainsKey(key);

    private static bool IsUsed(string key) =>
        All.Contains($"\"{key}\"", StringComparison.Ordinal)
        || Beginnings.Any(b => key.StartsWith(b, StringComparison.Ordinal))
        || (IsOne(key) && IsUsed(key[..^4]))
        || DeclaredErrors.Catalogue().All.Any(e => e.Key == key);

    private static bool IsOne(string key) => key.EndsWith(".one", StringComparison.Ordinal);

    private static HashSet<string> Gaps(string words) => [.. Gap().Matches(words).Select(m => m.Value)];

    private static List<KeyValuePair<string, string>> Load(string language)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("App", "Platform", "Localization", "Words", language + ".json")));
        return [.. json.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!))];
    }

    [GeneratedRegex(@"(?:\bT\(|\b[Tt]ext(?:\(\))?\[|\.Text\[|new Message\(|new Toast\([^,()]+,|Refusal\.Field\([^,()]+,|\.Wrong\([^,()]+,)(?<args>[^;\n]{0,200})")]
    private static partial Regex Uses();

    // Only a text that is a whole key: with a dot, in lower case.
    [GeneratedRegex("\"([a-z][a-z0-9_]*(?:\\.[A-Za-z0-9_]*)+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("AddJob\\(\\s*\"([a-z0-9_.]+)\"")]
    private static partial Regex Job();

    [GeneratedRegex("\\.Record\\([^;\"]*?\"([a-z0-9_]+\\.[a-z0-9_.]+)\"")]
    private static partial Regex Security();

    [GeneratedRegex("[aA]udit\\.Write\\([^;\"]*?\"([a-z0-9_]+\\.[a-z0-9_.]+)\"")]
    private static partial Regex Audited();

    [GeneratedRegex("\"([a-z_]+(?:\\.[a-z_]+)*\\.)\" ?\\+")]
    private static partial Regex Beginning();

    [GeneratedRegex("\\.(css|js|svg|log|json|jsonl|csv|txt|sql|db|key|html)$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\{\d+(:[^}]*)?\}")]
    private static partial Regex Gap();

    [GeneratedRegex("[a-z]{2,} [a-z]{2,} [a-z]{2,}")]
    private static partial Regex EnglishRun();

    // What is typed at the shell stays as it is.
    [GeneratedRegex("gatehouse [a-z -]+")]
    private static partial Regex Command();

    [GeneratedRegex("[A-Za-z]{2,} [a-z]{2,}")]
    private static partial Regex TwoWords();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();
}
