using System.Text.RegularExpressions;

namespace Gatehouse.Tests.Support;

/// <summary>A type or an extension method that a file uses, and the folder that declares it, as a namespace.</summary>
public sealed record Mention(string Folder, string Name);

/// <summary>
/// Which folder declares which types and extension methods, and which of them a file uses. What counts is that a file mentions a
/// name that it can see, by its own namespace and those around it as well as by a using: a using alone is no dependence, and
/// none is hidden by a parent namespace. Members of a type that is not named (through <c>var</c>) are not seen.
/// </summary>
public sealed partial class TypeIndex
{
    private const string Imports = "_Imports.razor";
    private readonly ILookup<string, string> _types, _extensions;
    private readonly HashSet<string> _folders;
    private readonly IReadOnlyList<string> _imports;

    public TypeIndex(IReadOnlyList<Source> sources)
    {
        var code = sources.Select(s => (s.Folder, s.Code)).ToList();
        _types = code.SelectMany(s => Declaration().Matches(s.Code).Select(m => (Name: m.Groups[1].Value, s.Folder)))
            .Concat(sources.Where(s => s.IsRazor).Select(s => (Name: Path.GetFileNameWithoutExtension(s.Path), s.Folder)))
            .Distinct().ToLookup(t => t.Name, t => t.Folder);
        _extensions = code.SelectMany(s => Extension().Matches(s.Code).Select(m => (Name: m.Groups[1].Value, s.Folder)))
            .Distinct().ToLookup(t => t.Name, t => t.Folder);
        _folders = [.. sources.SelectMany(s => Around(s.Folder))];
        _imports = sources.FirstOrDefault(s => s.Path == Imports) is { } imports ? [.. Usings(imports.Code)] : [];
    }

    /// <summary>What the file uses of other folders.</summary>
    public IReadOnlyList<Mention> Of(Source file)
    {
        var around = Around(file.Folder).ToList();
        var seen = Usings(file.Code).Concat(file.IsRazor ? _imports : []).ToHashSet();
        var body = NamespaceLine().Replace(UsingLine().Replace(file.Code, ""), "");
        var found = new HashSet<Mention>();
        foreach (Match word in Word().Matches(body))
            found.UnionWith(word.Groups["member"].Success ? Called(word) : Named(word.Value.Trim()));
        foreach (Match chain in Chain().Matches(body))
            if (Qualified(chain.Value.Split('.'), around) is { } mention)
                found.Add(mention);
        found.RemoveWhere(m => m.Folder == file.Folder);
        return [.. found];

        // The nearest namespace around wins, as for the compiler; else it is one of those that are imported.
        IEnumerable<Mention> Named(string name) => !_types.Contains(name) ? []
            : around.FirstOrDefault(_types[name].Contains) is { } near ? [new Mention(near, name)]
            : _types[name].Where(seen.Contains).Select(f => new Mention(f, name));

        IEnumerable<Mention> Called(Match call) => !call.Groups["call"].Success ? []
            : _extensions[call.Groups["member"].Value].Where(f => seen.Contains(f) || around.Contains(f)).Select(f => new Mention(f, "." + call.Groups["member"].Value));
    }

    // Gatehouse.Licensing.Plans.Plan or, from inside Gatehouse, Licensing.Plans.Plan.
    private Mention? Qualified(string[] names, List<string> around)
    {
        var whole = names[0] == "Gatehouse";
        for (var i = names.Length - 1; i > 0; i--)
        {
            var folder = string.Join('.', names[(whole ? 1 : 0)..i]);
            foreach (var from in whole ? [""] : around)
                if ((from.Length == 0 ? folder : $"{from}.{folder}") is { Length: > 0 } full && _folders.Contains(full) && _types[names[i]].Contains(full))
                    return new Mention(full, names[i]);
        }
        return null;
    }

    // The folder itself first, the root ("") last.
    private static IEnumerable<string> Around(string folder)
    {
        for (; folder.Length > 0; folder = folder.Contains('.') ? folder[..folder.LastIndexOf('.')] : "")
            yield return folder;
        yield return "";
    }

    private static IEnumerable<string> Usings(string code) => UsingLine().Matches(code).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"^(?:(?:public|internal|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|record\s+struct|record|struct|interface|enum|delegate\s+[\w<>?\[\],. ]+?)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b(\w+)(?:<[^<>()]*>)?\(\s*this\s")]
    private static partial Regex Extension();

    // Aliases and using static name a type: they are read as code.
    [GeneratedRegex(@"^\s*@?(?:global\s+)?using\s+Gatehouse\.([\w.]+)[ \t]*;?[ \t]*$", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"^\s*@?namespace\s+[\w.]+;?", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    // A member after a dot (but not after two: a range or a spread), with what makes a call of it; or a word by itself.
    [GeneratedRegex(@"(?<=(?<!\.)\.\s*)(?<member>\b[A-Za-z_]\w*)(?=(?<call>(?:\s*<[^<>();]*>)?\s*\()?)|\b[A-Za-z_]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")]
    private static partial Regex Chain();
}
