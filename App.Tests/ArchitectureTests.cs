using System.Text.RegularExpressions;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>
/// The layout's rules, read from the source: folders are namespaces, dependence points down between features and runs in no circle
/// between rooms, rooms and files stay small. What depends on what is found by <see cref="TypeIndex"/>.
/// </summary>
public sealed partial class ArchitectureTests
{
    private const int MaxLines = 250;
    private const int MaxProgramLines = 80;
    private const int MaxFiles = 14;

    /// <summary>The class that puts the product together, in the root folder.</summary>
    private const string Program = "";

    /// <summary>What a feature stands on directly; it may use all that those stand on as well.</summary>
    private static readonly Dictionary<string, string[]> StandsOn = new()
    {
        ["Platform"] = [],
        ["Derp"] = ["Platform"],
        ["Audit"] = ["Platform"],
        ["Messaging"] = ["Audit"],
        ["Accounts"] = ["Messaging"],
        ["Support"] = ["Accounts"],
        ["Webhooks"] = ["Accounts"],
        ["Devices"] = ["Accounts"],
        ["Licensing"] = ["Devices"],
        ["Billing"] = ["Licensing"],
        ["Relays"] = ["Billing"],
        ["Releases"] = ["Licensing"],
        ["LicensingApi"] = ["Releases"],
        ["Console"] = ["LicensingApi", "Relays", "Support", "Webhooks"],
        [Program] = ["Console"],
        ["Cli"] = [Program],
    };

    /// <summary>The relay is a wing of its own: who steers or starts one, and nobody else for standing on them.</summary>
    private static readonly string[] UseDerp = ["Relays", "Cli", Program];

    /// <summary>
    /// Third levels that are units of their own. Other third levels (an engine of Storage, the parts of Ui) know the second level as it
    /// knows them, and count as part of it; this one has pages, which stand on Ui, which stands on Http.
    /// </summary>
    private static readonly string[] OwnUnits = ["Platform.Http.OpenApi"];

    private static readonly IReadOnlyList<Source> App = Source.Under("App");
    private static readonly TypeIndex Types = new(App);

    private static readonly IReadOnlyList<Use> Uses = UsesOf(App, Types);

    /// <summary>A file uses something of another folder.</summary>
    private sealed record Use(string File, string From, string To, string Name)
    {
        public override string ToString() => $"{File} ({From}) uses {Name} of {To}";
    }

    [Fact]
    public void Every_feature_has_its_place_in_the_order()
    {
        Assert.NotEmpty(App);
        Assert.DoesNotContain(App.Select(f => Feature(f.Folder)), f => !StandsOn.ContainsKey(f));
    }

