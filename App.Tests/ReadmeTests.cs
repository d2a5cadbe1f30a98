using System.Diagnostics;
using System.Text.RegularExpressions;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>The README says the same in both languages, and what it tells to type works.</summary>
public sealed partial class ReadmeTests
{
    private static readonly IReadOnlyList<Section> English = [.. Read("README.md")], Chinese = [.. Read("README.zh-CN.md")];

    [Fact]
    public void It_has_the_same_parts_in_both_languages() =>
        Assert.Equal(English.Select(s => (s.Level, s.Rows, s.Items)), Chinese.Select(s => (s.Level, s.Rows, s.Items)));

    [Fact]
    public void Each_part_names_the_same_things()
    {
        foreach (var (en, zh) in English.Zip(Chinese))
            Assert.True(en.Names.SetEquals(zh.Names), $"{en.Title} / {zh.Title}: {string.Join(", ", en.Names.Except(zh.Names))} | {string.Join(", ", zh.Names.Except(en.Names))}");
    }

    [Fact]
    public void What_is_to_be_typed_is_the_same_but_for_remarks() => Assert.Equal(English.SelectMany(s => s.Code).Select(Plain), Chinese.SelectMany(s => s.Code).Select(Plain));

    [Fact]
    public void Chinese_is_chinese()
    {
        foreach (var section in Chinese)
            Assert.DoesNotMatch("[\\p{IsCJKUnifiedIdeographs}][,;:?!][\\p{IsCJKUnifiedIdeographs}]", section.Text);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void Every_link_leads_somewhere(string file)
    {
        var text = File.ReadAllText(Repository.Path(file));
        var anchors = Heading().Matches(text).Select(m => Anchor(m.Groups["title"].Value)).ToHashSet();
        foreach (var target in Link().Matches(text).Select(m => m.Groups["to"].Value).Where(t => !t.StartsWith("http", StringComparison.Ordinal)))
            Assert.True(target[0] == '#' ? anchors.Contains(target[1..]) : Path.Exists(Repository.Path(target)), target);
    }

    [Fact]
    public async Task What_it_tells_programs_to_do_works_with_the_demo_data()
    {
        using var folder = new TestFolder();
        await using var server = await Serving.Start(folder.Path, "--demo");
        var token = (await Shell.Run("token", "create", "--name", "shop", "--role", "admin", "--data", folder.Path)).Lines[0];
        var script = string.Join('\n', English.Single(s => s.Title == "For programs").Code).Replace("http://127.0.0.1:8080", server.Address, StringComparison.Ordinal);
        using var shell = new Process
        {
            StartInfo = new("bash", ["-euo", "pipefail", "-c", $$"""curl() { command curl -sS --fail-with-body -w '\n' "$@"; }{{"\n" + script}}"""])
            {
                WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["TOKEN"] = token },
            },
        };
        shell.Start();
        var (said, wrong) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, await said + await wrong);
        var answers = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("\"valid\":true", answers[0], StringComparison.Ordinal);
        Assert.All(answers, a => Assert.Contains("\"success\":true", a, StringComparison.Ordinal));
        // The export lies in a file of its own.
        Assert.Contains(Directory.GetFiles(folder.Path, "*.txt"), f => File.ReadAllLines(f).Length > 100);
    }

    /// <param name="Names">What stands in code type.</param>
    private sealed record Section(int Level, string Title, string Text, HashSet<string> Names, int Rows, int Items, IReadOnlyList<string> Code);

    private static IEnumerable<Section> Read(string file)
    {
        var text = File.ReadAllText(Repository.Path(file));
        // A heading inside of a block is a remark.
        var blocks = Block().Matches(text).ToList();
        var headings = Heading().Matches(text).Where(h => !blocks.Exists(b => b.Index < h.Index && h.Index < b.Index + b.Length)).ToList();
        foreach (var (i, heading) in headings.Index())
        {
            var body = text[(heading.Index + heading.Length)..(i + 1 < headings.Count ? headings[i + 1].Index : text.Length)];
            var words = Block().Replace(body, "");
            yield return new(heading.Groups["level"].Length, heading.Groups["title"].Value, words, [.. Name().Matches(words).Select(m => m.Groups[1].Value.ReplaceLineEndings(" "))],
                words.Split('\n').Count(l => l.StartsWith('|')), words.Split('\n').Count(l => Item().IsMatch(l)), [.. Block().Matches(body).Select(m => m.Groups["code"].Value)]);
        }
    }

    private static string Plain(string code) => string.Join('\n', code.Split('\n').Where(l => !l.StartsWith('#')).Select(l => Remark().Replace(l, "")));

    // As the pages of repositories make them.
    private static string Anchor(string title) => string.Concat(title.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-')).Replace(' ', '-');

    [GeneratedRegex(@"^(?<level>#{1,4}) (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```\w*\n(?<code>.*?)^```\n?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"`([^`]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(- |\d+\. )")]
    private static partial Regex Item();

    [GeneratedRegex(@"\s+# .*$")]
    private static partial Regex Remark();

    [GeneratedRegex(@"\]\((?<to>[^)]+)\)")]
    private static partial Regex Link();
}
