using System.Text.Json;
using CsCheck;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Tests.Relays.Acls;

/// <summary>Maps in their three forms, held against the rules of the map as its readers have them; and maps that break one are given to nobody.</summary>
public sealed class AclDocumentTests
{
    private static readonly string Pin = "sha256-raw:" + new string('a', 64);
    private static readonly AclSlot Shanghai = new(910, "r42-sh", "上海 \"一\" \\", "910a", null, "203.0.113.10", null, 20443, 23478, Pin);
    private static readonly AclSlot Tokyo = new(911, "r42-tk", "Tokyo: 100%", "911a", "relay.example.com", null, null, 443, 3478, null);
    private static readonly AclSlot Oslo = new(905, "r42-os", "Oslo", "905a", null, null, "2001:db8::5", 443, 3478, Pin);

    [Fact]
    public void The_policy_is_what_tailscale_reads()
    {
        var documents = AclDocuments.Of([Shanghai, Tokyo, Oslo], new AclOptions());
        Assert.Equal("""
            {
            	"derpMap": {
            		"OmitDefaultRegions": false,
            		"Regions": {
            			"905": {
            				"RegionID": 905,
            				"RegionCode": "r42-os",
            				"RegionName": "Oslo",
            				"Nodes": [
            					{
            						"Name": "905a",
            						"RegionID": 905,
            						"HostName": "2001:db8::5",
            						"IPv4": "none",
            						"IPv6": "2001:db8::5",
            						"DERPPort": 443,
            						"STUNPort": 3478,
            						"CertName": "PIN"
            					}
            				]
            			},
            			"910": {
            				"RegionID": 910,
            				"RegionCode": "r42-sh",
            				"RegionName": "上海 \"一\" \\",
            				"Nodes": [
            					{
            						"Name": "910a",
            						"RegionID": 910,
            						"HostName": "203.0.113.10",
            						"IPv4": "203.0.113.10",
            						"IPv6": "none",
            						"DERPPort": 20443,
            						"STUNPort": 23478,
            						"CertName": "PIN"
            					}
            				]
            			},
            			"911": {
            				"RegionID": 911,
            				"RegionCode": "r42-tk",
            				"RegionName": "Tokyo: 100%",
            				"Nodes": [
            					{
            						"Name": "911a",
            						"RegionID": 911,
            						"HostName": "relay.example.com",
            						"DERPPort": 443,
            						"STUNPort": 3478
            					}
            				]
            			}
            		}
            	}
            }

            """.Replace("PIN", Pin, StringComparison.Ordinal), documents.Policy);
        using var policy = JsonDocument.Parse(documents.Policy);
        using var map = JsonDocument.Parse(documents.DerpMap);
        Assert.True(JsonElement.DeepEquals(policy.RootElement.GetProperty("derpMap"), map.RootElement));
    }

    [Fact]
    public void Headscale_gets_lower_case_names() => Assert.Equal("""
        regions:
          910:
            regionid: 910
            regioncode: "r42-sh"
            regionname: "上海 \"一\" \\"
            nodes:
              - name: "910a"
                regionid: 910
                hostname: "203.0.113.10"
                ipv4: "203.0.113.10"
                ipv6: "none"
                derpport: 20443
                stunport: 23478
                certname: "PIN"
          911:
            regionid: 911
            regioncode: "r42-tk"
            regionname: "Tokyo: 100%"
            nodes:
              - name: "911a"
                regionid: 911
                hostname: "relay.example.com"
                derpport: 443
                stunport: 3478

        """.Replace("PIN", Pin, StringComparison.Ordinal), AclDocuments.Of([Shanghai, Tokyo], new AclOptions(OmitDefaultRegions: true)).Headscale);

    [Fact]
    public void Numbers_and_names_can_be_others()
    {
        using var map = JsonDocument.Parse(AclDocuments.Of([Shanghai, Tokyo], new AclOptions(true, 940, new Dictionary<int, string> { [911] = "Home" })).DerpMap);
        Assert.True(map.RootElement.GetProperty("OmitDefaultRegions").GetBoolean());
        var regions = map.RootElement.GetProperty("Regions");
        Assert.Equal(["940", "941"], regions.EnumerateObject().Select(r => r.Name));
        Assert.Equal("Home", regions.GetProperty("941").GetProperty("RegionName").GetString());
        MapRules.Hold(map.RootElement);
    }

