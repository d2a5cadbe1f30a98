using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Acls;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.AclDesk;

/// <summary>Maps over REST: customers their own, staff all of their tenant; each that is given away is logged.</summary>
public sealed class AclApiTests
{
    private const string Policy = "// mine\n{\n\t\"acls\": [], // all\n\t\"derpMap\": {\"Regions\": {\"900\": null}},\n}\n";

    [Theory, BothEngines]
    public async Task A_customer_gets_the_map_in_each_format_by_name_or_address(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (id, http) = await Person(server, "lin");
        var rented = await Rented.Make(server, id);
        using var policy = JsonDocument.Parse((await http.GetApi("/api/acl/download/lin?format=policy")).Text);
        using var map = JsonDocument.Parse((await http.GetApi($"/api/acl/download/{id}@example.com?format=derpmap&rental={rented.Id}")).Text);
        MapRules.Hold(map.RootElement);
        Assert.True(JsonElement.DeepEquals(policy.RootElement.GetProperty("derpMap"), map.RootElement));
        var yaml = await http.GetAsync("/api/acl/download/me?format=headscale");
        Assert.Equal(("application/yaml", "derpmap.yaml"), (yaml.Content.Headers.ContentType!.MediaType, yaml.Content.Headers.ContentDisposition!.FileName!.Trim('"')));
        Assert.Equal(MapRules.Lines(map.RootElement), MapRules.YamlLines(await yaml.Content.ReadAsStringAsync()));
        (await http.GetApi("/api/acl/download/me?format=toml")).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "format");
        var log = (await http.GetApi("/api/acl/logs/me")).Items();
        Assert.Equal([("downloaded", "headscale"), ("downloaded", "derpmap"), ("downloaded", "policy"), ("made", "first")], log.Select(e => ((string)e!["action"]!, (string)e["format"]!)));
        Assert.All(log, e => Assert.Equal((1, "customer", "127.0.0.1", "Home"), ((int)e!["version"]!, (string)e["by"]!, (string)e["ip"]!, (string)e["rental_name"]!)));

