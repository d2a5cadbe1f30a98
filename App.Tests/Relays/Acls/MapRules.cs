using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gatehouse.Tests.Relays.Acls;

/// <summary>
/// The rules of a DERP map as its readers have them (tailcfg.DERPMap, headscale's loader), written down a second time and by other means
/// than the product's: whoever changes one of the two is told.
/// </summary>
internal static class MapRules
{
    public static void Hold(JsonElement map)
    {
        var regions = map.GetProperty("Regions").EnumerateObject().ToArray();
        Assert.InRange(regions.Length, 1, 100);
        var (codes, nodes) = (new HashSet<string>(), new HashSet<string>());
        foreach (var (key, region) in regions.Select(r => (r.Name, r.Value)))
        {
            Assert.InRange(int.Parse(key, CultureInfo.InvariantCulture), 900, 999);
            Assert.Equal(key, region.GetProperty("RegionID").GetRawText());
            Assert.True(codes.Add(region.GetProperty("RegionCode").GetString()!));
            Assert.NotEqual("", region.GetProperty("RegionName").GetString());
            var node = Assert.Single(region.GetProperty("Nodes").EnumerateArray());
            Assert.Equal(key, node.GetProperty("RegionID").GetRawText());
            Assert.True(nodes.Add(node.GetProperty("Name").GetString()!));
            foreach (var port in new[] { "DERPPort", "STUNPort" })
                Assert.InRange(node.GetProperty(port).GetInt32(), 1, 65535);
            Assert.Subset(new HashSet<string>(["Name", "RegionID", "HostName", "IPv4", "IPv6", "DERPPort", "STUNPort", "CertName"]), node.EnumerateObject().Select(m => m.Name).ToHashSet());
            var host = node.GetProperty("HostName").GetString()!;
            var addresses = new[] { "IPv4", "IPv6" }.Where(f => node.TryGetProperty(f, out _)).Select(f => node.GetProperty(f).GetString()!).ToArray();
            if (addresses.Length == 0)
            {
                // Looked up: a name that somebody has.
                Assert.Equal(UriHostNameType.Dns, Uri.CheckHostName(host));
                Assert.False(host.EndsWith(".invalid", StringComparison.Ordinal));
                continue;
            }
            Assert.Equal(2, addresses.Length);
            Assert.All(addresses, a => Assert.True(a == "none" || IPAddress.TryParse(a, out _)));
            Assert.Contains(addresses, a => a != "none");
            Assert.True(addresses.Contains(host) || Uri.CheckHostName(host) == UriHostNameType.Dns);
            Assert.Matches("^sha256-raw:[0-9a-f]{64}$", node.GetProperty("CertName").GetString());
        }
    }

    /// <summary>The map as "path = value" lines.</summary>
    public static List<string> Lines(JsonElement map) =>
        [.. from region in map.GetProperty("Regions").EnumerateObject()
            from line in region.Value.EnumerateObject().Where(m => m.Name != "Nodes").Concat(region.Value.GetProperty("Nodes")[0].EnumerateObject().Select(m => m))
            select $"{region.Name} {line.Name.ToLowerInvariant()} = {(line.Value.ValueKind == JsonValueKind.String ? line.Value.GetString() : line.Value.GetRawText())}"];

    /// <summary>The same of the YAML that headscale reads: as much of YAML as there is in it, and no more.</summary>
    public static List<string> YamlLines(string yaml)
    {
        var (lines, region) = (new List<string>(), "");
        var all = yaml.Split('\n');
        Assert.Equal(("regions:", ""), (all[0], all[^1]));
        foreach (var line in all[1..^1])
        {
            if (Regex.Match(line, "^  (\\d+):$") is { Success: true } head)
                region = head.Groups[1].Value;
            else if (line != "    nodes:")
            {
                var match = Regex.Match(line, "^(?:    |      - |        )([a-z0-9]+): (?:(\\d+)|\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\")$");
                Assert.True(match.Success, line);
                lines.Add($"{region} {match.Groups[1].Value} = {match.Groups[2].Value}{Regex.Replace(match.Groups[3].Value, "\\\\(.)", "$1")}");
            }
        }
        return lines;
    }
}
