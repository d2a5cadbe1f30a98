using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Acls;

/// <summary>
/// What must hold of a map before anybody gets it. Nobody checks it after us: Tailscale's control server takes a node without a region,
/// and its clients then break (<c>tailcfg.DERPMap</c>, tailscale#9526). It reads the finished text, not what that was made from.
/// </summary>
public static partial class AclRules
{
    /// <summary>What a map says where there is no address of a family; nothing would mean: ask DNS.</summary>
    public const string NoAddress = "none";

    // Of RFC 2606: no such name is ever found in DNS, and no authority signs one.
    private const string Nobodys = ".invalid";
    private const int MostRegions = 100;
    private static readonly string[] MapMembers = ["OmitDefaultRegions", "Regions"];
    private static readonly string[] RegionMembers = ["RegionID", "RegionCode", "RegionName", "Nodes"];

    // No InsecureForTests, which takes anybody's certificate; no STUNOnly, which relays nothing.
    private static readonly string[] NodeMembers = ["Name", "RegionID", "HostName", "IPv4", "IPv6", "DERPPort", "STUNPort", "CertName"];

    /// <summary>All that is wrong with a map; empty when it may be given away.</summary>
    public static IReadOnlyList<Message> Faults(JsonElement map)
    {
        var faults = new List<Message>();
        if (map.ValueKind != JsonValueKind.Object || !Members(map, MapMembers) || !map.TryGetProperty("Regions", out var regions) || regions.ValueKind != JsonValueKind.Object)
            return [new Message("acl.check.shape")];
        if (map.TryGetProperty("OmitDefaultRegions", out var omit) && omit.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            faults.Add(new Message("acl.check.shape"));
        var all = regions.EnumerateObject().ToList();
        if (all.Count == 0)
            faults.Add(new Message("acl.check.empty"));
        if (all.Count > MostRegions)
            faults.Add(new Message("acl.check.too_many", MostRegions));
        var nodes = new List<JsonElement>();
        foreach (var region in all)
            faults.AddRange(Region(region.Name, region.Value, nodes).Select(f => new Message(f, region.Name)));
        faults.AddRange(Twice(all.Select(r => r.Name)).Select(id => new Message("acl.check.region_twice", id)));
        faults.AddRange(Twice(all.Select(r => Text(r.Value, "RegionCode"))).Select(code => new Message("acl.check.code_twice", code)));
        faults.AddRange(Twice(nodes.Select(n => Text(n, "Name"))).Select(name => new Message("acl.check.node_twice", name)));
        faults.AddRange(Twice(nodes.SelectMany(Places)).Select(place => new Message("acl.check.place_twice", place)));
        return faults;
    }

    private static IEnumerable<string> Region(string key, JsonElement region, List<JsonElement> nodes)
    {
        if (region.ValueKind != JsonValueKind.Object || !Members(region, RegionMembers))
            return ["acl.check.region_shape"];
        var faults = new List<string>();
        var id = Number(region, "RegionID");
        if (id is null || id.Value.ToString(CultureInfo.InvariantCulture) != key)
            faults.Add("acl.check.region_id");
        else if (!RegionIds.AreOurs(id.Value))
            faults.Add("acl.check.region_range");
        if (Text(region, "RegionCode") is not { } code || !Code().IsMatch(code))
            faults.Add("acl.check.region_code");
        if (Text(region, "RegionName") is not { Length: > 0 and <= 100 } name || name.Trim() != name || name.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff'))
            faults.Add("acl.check.region_name");
        // Those of one region must pass on to each other, and ours do not know each other.
        if (!region.TryGetProperty("Nodes", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 1)
            return [.. faults, "acl.check.one_node"];
        nodes.Add(list[0]);
        return [.. faults, .. Node(list[0], id)];
    }

    private static IEnumerable<string> Node(JsonElement node, int? region)
    {
        if (node.ValueKind != JsonValueKind.Object || !Members(node, NodeMembers))
            return ["acl.check.node_shape"];
        var faults = new List<string>();
        if (Text(node, "Name") is not { } name || !Code().IsMatch(name))
            faults.Add("acl.check.node_name");
        if (Number(node, "RegionID") is not { } id || id != region)
            faults.Add("acl.check.node_region");
        // 0 would be a default, -1 none at all: a relay without STUN is never anybody's home.
        if (Number(node, "DERPPort") is not (> 0 and <= 65535) || Number(node, "STUNPort") is not (> 0 and <= 65535))
            faults.Add("acl.check.port");
        if (node.TryGetProperty("CertName", out _) && (Text(node, "CertName") is not { } cert || !(Pin().IsMatch(cert) || IsName(cert))))
            faults.Add("acl.check.cert_name");
        if (!Reached(node))
            faults.Add("acl.check.address");
        else if (Text(node, "HostName")!.EndsWith(Nobodys, StringComparison.OrdinalIgnoreCase) && !Pin().IsMatch(Text(node, "CertName") ?? ""))
            faults.Add("acl.check.pin");
        return faults;
    }

    // Where it is connected to. A client takes the addresses, and the host name only where there are none.
    private static IEnumerable<string> Places(JsonElement node) =>
        ((string?[])[Text(node, "HostName"), Text(node, "IPv4"), Text(node, "IPv6")]).Where(p => p is not null && p != NoAddress).Select(p => $"{p} {Number(node, "DERPPort")}").Distinct();

    // By a name that is looked up; by addresses that the host name is one of; or by addresses beside a name that only the certificate has:
    // the client connects to the address, and asks the certificate that has the pin for the host name (tlsdial.SetConfigExpectedCertHash).
    private static bool Reached(JsonElement node)
    {
        if (Text(node, "HostName") is not { } host)
            return false;
        bool v4 = node.TryGetProperty("IPv4", out _), v6 = node.TryGetProperty("IPv6", out _);
        string? four = Text(node, "IPv4"), six = Text(node, "IPv6");
        if ((v4 && four != NoAddress && !IsAddress(four, AddressFamily.InterNetwork)) || (v6 && six != NoAddress && !IsAddress(six, AddressFamily.InterNetworkV6)) || (four == NoAddress && six == NoAddress))
            return false;
        return v4 || v6 ? v4 && v6 && host != NoAddress && (IsName(host) || host == four || host == six)
            : IsName(host) && !host.EndsWith(Nobodys, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A name of DNS, not an address.</summary>
    internal static bool IsName(string text) => text.Length <= 253 && HostName().IsMatch(text);

    /// <summary>An address as .NET writes it, of a single machine.</summary>
    internal static bool IsAddress(string? text, AddressFamily family)
    {
        if (text is null || !IPAddress.TryParse(text, out var address) || address.AddressFamily != family || address.ToString() != text)
            return false;
        return family == AddressFamily.InterNetwork
            ? address.GetAddressBytes()[0] is > 0 and < 224
            : !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6 && !address.IsIPv6LinkLocal;
    }

    // None but these, none twice.
    private static bool Members(JsonElement json, string[] known)
    {
        var names = json.EnumerateObject().Select(m => m.Name).ToList();
        return names.TrueForAll(known.Contains) && names.Distinct().Count() == names.Count;
    }

    private static IEnumerable<string> Twice(IEnumerable<string?> all) => all.OfType<string>().GroupBy(v => v, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key);

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"^sha256-raw:[0-9a-f]{64}\z")]
    private static partial Regex Pin();

    // Its last label has a letter: else it would be read as an address.
    [GeneratedRegex(@"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*(?=[0-9-]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex HostName();
}