        // Several: which one has to be said.
        var second = await Rented.Make(server, id, "Office", first: 910);
        (await http.GetApi("/api/acl/download/me")).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "rental");
        Assert.Contains("\"910\"", (await http.GetApi("/api/acl/download/me?rental=" + second.Id)).Text);
    }

    [Theory, BothEngines]
    public async Task Nobody_gets_another_persons_and_staff_get_all_of_their_tenant(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (id, _) = await Person(server, "lin");
        var (_, stranger) = await Person(server, "mo");
        var rented = await Rented.Make(server, id);
        foreach (var refused in new[]
        {
            await stranger.GetApi("/api/acl/download/lin"), await stranger.GetApi("/api/acl/download/me?rental=" + rented.Id), await stranger.GetApi("/api/acl/download/me"), await stranger.GetApi("/api/acl/logs/" + id),
            await stranger.PostApi("/api/acl/generate", new { rental = rented.Id }), await stranger.PostApi("/api/acl/update", new { rental = rented.Id, machines = 2 }), await stranger.PostApi("/api/acl/generate", new { username = "lin" }),
            await stranger.PostApi("/api/acl/merge", new { policy = Policy, rental = rented.Id }), await stranger.PostApi("/api/acl/link", new { rental = rented.Id }), await stranger.DeleteApi("/api/acl/link?rental=" + rented.Id),
        })
            refused.IsProblem(HttpStatusCode.NotFound, "NO_SUCH_ACL");
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM acl_log")));
        await server.Staff.Tenant("other");
        (await (await server.As(Role.Owner, "other")).GetApi("/api/acl/download/lin")).IsProblem(HttpStatusCode.NotFound, "NO_SUCH_ACL");
        var staff = await server.As(Role.Analyst);
        Assert.Contains("derpMap", (await staff.GetApi("/api/acl/download/lin")).Text);
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.PostApi("/api/acl/generate", new { username = "lin" })).Status);
        (await staff.GetApi("/api/acl/download/me")).IsProblem(HttpStatusCode.NotFound, "NO_SUCH_ACL");
        Assert.Equal(2, (int)(await (await server.As(Role.Operator)).PostApi("/api/acl/generate", new { username = "lin" }))["acl"]!["version"]!);
        Assert.Equal(["token", "token", "token"], (await staff.GetApi("/api/acl/logs/lin")).Items().Select(e => (string)e!["by"]!));
    }

    [Fact]
    public async Task Machines_are_held_against_the_limit_and_leaving_out_the_defaults_says_what_stops()
    {
        await using var server = await TestServer.Start();
        var (id, http) = await Person(server, "lin");
        await Rented.Make(server, id, devices: 3);
        var first = (await http.PostApi("/api/acl/generate", new { }))["acl"]!;
        Assert.Equal((1, null, 1), ((int)first["version"]!, first["machines"], first["warnings"]!.AsArray().Count));
        var fits = (await http.PostApi("/api/acl/update", new { machines = 3 }))["acl"]!;
        Assert.Equal((1, 0), ((int)fits["version"]!, fits["warnings"]!.AsArray().Count));
        var many = (await http.PostApi("/api/acl/update", new { machines = 10, omit_default_regions = true, servers = new[] { 901 }, names = new Dictionary<string, string> { ["901"] = "香港" } }))["acl"]!;
        Assert.Equal((2, 2, true, "香港"), ((int)many["version"]!, many["warnings"]!.AsArray().Count, (bool)many["omit_default_regions"]!, (string)many["regions"]![0]!["region_name"]!));
        Assert.Contains("7", (string)many["warnings"]![0]!);
        (await http.PostApi("/api/acl/update", new { servers = Array.Empty<int>() })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "servers");
        (await http.PostApi("/api/acl/update", new { @base = 1000 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "base");
    }

    [Theory, BothEngines]
    public async Task A_policy_comes_back_with_only_the_map_changed_and_a_clash_is_offered_another_base(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (id, http) = await Person(server, "lin");
        await Rented.Make(server, id);
        var merged = await http.PostApi("/api/acl/merge", new { policy = Policy });
        var text = (string)merged["policy"]!;
        Assert.StartsWith("// mine\n{\n\t\"acls\": [], // all\n\t\"derpMap\": {", text);
        Assert.EndsWith("},\n}\n", text);
        Assert.Contains("203.0.113.10", text);
        // Put in again it is the same: ours are ours.
        Assert.Equal(text, (string)(await http.PostApi("/api/acl/merge", new { policy = text }))["policy"]!);

        var foreign = """{"derpMap":{"Regions":{"900":{"RegionID":900,"RegionCode":"x","RegionName":"Theirs","Nodes":[]}}}}""";
        var clash = await http.PostApi("/api/acl/merge", new { policy = foreign });
        Assert.Equal((null, 1, 910), (clash["policy"], clash["clashes"]!.AsArray().Count, (int)clash["free_base"]!));
        var moved = (string)(await http.PostApi("/api/acl/merge", new { policy = foreign, @base = 910 }))["policy"]!;
        Assert.Contains("Theirs", moved);
        Assert.Equal(["900", "910", "911"], JsonNode.Parse(moved)!["derpMap"]!["Regions"]!.AsObject().Select(r => r.Key));
        // What stands in the policy under the numbers of before goes.
        Assert.Equal(["910", "911"], JsonNode.Parse((string)(await http.PostApi("/api/acl/merge", new { policy = text }))["policy"]!, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!["derpMap"]!["Regions"]!.AsObject().Select(r => r.Key));
        (await http.PostApi("/api/acl/merge", new { policy = "{'a':1}" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "policy");
        (await http.PostApi("/api/acl/merge", new { })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "policy");
        var large = "{\"a\":\"" + new string('\u4e2d', 349_000) + "\"}";
        Assert.Contains("derpMap", (string)(await http.PostApi("/api/acl/merge", new { policy = large }))["policy"]!);
    }

    [Theory, BothEngines]
    public async Task A_link_gives_the_map_says_when_nothing_changed_and_dies_empty(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (id, http) = await Person(server, "lin");
        var rented = await Rented.Make(server, id);
        var made = await http.PostApi("/api/acl/link", new { });
        var path = new Uri((string)made["link"]!).PathAndQuery;
        Assert.Equal((string)made["link"]!, (string)(await http.PostApi("/api/acl/update", new { }))["acl"]!["link"]!);
        var got = await server.Http.GetAsync(path);
        var tag = got.Headers.ETag!;
        Assert.Equal(((await http.GetApi("/api/acl/download/me?format=derpmap")).Text, "application/json"), (await got.Content.ReadAsStringAsync(), got.Content.Headers.ContentType!.MediaType));
        Assert.Equal(HttpStatusCode.NotModified, (await Ask(path, tag.ToString())).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(path, "\"other\"")).Status);
        var yaml = await server.Http.GetAsync(path.Replace(".json", ".yaml", StringComparison.Ordinal));
        Assert.StartsWith("regions:\n  900:\n", await yaml.Content.ReadAsStringAsync());
        Assert.NotEqual(tag, yaml.Headers.ETag);
        // Asked without pause, it is noted once for each format.
        var log = (await http.GetApi("/api/acl/logs/me")).Items().Where(e => (string)e!["action"]! == "fetched").ToList();
        Assert.Equal(["headscale", "derpmap"], log.Select(e => (string)e!["format"]!));
        Assert.All(log, e => Assert.Equal("link", (string)e!["by"]!));

        // A change is another map; ended, suspended or revoked it is one without regions, never an error.
        await http.PostApi("/api/acl/update", new { servers = new[] { 901 } });
        Assert.Equal(HttpStatusCode.OK, (await Ask(path, tag.ToString())).Status);
        await rented.Set(server.Db, "end_at = @now", ("now", server.Clock.Now));
        await Dead(path);
        await rented.Set(server.Db, "end_at = NULL");
        Assert.Contains("\"901\"", (await Ask(path, "")).Text);
        await http.DeleteApi("/api/acl/link");
        await Dead(path);
        await Dead("/sub/nobody-has-it/derpmap.json");
        Assert.Null((await http.PostApi("/api/acl/update", new { }))["acl"]!["link"]);

        async Task<(HttpStatusCode Status, string Text)> Ask(string at, string known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            if (known.Length > 0)
                request.Headers.TryAddWithoutValidation("If-None-Match", known);
            var answer = await server.Http.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        async Task Dead(string at)
        {
            Assert.Equal((HttpStatusCode.OK, "{\"Regions\":{}}"), (await Ask(at, "") is var (status, text) ? (status, text.Trim()) : default));
            Assert.Equal("regions: {}", (await Ask(at.Replace(".json", ".yaml", StringComparison.Ordinal), "")).Text.Trim());
        }
    }

    /// <summary>A new token, and the one before for a week; none of them stands anywhere as it is.</summary>
    [Theory, BothEngines]
    public async Task A_new_link_leaves_the_one_before_a_week_and_neither_is_kept_in_clear(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (id, http) = await Person(server, "lin");
        await Rented.Make(server, id);
        var (old, now) = (await Link(), await Link());
        Assert.NotEqual(old, now);
        Assert.Equal((true, true), (await Works(old), await Works(now)));
        Assert.DoesNotContain(await EveryText.Of(server.Db, engine), text => text.Contains(old.Split('/')[2], StringComparison.Ordinal) || text.Contains(now.Split('/')[2], StringComparison.Ordinal));
        server.Clock.Advance(AclLinks.Overlap);
        Assert.Equal((false, true), (await Works(old), await Works(now)));

        async Task<string> Link() => new Uri((string)(await http.PostApi("/api/acl/link", new { }))["link"]!).PathAndQuery;

        async Task<bool> Works(string path) => (await server.Http.GetStringAsync(path)).Contains("\"900\"", StringComparison.Ordinal);
    }

    internal static async Task<(string Id, HttpClient Http)> Person(TestServer server, string name)
    {
        var id = await server.Staff.Customer(username: name);
        return (id, server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id)));
    }
}
