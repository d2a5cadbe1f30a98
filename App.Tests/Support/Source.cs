using System.Text.RegularExpressions;

namespace Gatehouse.Tests.Support;

/// <summary>A source file of the product, for tests that read the source.</summary>
public sealed partial record Source(string Path, string Text)
{
    /// <summary>Every .cs and .razor file under a folder of the repository, by its path from there.</summary>
    public static IReadOnlyList<Source> Under(string folder)
    {
        var root = Repository.Path(folder);
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(f => (Full: f, Path: System.IO.Path.GetRelativePath(root, f).Replace('\\', '/')))
            .Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal) || f.Path.EndsWith(".razor", StringComparison.Ordinal))
            .Where(f => !f.Path.StartsWith("bin/", StringComparison.Ordinal) && !f.Path.StartsWith("obj/", StringComparison.Ordinal))
            .Select(f => new Source(f.Path, File.ReadAllText(f.Full)))
            .OrderBy(s => s.Path, StringComparer.Ordinal)];
    }

    /// <summary>The folder it lies in, as a namespace: <c>Platform.Ui.Lists</c>; empty at the root.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('/', '.');

    public bool IsRazor => Path.EndsWith(".razor", StringComparison.Ordinal);

    public int Lines => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    /// <summary>Without comments and the insides of strings. What is code inside of them stays: the gaps of <c>$"{…}"</c>, the attributes of Razor.</summary>
    public string Code => Noise().Replace(Text, m =>
        m.Value[0] == '$' ? string.Join(' ', Gap().Matches(m.Value).Select(g => g.Groups[1].Value)) + " \"\""
        : m.Value[0] is not ('"' or '\'') ? " "
        : IsRazor && m.Index > 0 && Text[m.Index - 1] == '=' ? $" {m.Value.Trim('"')} "
        : "\"\"");

    /// <summary>What stands between double quotes, where comments are left out.</summary>
    public IEnumerable<string> Strings => Noise().Matches(Text).Select(m => m.Value.TrimStart('$', '@')).Where(m => m.StartsWith('"')).Select(m => m.Trim('"'));

    // In turn: raw strings, strings, characters, line and block comments, Razor comments.
    [GeneratedRegex("\\$*\"\"\".*?\"\"\"|\\$?\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])'|(?<!:)//[^\\n]*|/\\*.*?\\*/|@\\*.*?\\*@", RegexOptions.Singleline)]
    private static partial Regex Noise();

    [GeneratedRegex("\\{([^{}\"]*)\\}")]
    private static partial Regex Gap();
}