    /// <summary>Whatever slots there are: what is given away keeps the rules of its readers, in each form.</summary>
    [Fact]
    public void What_is_given_away_keeps_the_rules() => SomeSlots.Sample((slots, omit) =>
    {
        var documents = AclDocuments.Of(slots, new AclOptions(omit));
        using var map = JsonDocument.Parse(documents.DerpMap);
        MapRules.Hold(map.RootElement);
        Assert.Equal(MapRules.Lines(map.RootElement), MapRules.YamlLines(documents.Headscale));
    }, iter: 300);

    public static TheoryData<string, AclSlot[]> Bad() => new()
    {
        { "acl.check.empty", [] },
        { "acl.check.region_range", [Oslo with { RegionId = 899 }] },
        { "acl.check.region_range", [Oslo with { RegionId = 1000 }] },
        { "acl.check.region_code", [Oslo with { RegionCode = "" }] },
        { "acl.check.region_code", [Oslo with { RegionCode = "a b" }] },
        { "acl.check.region_name", [Oslo with { RegionName = " " }] },
        { "acl.check.region_name", [Oslo with { RegionName = "a\nb" }] },
        { "acl.check.region_name", [Oslo with { RegionName = "a\u0085b" }] },
        { "acl.check.region_name", [Oslo with { RegionName = new string('x', 101) }] },
        { "acl.check.node_name", [Oslo with { NodeName = "" }] },
        { "acl.check.port", [Oslo with { DerpPort = 0 }] },
        { "acl.check.port", [Oslo with { DerpPort = 65536 }] },
        { "acl.check.port", [Oslo with { StunPort = -1 }] },
        { "acl.check.cert_name", [Oslo with { CertName = "sha256-raw:" + new string('A', 64) }] },
        { "acl.check.cert_name", [Oslo with { CertName = "sha256-raw:" + new string('a', 63) }] },
        { "acl.check.cert_name", [Oslo with { CertName = "" }] },
        { "acl.check.address", [Oslo with { IPv6 = null }] },
        { "acl.check.address", [Oslo with { IPv6 = "fe80::1" }] },
        { "acl.check.address", [Oslo with { IPv6 = "::ffff:1.2.3.4" }] },
        { "acl.check.address", [Oslo with { IPv6 = "1.2.3.4" }] },
        { "acl.check.address", [Shanghai with { IPv4 = "0.0.0.0" }] },
        { "acl.check.address", [Shanghai with { IPv4 = "010.0.0.1" }] },
        { "acl.check.address", [Shanghai with { IPv4 = "239.1.1.1" }] },
        { "acl.check.address", [Shanghai with { IPv4 = "1.2.3" }] },
        { "acl.check.address", [Oslo with { HostName = "r1.relay.invalid", IPv6 = null }] },
        { "acl.check.pin", [Oslo with { HostName = "r1.relay.invalid", CertName = null }] },
        { "acl.check.pin", [Oslo with { HostName = "r1.relay.invalid", CertName = "r1.relay.invalid" }] },
        { "acl.check.place_twice", [Shanghai with { HostName = "r1.relay.invalid" }, Oslo with { HostName = "r2.relay.invalid", IPv4 = Shanghai.IPv4, DerpPort = Shanghai.DerpPort }] },
        { "acl.check.address", [Tokyo with { HostName = "1.2.3.4" }] },
        { "acl.check.address", [Tokyo with { HostName = "-x.example" }] },
        { "acl.check.address", [Tokyo with { HostName = "https://relay.example" }] },
        { "acl.check.address", [Tokyo with { HostName = "relay.example:443" }] },
        { "acl.check.address", [Tokyo with { HostName = "例子.cn" }] },
        { "acl.check.region_twice", [Tokyo, Oslo with { RegionId = 911 }] },
        { "acl.check.code_twice", [Tokyo, Oslo with { RegionCode = "R42-TK" }] },
        { "acl.check.node_twice", [Tokyo, Oslo with { NodeName = "911A" }] },
        { "acl.check.place_twice", [Tokyo, Oslo with { HostName = "Relay.example.com", IPv6 = null }] },
    };

    [Theory, MemberData(nameof(Bad))]
    public void What_breaks_a_rule_is_given_to_nobody(string key, AclSlot[] slots)
    {
        var e = Assert.Throws<Refusal>(() => AclDocuments.Of(slots, new AclOptions()));
        Assert.Equal(key, e.Fields["acl"].Key);
    }

