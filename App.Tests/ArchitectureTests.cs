using System.Text.RegularExpressions;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>The layout's rules, read from the source: folders are namespaces, imports point down, files stay short.</summary>
public sealed partial class ArchitectureTests
{
    private const int MaxLines = 300;
    private const int MaxProgramLines = 80;

    /// <summary>Who may import whom. <c>Program</c> is the root folder.</summary>
    private static readonly Dictionary<string, string[]> MayImport = new()
    {
        ["Platform"] = [],
        ["Operations"] = ["Platform"],
        ["Accounts"] = ["Operations", "Platform"],
        ["Devices"] = ["Accounts", "Operations", "Platform"],
        ["Licensing"] = ["Devices", "Accounts", "Operations", "Platform"],
        ["Billing"] = ["Licensing", "Devices", "Accounts", "Operations", "Platform"],
        ["Relays"] = ["Billing", "Licensing", "Devices", "Accounts", "Operations", "Platform"],
        ["Releases"] = ["Accounts", "Operations", "Platform"],
        ["Cli"] = ["Relays", "Releases", "Billing", "Licensing", "Devices", "Accounts", "Operations", "Platform"],
        [""] = ["Cli", "Relays", "Releases", "Billing", "Licensing", "Devices", "Accounts", "Operations", "Platform"],
    };

    private static readonly IReadOnlyList<Source> App = Source.Under("App");

    [Fact]
    public void Every_folder_has_its_place_in_the_order()
    {
        Assert.NotEmpty(App);
        Assert.DoesNotContain(App.Select(f => Feature(f.Folder)), f => !MayImport.ContainsKey(f));
    }

    [Fact]
    public void A_folder_is_its_namespace()
    {
        var wrong = new List<string>();
        foreach (var file in App.Where(f => f.Path != "Program.cs"))
        {
            var expected = file.Folder.Length == 0 ? "Gatehouse" : "Gatehouse." + file.Folder;
            var names = Namespace().Matches(file.Code).Select(m => m.Groups[1].Value).ToList();
            if (file.Path.EndsWith(".cs", StringComparison.Ordinal) ? names is not [var only] || only != expected : names.Count > 0)
                wrong.Add($"{file.Path}: {string.Join(", ", names)} instead of {expected}");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Imports_point_down_only()
    {
        var wrong = from file in App
                    let own = Feature(file.Folder)
                    from imported in Imports(file).Select(Feature).Distinct()
                    where imported != own && !MayImport[own].Contains(imported)
                    select $"{file.Path} imports {imported}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_namespaces_of_a_feature_import_each_other_in_no_circle()
    {
        var edges = App.Where(f => f.Folder.Length > 0)
            .SelectMany(f => Imports(f).Select(i => (From: Unit(f.Folder), To: Unit(i))))
            .Where(e => e.From != e.To).Distinct().ToLookup(e => e.From, e => e.To);
        var circles = new List<string>();
        foreach (var start in edges.Select(e => e.Key))
            Walk(start, [start]);
        Assert.Empty(circles);

        void Walk(string at, List<string> path)
        {
            foreach (var next in edges[at])
            {
                if (next == path[0])
                    circles.Add(string.Join(" -> ", path.Append(next)));
                else if (!path.Contains(next))
                    Walk(next, [.. path, next]);
            }
        }
    }

    [Fact]
    public void No_feature_is_imported_everywhere()
    {
        var wrong = App.Where(f => GlobalUsing().IsMatch(f.Code)).Select(f => f.Path).ToList();
        wrong.AddRange(App.Where(f => f.Path == "_Imports.razor").SelectMany(Imports).Where(i => Feature(i) != "Platform").Select(i => "_Imports.razor: " + i));
        if (File.ReadAllText(Repository.Path("App", "App.csproj")).Contains("<Using Include=\"Gatehouse", StringComparison.Ordinal))
            wrong.Add("App.csproj");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Files_are_short()
    {
        var tooLong = App.Concat(Source.Under("App.Tests")).Where(f => f.Lines > MaxLines).Select(f => $"{f.Path}: {f.Lines}").ToList();
        tooLong.AddRange(App.Where(f => f.Path == "Program.cs" && f.Lines > MaxProgramLines).Select(f => $"Program.cs: {f.Lines}"));
        Assert.Empty(tooLong);
    }

    [Theory]
    [InlineData("using Gatehouse.Licensing;", "Licensing")]
    [InlineData("@using Gatehouse.Billing", "Billing")]
    [InlineData("using static Gatehouse.Relays.Maps;", "Relays.Maps")]
    [InlineData("using X = Gatehouse.Accounts.Staff;", "Accounts.Staff")]
    [InlineData("var a = Gatehouse.Devices.Device.None;", "Devices.Device.None")]
    [InlineData("var a = Devices.Device.None;", "Devices")]
    public void An_import_in_any_dress_is_seen(string text, string expected) => Assert.Contains(expected, Imports(new Source("x.cs", text)));

    [Theory]
    [InlineData("// using Gatehouse.Licensing;")]
    [InlineData("var a = \"Gatehouse.Licensing\";")]
    [InlineData("shop.Devices.Count();")]
    public void What_is_no_import_is_not_taken_for_one(string text) => Assert.Empty(Imports(new Source("x.cs", text)));

    private static IEnumerable<string> Imports(Source file) => Mention().Matches(Namespace().Replace(file.Code, ""))
        .Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value);

    private static string Feature(string name) => name.Split('.')[0];

    // Shell is a part of Web: its layouts and the code that renders them know each other.
    private static string Unit(string name) => string.Join('.', name.Split('.').Take(name.StartsWith("Platform.", StringComparison.Ordinal) ? 2 : 1));

    [GeneratedRegex(@"^\s*@?namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*global\s+using\s+(static\s+)?Gatehouse", RegexOptions.Multiline)]
    private static partial Regex GlobalUsing();

    // A namespace inside Gatehouse sees its sisters by their short name too.
    [GeneratedRegex(@"\bGatehouse\.((?:\w+\.)*\w+)|(?<![\w.""])(Platform|Operations|Accounts|Devices|Licensing|Billing|Relays|Releases|Cli)\.[A-Z]")]
    private static partial Regex Mention();
}