    [Fact]
    public void A_folder_is_its_namespace()
    {
        var wrong = new List<string>();
        foreach (var file in App.Where(f => f.Path != "Program.cs"))
        {
            var expected = file.Folder.Length == 0 ? "Gatehouse" : "Gatehouse." + file.Folder;
            var names = Namespace().Matches(file.Code).Select(m => m.Groups[1].Value).ToList();
            if (file.IsRazor ? names.Count > 0 : names is not [var only] || only != expected)
                wrong.Add($"{file.Path}: {string.Join(", ", names)} instead of {expected}");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Dependence_points_down_only() => None(Uses.Where(u => !MayUse(Feature(u.From), Feature(u.To)) && !IsStart(u)));

    [Fact]
    public void Rooms_depend_on_each_other_in_no_circle() =>
        None(InCircles(Uses.Where(u => !IsStart(u))).GroupBy(u => (u.From, u.To)).OrderBy(e => e.Count()).Select(e => e.First()));

    [Fact]
    public void No_room_uses_the_root_of_its_feature() =>
        None(Uses.Where(u => u.From.StartsWith(u.To + ".", StringComparison.Ordinal) && u.To == Feature(u.To)));

    [Fact]
    public void No_feature_is_imported_everywhere()
    {
        var wrong = App.Where(f => GlobalUsing().IsMatch(f.Code)).Select(f => f.Path).ToList();
        wrong.AddRange(App.Where(f => f.Path == "_Imports.razor").SelectMany(f => Imported().Matches(f.Code)).Select(m => m.Groups[1].Value)
            .Where(i => Feature(i) != "Platform").Select(i => "_Imports.razor: " + i));
        if (File.ReadAllText(Repository.Path("App", "App.csproj")).Contains("<Using Include=\"Gatehouse", StringComparison.Ordinal))
            wrong.Add("App.csproj");
        Assert.Empty(wrong);
    }

    /// <summary>A change from the shell that did not take the tenant's turn first could wait for one that did, and that one for it. Keys come in steps, each short.</summary>
    [Fact]
    public void What_the_shell_changes_takes_its_turn() =>
        Assert.Equal(["Cli/Licenses/KeysGenerateCommand.cs"], App.Where(s => s.Folder.StartsWith("Cli", StringComparison.Ordinal) && s.Code.Contains("Db.Write(", StringComparison.Ordinal)).Select(s => s.Path));

    /// <summary>The runtime tells of a task's fault that nobody has looked at: <c>ConfigureAwaitOptions.SuppressThrowing</c> looks.</summary>
    [Fact]
    public void No_fault_of_a_task_is_passed_over() => Assert.Empty(App.Where(f => f.Code.Contains(".ContinueWith(_ =>", StringComparison.Ordinal)).Select(f => f.Path));

    [Fact]
    public void Files_are_short()
    {
        var tooLong = App.Concat(Source.Under("App.Tests")).Where(f => f.Lines > MaxLines).Select(f => $"{f.Path}: {f.Lines}").ToList();
        tooLong.AddRange(App.Where(f => f.Path == "Program.cs" && f.Lines > MaxProgramLines).Select(f => $"Program.cs: {f.Lines}"));
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Rooms_are_small_and_two_levels_deep()
    {
        var rooms = App.GroupBy(f => f.Folder).ToDictionary(r => r.Key, r => r.Count());
        Assert.Empty(rooms.Where(r => r.Value > MaxFiles));
        // Only Platform is large enough for a third.
        Assert.Empty(rooms.Keys.Where(r => r.Split('.').Length > (Feature(r) == "Platform" ? 3 : 2)));
    }

    [Theory]
    [InlineData("using Gatehouse.Licensing.Plans; class X { Plan p; }", "Licensing.Plans Plan")]
    [InlineData("using X = Gatehouse.Licensing.Plans.Plan; class Y;", "Licensing.Plans Plan")]
    [InlineData("using static Gatehouse.Licensing.Plans.Plan; class X;", "Licensing.Plans Plan")]
    [InlineData("class X { object p = new Gatehouse.Licensing.Plans.Plan(); }", "Licensing.Plans Plan")]
    [InlineData("class X { object p = Licensing.Plans.Plan.None; }", "Licensing.Plans Plan")]
    [InlineData("class X { object p = Plans.Plan.None; }", "Licensing.Plans Plan")]
    [InlineData("class X { LicensingJson j; }", "Licensing LicensingJson")]
    [InlineData("using Gatehouse.Licensing.Plans; class X { string s = $\"{Plan.None}\"; }", "Licensing.Plans Plan")]
    [InlineData("using Gatehouse.Licensing.Plans; class X { object s = y.Priced(); }", "Licensing.Plans .Priced")]
    [InlineData("using Gatehouse.Licensing.Plans; class X { object[] s = [..Plan.All]; }", "Licensing.Plans Plan")]
    [InlineData("using Gatehouse.Licensing.Plans; class X { object s = y.Get<Plan>(); }", "Licensing.Plans Plan")]
    public void What_a_file_mentions_is_seen(string code, string expected) => Assert.Equal([expected], Mentioned("Licensing/Keys/X.cs", code));

    [Theory]
    [InlineData("@using Gatehouse.Licensing.Plans\n<PlanBox />", "Licensing.Plans PlanBox")]
    [InlineData("@using Gatehouse.Licensing.Plans\n<a title=\"@Plan.None\">", "Licensing.Plans Plan")]
    [InlineData("<Icon />", "Platform.Ui Icon")]
    public void What_a_page_mentions_is_seen(string code, string expected) => Assert.Equal([expected], Mentioned("Licensing/Keys/X.razor", code));

    [Theory]
    [InlineData("using Gatehouse.Licensing.Plans; class X;")]
    [InlineData("class X { Plan p; }")]
    [InlineData("using Gatehouse.Licensing.Plans; class X { object p = order.Plan; }")]
    [InlineData("using Gatehouse.Licensing.Plans; // Plan")]
    [InlineData("using Gatehouse.Licensing.Plans; class X { string s = \"Plan\"; }")]
    [InlineData("class X { object s = y.Priced(); }")]
    [InlineData("class X { Own o; }")]
    public void What_is_no_mention_is_not_taken_for_one(string code) => Assert.Empty(Mentioned("Licensing/Keys/X.cs", code));

    [Fact]
    public void A_circle_by_a_parent_namespace_is_found()
    {
        Source[] tree =
        [
            new("Shop/ShopSetup.cs", "namespace Gatehouse.Shop;\npublic class ShopSetup { Orders.Order o; }\n"),
            new("Shop/Orders/Order.cs", "namespace Gatehouse.Shop.Orders;\npublic class Order { ShopSetup s; }\n"),
            new("Shop/Carts/Cart.cs", "namespace Gatehouse.Shop.Carts;\npublic class Cart { Orders.Order o; }\n"),
        ];
        Assert.Equal(["Shop", "Shop.Orders"], InCircles(UsesOf(tree, new TypeIndex(tree))).Select(u => u.From).Order());
        Assert.Empty(InCircles(UsesOf(tree, new TypeIndex(tree)).Where(u => u.From != "Shop.Orders")));
    }

    // All of them are told: xunit shows five of a collection. Between two rooms on a circle it is one use, the rarer edges first.
    private static void None(IEnumerable<Use> uses) => Assert.Equal("", string.Join('\n', uses));

    private static List<string> Mentioned(string path, string code)
    {
        Source file = new(path, code.Replace("; class", ";\nclass", StringComparison.Ordinal).Replace("; //", ";\n//", StringComparison.Ordinal));
        Source[] tree =
        [
            file,
            new("_Imports.razor", "@using Gatehouse.Platform.Ui\n"),
            new("Licensing/LicensingJson.cs", "public class LicensingJson;\n"),
            new("Licensing/Plans/Plan.cs", "public sealed record Plan;\npublic static class Prices\n{\n    public static long Priced(this Plan plan) => 0;\n}\n"),
            new("Licensing/Plans/PlanBox.razor", "<div></div>"),
            new("Licensing/Keys/Own.cs", "class Own;\n"),
            new("Platform/Ui/Icon.razor", "<i></i>"),
        ];
        return [.. new TypeIndex(tree).Of(file).Select(m => $"{m.Folder} {m.Name}")];
    }

    private static List<Use> UsesOf(IReadOnlyList<Source> tree, TypeIndex types) =>
        [.. tree.SelectMany(f => types.Of(f).Select(m => new Use(f.Path, Unit(f.Folder), Unit(m.Folder), m.Name))).Where(u => u.From != u.To)];

    /// <summary>The uses between units that lie on a circle, or between two circles.</summary>
    private static List<Use> InCircles(IEnumerable<Use> uses)
    {
        var left = uses.ToList();
        for (var before = -1; before != left.Count;)
        {
            before = left.Count;
            // Nothing leads on from it, or nothing leads to it.
            left = [.. left.Where(u => left.Exists(v => v.From == u.To) && left.Exists(v => v.To == u.From))];
        }
        return left;
    }

    // The program's first line starts the command line, which builds the program for some of its commands.
    private static bool IsStart(Use use) => use is { File: "Program.cs", To: "Cli", Name: "CommandLine" };

    private static bool MayUse(string from, string to) =>
        from == to || (to == "Derp" ? UseDerp.Contains(from) : StandsOn[from].Any(below => MayUse(below, to)));

    private static string Feature(string name) => name.Split('.')[0];

    private static string Unit(string folder) =>
        OwnUnits.FirstOrDefault(u => folder == u || folder.StartsWith(u + ".", StringComparison.Ordinal)) ?? string.Join('.', folder.Split('.').Take(2));

    [GeneratedRegex(@"^\s*@?namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*global\s+using\s+(static\s+)?Gatehouse", RegexOptions.Multiline)]
    private static partial Regex GlobalUsing();

    [GeneratedRegex(@"^@using\s+(?:static\s+)?Gatehouse\.([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Imported();
}
