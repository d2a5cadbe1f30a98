using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>The words: complete in both languages, none missing, none left over.</summary>
public sealed partial class LanguageTests
{
    /// <summary>Dates are put together differently in each language.</summary>
    private static readonly string[] OwnGaps = ["time.short", "time.short_year"];

    // Families whose keys end in what somebody else declares: a permission, a job, an action of the audit log, a code.
    private static readonly string[] Declaring = ["permission.", "job.", "security.", "audit.action.", "setting.", "error.", "operation.", "notice."];

    private static readonly List<WordFile> Files = [.. Directory.EnumerateDirectories(Repository.Path("App")).Order(StringComparer.Ordinal)
        .SelectMany(d => new[] { "en", "zh" }.Select(l => (Folder: d, Language: l, File: Path.Combine(d, "Words", l + ".json")))).Where(f => File.Exists(f.File))
        .Select(f => new WordFile(Path.GetFileName(f.Folder), f.Language, Load(f.File)))];

    private static readonly List<KeyValuePair<string, string>> EnList = [.. Files.Where(f => f.Language == "en").SelectMany(f => f.Words)];
    private static readonly List<KeyValuePair<string, string>> ZhList = [.. Files.Where(f => f.Language == "zh").SelectMany(f => f.Words)];
    private static readonly Dictionary<string, string> En = EnList.DistinctBy(w => w.Key).ToDictionary();
    private static readonly Dictionary<string, string> Zh = ZhList.DistinctBy(w => w.Key).ToDictionary();
    private static readonly IReadOnlyList<Source> App = Source.Under("App");
    private static readonly string All = string.Join('\n', App.Select(f => f.Text));

    /// <summary>What each top folder's sources say: its texts, and the beginnings of keys that it puts together.</summary>
    private static readonly Dictionary<string, (HashSet<string> Texts, List<string> Beginnings)> Saying = App.GroupBy(f => f.Folder.Split('.')[0]).ToDictionary(g => g.Key, g =>
    {
        var text = string.Join('\n', g.Select(f => f.Text));
        return (Texts().Matches(text).Select(m => m.Groups[1].Value).ToHashSet(), Beginning().Matches(text).Select(Began).Where(b => b != "error.").ToList());
    });

    /// <summary>What keys are put together from: <c>T("state." + state)</c>.</summary>
    private static readonly HashSet<string> Beginnings = [.. Saying.Values.SelectMany(s => s.Beginnings)];

    [Fact]
    public void Files_are_sorted_and_say_nothing_twice()
    {
        Assert.NotEmpty(Files);
        foreach (var file in Files)
            Assert.Equal(file.Words.Select(w => w.Key).Distinct().Order(StringComparer.Ordinal), file.Words.Select(w => w.Key));
    }

    [Fact]
    public void No_key_lies_with_two_features() =>
        Assert.Empty(Files.SelectMany(f => f.Words.Select(w => (f.Language, w.Key, f.Feature))).GroupBy(w => (w.Language, w.Key)).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key.Language} {g.Key.Key}: {string.Join(", ", g.Select(w => w.Feature))}"));

    [Fact]
    public void The_program_knows_the_words_of_all_features()
    {
        Assert.Equal(En.Keys.Order(StringComparer.Ordinal), Localizer.For("en").Words.Select(w => w.Key).Order(StringComparer.Ordinal));
        Assert.Equal(Zh.Keys.Order(StringComparer.Ordinal), Localizer.For("zh").Words.Select(w => w.Key).Order(StringComparer.Ordinal));
    }

    /// <summary>With a feature that uses it; what several use may lie with Platform, on which all stand.</summary>
    [Fact]
    public void A_key_lies_with_who_uses_it() =>
        Assert.Empty(from file in Files
                     from word in file.Words
                     let users = Users(word.Key)
                     where !users.Contains(file.Feature) && !(file.Feature == "Platform" && users.Count > 1)
                     select $"{file.Feature}/{file.Language}.json: {word.Key} is used by {string.Join(", ", users)}");

