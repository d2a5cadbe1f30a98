using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Tests.Relays.Acls;

/// <summary>People's policies with our relays in them: what is theirs stays, to the last sign.</summary>
public sealed class PolicyMergeTests
{
    private static readonly AclSlot Slot = new(910, "r42-sh", "Shanghai", "910a", "sh.example.com", null, null, 443, 3478, null);

    [Fact]
    public void The_map_comes_into_the_lines_that_are_there()
    {
        var merged = Merge("// mine\r\n{\r\n  \"acls\": [ {\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"],} ], // all\r\n  \"derpMap\": null, // none yet\r\n}\r\n");
        Assert.Equal(
            """
            // mine
            {
              "acls": [ {"action": "accept", "src": ["*"], "dst": ["*:*"],} ], // all
              "derpMap": {
              	"OmitDefaultRegions": false,
              	"Regions": {
              		"910": {
              			"RegionID": 910,
              			"RegionCode": "r42-sh",
              			"RegionName": "Shanghai",
              			"Nodes": [
              				{
              					"Name": "910a",
              					"RegionID": 910,
              					"HostName": "sh.example.com",
              					"DERPPort": 443,
              					"STUNPort": 3478
              				}
              			]
              		}
              	}
              }, // none yet
            }

            """.Replace("\n", "\r\n", StringComparison.Ordinal), merged.Text);
        Assert.Empty(merged.Notes);
    }

    [Fact]
    public void Regions_of_others_stay_as_they_are_and_ours_are_replaced()
    {
        const string foreign = "\"901\": { /* theirs */ \"RegionID\": 901, \"RegionCode\": \"own\",\n \"Nodes\": [{\"Name\":\"own1\"}], }";
        var merged = Merge("{\"derpMap\": {\"Regions\": {\n  // old\n  \"910\": {\"RegionCode\":\"r42-sh\",\"Nodes\":[]}, \"1\": null, " + foreign
            + ", \"903\": {\"RegionID\":903,\"Nodes\":[{\"Name\":\"903a\"}]}}, \"OmitDefaultRegions\": true, \"HomeParams\": {\"RegionScore\": {\"901\": 0.5}}}}", former: [Slot with { RegionId = 903, RegionCode = "r42-x", NodeName = "903a" }]);
        Assert.Contains("\t\t\"1\": null,\n\t\t" + foreign + ",\n\t\t\"910\": {\n\t\t\t\"RegionID\": 910,", merged.Text);
        Assert.Contains("\"OmitDefaultRegions\": false", merged.Text);
        Assert.Contains("\"HomeParams\": {\"RegionScore\": {\"901\": 0.5}}\n}", merged.Text);
        Assert.DoesNotContain("903", merged.Text);
        Assert.Equal(["Regions that are not ours stay as they are: 1, 901.", "Comments inside the old derpMap go with it (lines: 2)."], merged.Notes.Select(n => Localizer.For("en")[n]));
    }

    [Fact]
    public void What_a_paste_lost_or_gained_is_mended_and_said()
    {
        var merged = Merge("\ufeff{\r\n}\r\n// end");
        Assert.StartsWith("{\r\n\t\"derpMap\": {\r\n", merged.Text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n}\r\n// end\r\n", merged.Text, StringComparison.Ordinal);
        Assert.Equal(["acl.merge.byte_order_mark", "acl.merge.last_line"], merged.Notes.Select(n => n.Key));
    }

    [Fact]
    public void A_number_of_somebody_elses_relay_is_not_written_over_and_a_free_one_is_offered()
    {
        var merged = Merge("{\"derpMap\": {\"Regions\": {\n\"910\": {\"RegionCode\": \"own\", \"RegionName\": \"Mine\"},\n\"900\": {}}}}");
        Assert.Null(merged.Text);
        Assert.Equal("Region 910 is in use in your policy by another relay (line 2): Mine", Localizer.For("en")[Assert.Single(merged.Clashes)]);
        Assert.Equal(920, merged.FreeBase);
        Assert.NotNull(PolicyMerge.Of("{\"derpMap\": {\"Regions\": {\"910\": {\"RegionCode\": \"own\"}}}}", [Slot], new AclOptions(Base: 920), []).Text);
    }

    [Fact]
    public void A_new_base_takes_the_place_of_the_old_numbers()
    {
        var first = Merge("{}").Text!;
        var moved = PolicyMerge.Of(first, [Slot], new AclOptions(Base: 920), []).Text!;
        Assert.Contains("\"920\": {", moved);
        Assert.DoesNotContain("\"910\": {", moved);
    }

    [Fact]
    public void A_name_of_somebody_elses_relay_is_seen_too()
    {
        var merged = Merge("{\"derpMap\": {\"regions\": {\"901\": {\"nodes\": [{\"NAME\": \"910\\u0061\"}]}}}}");
        Assert.Equal("acl.merge.node_taken", Assert.Single(merged.Clashes).Key);
        Assert.Null(merged.FreeBase);
    }

    [Theory]
    [InlineData("", "acl.policy.empty")]
    [InlineData(" \n", "acl.policy.empty")]
    [InlineData("[]", "acl.policy.not_object")]
    [InlineData("{\"derpMap\":{},\"DerpMap\":{}}", "acl.policy.twice")]
    [InlineData("{\"derpMap\":{\"Regions\":{},\"regions\":{}}}", "acl.policy.twice")]
    [InlineData("{\"derpMap\":{\"OmitDefaultRegions\":true,\"omitDefaultRegions\":false}}", "acl.policy.twice")]
    [InlineData("{\"derpMap\":{}", "acl.policy.cut")]
    public void What_cannot_be_read_is_refused(string policy, string key) => Assert.Equal(key, Assert.Throws<Refusal>(() => Merge(policy)).Fields["policy"].Key);

    [Fact]
    public void It_is_a_mebibyte_at_most()
    {
        string Long(int more) => "{\"a\":\"" + new string('é', (PolicyMerge.MaxSize - 8) / 2) + new string('x', more) + "\"}";
        Assert.NotNull(Merge(Long(0)).Text);
        Assert.Equal("acl.policy.too_large", Assert.Throws<Refusal>(() => Merge(Long(1))).Fields["policy"].Key);
    }

    private static PolicyMerge Merge(string policy, AclSlot[]? former = null) => PolicyMerge.Of(policy, [Slot], new AclOptions(), former ?? []);
}
