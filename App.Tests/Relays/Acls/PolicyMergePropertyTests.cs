using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Tests.Relays.Acls;

/// <summary>
/// Whatever policy it is: outside <c>derpMap</c> no character changes, a second time changes nothing at all, regions of others stay, and
/// the result is read by another reader of JSON with comments than the product's.
/// </summary>
public sealed class PolicyMergePropertyTests
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true };

    private static readonly Gen<string> Space = Gen.Frequency((6, Gen.Const("")), (3, One(" ", "\t", "\n", "\r\n", "\n\n  ")),
        (1, One("// \"derpMap\": {}, }\n", "/* { \" */", "/**/", "// é 中\r\n", "/* \"derpMap\" */")));

    private static readonly Gen<string> Quoted = One("\"\"", "\"derpMap\"", "\"http://x/*y*/\"", "\"}\\\"//\"", "\"a\\u0062\\\\\"", "\"中🔑\"", "\"*:*\"");
    private static readonly Gen<string> Name = One("\"acls\"", "\"groups\"", "\"hosts\"", "\"tests\"", "\"\\u0061cls\"", "\"x\\\"{\"");
    private static readonly Gen<string> Scalar = Gen.OneOf(Quoted, One("0", "-1.5e+3", "true", "false", "null", "[]", "{}"));
    private static readonly Gen<string> Any = Gen.Recursive<string>((depth, inner) => depth > 3 ? Scalar : Gen.Frequency((2, Scalar), (1, List(inner, "[", "]")), (1, List(Member(Name, inner), "{", "}"))));

    // Regions that are nobody's of ours, as people have them.
    private static readonly Gen<string> Region = Gen.Select(One("901", "1", "950", "999", "0903"), Space, One("null", "{\"RegionID\":1, /*x*/ \"Nodes\":[{\"Name\":\"own\"},],}", "{\n\t\"RegionCode\": \"own\" // c\n}"), (id, space, value) => $"\"{id}\"{space}:{value}");
    private static readonly Gen<string> Map = Gen.OneOf(Scalar, Any, List(Gen.OneOf(Gen.Const("\"HomeParams\":{ }"), Gen.Const("\"Other\":[1,]")), "{", "}"), List(Region, "{\"Regions\":{", "}}"), List(Region, "{ // r\r\n\"OmitDefaultRegions\":true,\"\\u0052egions\":{", "},}"));
    private static readonly Gen<string> MapName = One("\"derpMap\"", "\"DERPMap\"", "\"\\u0064erp\\u004dap\"");

    /// <summary>What stands before the map's value, the value, and what stands after it; without a value there is no such member, and it may be put in between.</summary>
    private static readonly Gen<(string Before, string? Map, string After)> Policies = Gen.Select(Space, Gen.Select(Member(Name, Any), Space).Array[0, 3], MapName, Gen.Select(Space, Map, Space), Gen.Select(Member(Name, Any), Space).Array[0, 3], Gen.Bool, Gen.Bool).Select((lead, before, name, map, after, comma, has) =>
    {
        var first = string.Concat(before.Select(m => m.Item1 + m.Item2 + ","));
        var last = string.Join(",", after.Select(m => m.Item1 + m.Item2)) + (comma && after.Length > 0 ? "," : "");
        return has ? ($"{lead}{{{first}{name}{map.Item1}:", map.Item2, $"{map.Item3}{(after.Length > 0 || comma ? "," : "")}{last}}}{lead}")
            : ($"{lead}{{", (string?)null, $"{first.TrimEnd(',')}{(before.Length > 0 && after.Length > 0 ? "," : "")}{last}}}{lead}");
    });

    [Fact]
    public void Only_the_map_changes_and_only_once() => Gen.Select(Policies, AclDocumentTests.SomeSlots).Sample((policy, ours) =>
    {
        var slots = ours.Slots.Select((s, i) => s with { RegionId = 910 + i, NodeName = $"{910 + i}a" }).ToArray();
        var text = policy.Before + policy.Map + policy.After;
        var options = new AclOptions(ours.Omit);
        var merged = PolicyMerge.Of(text, slots, options, []).Text!;

        Assert.StartsWith(policy.Before, merged, StringComparison.Ordinal);
        Assert.EndsWith(policy.After, merged, StringComparison.Ordinal);
        using var read = JsonDocument.Parse(WithoutComments(merged), Lenient);
        using var old = JsonDocument.Parse(WithoutComments(text), Lenient);
        Assert.Equal(Others(old.RootElement), Others(read.RootElement));
        if (policy.Map is null)
            Assert.Matches("^\r?\n\t\"derpMap\": \\{", merged[policy.Before.Length..]);

        Assert.Equal(merged, PolicyMerge.Of(merged, slots, options, []).Text);

        using var own = JsonDocument.Parse(AclDocuments.Of(slots, options).DerpMap);
        var map = Theirs(read.RootElement)!.Value;
        Assert.Equal(ours.Omit, map.GetProperty("OmitDefaultRegions").GetBoolean());
        var regions = map.GetProperty("Regions").EnumerateObject().ToList();
        foreach (var region in own.RootElement.GetProperty("Regions").EnumerateObject())
            Assert.True(JsonElement.DeepEquals(region.Value, Assert.Single(regions, r => r.Name == region.Name).Value));
        Assert.Equal(Foreign(Theirs(old.RootElement)), Foreign(map));

        string[] Foreign(JsonElement? all) => all is { ValueKind: JsonValueKind.Object } there && there.TryGetProperty("Regions", out var list) && list.ValueKind == JsonValueKind.Object
            ? [.. list.EnumerateObject().Where(r => !slots.Any(s => $"{s.RegionId}" == r.Name)).Select(r => $"{r.Name} {r.Value.GetRawText()}").Order(StringComparer.Ordinal)] : [];
    }, iter: 400);

    private static JsonElement? Theirs(JsonElement root) => root.EnumerateObject().Where(m => m.Name.Equals("derpMap", StringComparison.OrdinalIgnoreCase)).Select(m => (JsonElement?)m.Value).SingleOrDefault();

    private static string[] Others(JsonElement root) => [.. root.EnumerateObject().Where(m => !m.Name.Equals("derpMap", StringComparison.OrdinalIgnoreCase)).Select(m => $"{m.Name}: {m.Value.GetRawText()}")];

    // The other reader takes none between a name and its colon.
    private static string WithoutComments(string text) => Regex.Replace(text, "\"(?:[^\"\\\\]|\\\\.)*\"|//[^\n]*|/\\*.*?\\*/", m => m.Value[0] == '"' ? m.Value : " ", RegexOptions.Singleline);

    private static Gen<string> One(params string[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);

    private static Gen<string> Member(Gen<string> name, Gen<string> value) => Gen.Select(Space, name, Space, Space, value, Space, (a, n, b, c, v, d) => $"{a}{n}{b}:{c}{v}{d}");

    private static Gen<string> List(Gen<string> one, string open, string close) => Gen.Select(one.Array[0, 4], Space, Gen.Bool, (all, space, comma) => $"{open}{space}{string.Join("," + space, all)}{(comma && all.Length > 0 ? "," : "")}{space}{close}");
}