    [Fact]
    public void More_than_a_hundred_relays_are_too_many() => Assert.Contains("acl.check.too_many",
        Faults("{\"Regions\":{" + string.Join(',', Enumerable.Range(900, 101).Select(i => $"\"{i}\":{{}}")) + "}}"));

    /// <summary>The rules read the text that is given away, not the slots: they see also what no slot can say.</summary>
    [Theory]
    [InlineData("\"STUNPort\":3478", "\"STUNPort\":3478,\"InsecureForTests\":true", "acl.check.node_shape")]
    [InlineData("\"STUNPort\":3478", "\"STUNPort\":3478,\"STUNOnly\":true", "acl.check.node_shape")]
    [InlineData("\"STUNPort\":3478", "\"STUNPort\":3478,\"STUNPort\":-1", "acl.check.node_shape")]
    [InlineData("\"STUNPort\":3478", "\"STUNPort\":\"3478\"", "acl.check.port")]
    [InlineData("\"STUNPort\":3478", "\"IPv4\":\"\"", "acl.check.port")]
    [InlineData("\"RegionID\":911,\"RegionCode\"", "\"RegionID\":910,\"RegionCode\"", "acl.check.region_id")]
    [InlineData("\"RegionID\":911,\"HostName\"", "\"RegionID\":910,\"HostName\"", "acl.check.node_region")]
    [InlineData("\"RegionID\":911,\"HostName\"", "\"HostName\"", "acl.check.node_region")]
    [InlineData("\"Nodes\":[", "\"Nodes\":[{},", "acl.check.one_node")]
    [InlineData("\"RegionCode\"", "\"Avoid\":true,\"RegionCode\"", "acl.check.region_shape")]
    [InlineData("\"OmitDefaultRegions\":false", "\"OmitDefaultRegions\":0", "acl.check.shape")]
    [InlineData("\"OmitDefaultRegions\":false", "\"HomeParams\":{}", "acl.check.shape")]
    [InlineData("\"911\":{", "\"911\":null,\"912\":{", "acl.check.region_shape")]
    [InlineData("\"911\":{", "\"0911\":{", "acl.check.region_id")]
    public void The_finished_text_is_what_is_checked(string part, string instead, string key)
    {
        using var good = JsonDocument.Parse(AclDocuments.Of([Tokyo], new AclOptions()).DerpMap);
        var text = JsonSerializer.Serialize(good.RootElement);
        Assert.Empty(Faults(text));
        Assert.Contains(part, text);
        Assert.Contains(key, Faults(text.Replace(part, instead, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_dead_link_gives_a_map_without_regions()
    {
        using var map = JsonDocument.Parse(AclDocuments.Dead);
        Assert.Empty(map.RootElement.GetProperty("Regions").EnumerateObject());
    }

    [Theory]
    [InlineData(new int[0], 3, 900)]
    [InlineData(new[] { 900, 912 }, 3, 920)]
    [InlineData(new[] { 900, 910, 920, 930, 940, 950, 960, 970, 980, 990 }, 3, 901)]
    [InlineData(new int[0], 99, 900)]
    [InlineData(new int[0], 100, null)]
    public void Free_numbers_are_found(int[] taken, int count, int? expected) => Assert.Equal(expected, RegionIds.FreeBase(taken, count));

    private static List<string> Faults(string map)
    {
        using var json = JsonDocument.Parse(map);
        return [.. AclRules.Faults(json.RootElement).Select(f => f.Key)];
    }

    internal static readonly Gen<(AclSlot[] Slots, bool Omit)> SomeSlots = Gen.Select(Gen.Int[900, 980], Gen.Select(Gen.Int[0, 4], Gen.Int[1, 65535], Gen.Int[1, 65535], Gen.String[Gen.Char["aé中\"\\:#'&*{}[],%@`|> -?!"], 0, 12]).Array[1, 9], Gen.Bool,
        (first, slots, omit) => (slots.Select((s, i) => new AclSlot(first + 2 * i, $"r7-{(char)('a' + i)}", ("n" + s.Item4).Trim(), $"{first + 2 * i}a", s.Item1 == 0 ? $"r{i}.example.net" : s.Item1 == 4 ? $"r{i}.relay.invalid" : null,
            s.Item1 is 1 or 3 or 4 ? $"192.0.2.{i + 1}" : null, s.Item1 is 2 or 3 ? $"2001:db8::{i + 1}" : null, s.Item2, s.Item3, s.Item1 == 0 && omit ? null : Pin)).ToArray(), omit));
}