    [Fact]
    public void What_features_declare_has_its_words()
    {
        var keys = Program.Features.SelectMany(f => (string[])
        [
            .. f.Permissions.Select(p => "permission." + p.Name), .. f.Jobs.Select(j => "job." + j.Name), .. f.Notices.Select(n => "notice." + n.Name), .. f.ErrorCodes.Select(e => e.Key),
            .. f.Settings.SelectMany(s => new[] { $"setting.{s.Name}", $"setting.{s.Name}.hint", $"setting.{s.Name}.wrong" }),
            .. f.HealthChecks.Select(c => c.Title), .. f.Navigation.SelectMany(n => new[] { n.Label, n.Search }.OfType<string>()), .. f.PublicNavigation.Select(e => e.Label), .. f.ReaderValues.Select(v => v.Label),
            .. f.HomeGuides.SelectMany(g => g.Steps.SelectMany(step => new[] { step.Title, step.Text }).Append(g.Lead)),
        ]);
        Assert.Empty(keys.Where(k => !En.ContainsKey(k)));
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
    public void Every_security_event_and_audited_action_has_its_words()
    {
        var missing = new List<string>();
        foreach (var file in App)
        {
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
        || Declared.Errors.All.Any(e => e.Key == key);

    private static bool IsOne(string key) => key.EndsWith(".one", StringComparison.Ordinal);

    private static HashSet<string> Gaps(string words) => [.. Gap().Matches(words).Select(m => m.Value)];

    /// <summary>The top folders that use the key: that name it, else that declare what it ends in, else that put it together.</summary>
    private static List<string> Users(string key)
    {
        if (IsOne(key))
            return Users(key[..^4]);
        if (Those(s => s.Texts.Contains(key)) is { Count: > 0 } naming)
            return naming;
        foreach (var rest in Declaring.Where(d => key.StartsWith(d, StringComparison.Ordinal)).Select(d => Setting().Replace(key[d.Length..], "")))
            if ((rest.Contains('.') || key.StartsWith("error.", StringComparison.Ordinal) || key.StartsWith("setting.", StringComparison.Ordinal))
                && Those(s => s.Texts.Contains(rest)) is var declaring && declaring.Any(d => d != "Cli"))
                return declaring;
        return Those(s => s.Beginnings.Any(b => key.StartsWith(b, StringComparison.Ordinal)));

        static List<string> Those(Func<(HashSet<string> Texts, List<string> Beginnings), bool> says) => [.. Saying.Where(s => says(s.Value)).Select(s => s.Key)];
    }

    private static string Began(Match m) => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value;

    private static List<KeyValuePair<string, string>> Load(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. json.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!))];
    }

    private sealed record WordFile(string Feature, string Language, List<KeyValuePair<string, string>> Words);

    [GeneratedRegex(@"(?:\bT\(|\b[Tt]ext(?:\(\))?\[|\.Text\[|new Message\(|new Toast\([^,()]+,|Refusal\.Field\([^,()]+,|\.Wrong\([^,()]+,|\bMessage\.\w+\()(?<args>[^;\n]{0,200})")]
    private static partial Regex Uses();

    // Only a text that is a whole key: with a dot, in lower case.
    [GeneratedRegex("\"([a-z][a-z0-9_]*(?:\\.[A-Za-z0-9_]*)+)\"")]
    private static partial Regex Literal();


    [GeneratedRegex("\\.Record\\([^;\"]*?\"([a-z0-9_]+\\.[a-z0-9_.]+)\"")]
    private static partial Regex Security();

    [GeneratedRegex("[aA]udit\\.Write\\([^;\"]*?\"([a-z0-9_]+\\.[a-z0-9_.]+)\"")]
    private static partial Regex Audited();

    // "state." + state, and $"setting.{name}".
    [GeneratedRegex("\"([a-z_]+(?:\\.[a-z_]+)*\\.)\" ?\\+|\\$\"([a-z_]+(?:\\.[a-z_]+)*\\.)\\{")]
    private static partial Regex Beginning();

    [GeneratedRegex("\"([A-Za-z0-9_.]+)\"")]
    private static partial Regex Texts();

    [GeneratedRegex("\\.(hint|wrong)$")]
    private static partial Regex Setting();

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
