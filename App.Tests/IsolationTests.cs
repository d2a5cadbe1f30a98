using System.Net;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>
/// A tenant's rows do not exist for another. Each row is tried by the other tenant's owner, who gets nothing, and then by the
/// tenant's own, who gets something: so no row passes by being wrong.
/// </summary>
public sealed class IsolationTests
{
    /// <summary>Ids of rows of the tenant <c>default</c>, by the name they have in the tables.</summary>
    private static async Task<Dictionary<string, string>> Seed(TestServer server, HttpClient own)
    {
        var plan = await own.MakePlan("Isolated");
        var (batch, keys) = await own.MakeKeys(plan, 2);
        await server.Http.Validate(keys[0], "isolated-machine");
        var staff = await server.Staff.Account(Role.Operator);
        await own.PostApi("/api/tokens", new { name = "Isolated", role = "analyst" });
        var token = await server.Db.Read(s => s.One("SELECT id FROM api_tokens WHERE name = 'Isolated'", r => r.GetString(0)));
        return new() { ["plan"] = plan, ["batch"] = batch, ["key"] = keys[0], ["unused"] = keys[1], ["staff"] = staff, ["token"] = token! };
    }

    /// <summary>Lists, and the words that must not be in another tenant's.</summary>
    private static readonly (string Path, string Member)[] Lists =
    [
        ("/api/plans", "items"), ("/api/keys", "items"), ("/api/keys?q={key}", "items"), ("/api/keys?plan={plan}", "items"), ("/api/keys?batch={batch}", "items"),
        ("/api/batches", "items"), ("/api/staff", "items"), ("/api/tokens", "items"), ("/api/audit", "items"),
    ];

    private static readonly (string Method, string Path, string Body)[] Single =
    [
        ("GET", "/api/plans/{plan}", ""),
        ("PATCH", "/api/plans/{plan}", """{"notes":"changed"}"""),
        ("GET", "/api/keys/{key}", ""),
        ("PATCH", "/api/keys/{key}", """{"note":"changed"}"""),
        ("PATCH", "/api/keys/{key}", """{"action":"suspend"}"""),
        ("DELETE", "/api/keys/{unused}", ""),
        ("POST", "/api/keys/generate", """{"plan":"{plan}","count":1}"""),
        ("POST", "/api/keys/import", """{"plan":"{plan}","content":"AAAA-BBBBBBBBBBBB"}"""),
        ("GET", "/api/staff/{staff}", ""),
        ("PATCH", "/api/staff/{staff}", """{"display_name":"changed"}"""),
        ("GET", "/api/tokens/{token}", ""),
        ("PATCH", "/api/tokens/{token}", """{"name":"changed"}"""),
        ("DELETE", "/api/tokens/{token}", ""),
        ("DELETE", "/api/staff/{staff}", ""),
    ];

    private static readonly string[] Pages = ["/admin/staff/{staff}"];

    [Theory, BothEngines]
    public async Task Another_tenants_rows_do_not_exist(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var own = await server.As(Role.Owner);
        var other = await server.As(Role.Owner, "other");
        var ids = await Seed(server, own);

        foreach (var (path, member) in Lists)
        {
            var theirs = await other.GetApi(Fill(path, ids));
            Assert.True(theirs.Status == HttpStatusCode.OK, $"{path}: {theirs}");
            Assert.All(ids.Where(i => i.Key != "token"), id => Assert.False(theirs[member]!.ToJsonString().Contains(id.Value, StringComparison.Ordinal), $"{path} shows {id.Key}"));
            Assert.True((await own.GetApi(Fill(path, ids)))[member]!.AsArray().Count > 0, path);
        }
        Assert.Equal(0, (long)(await other.GetApi("/api/statistics/keys"))["total"]!);
        Assert.Equal(2, (long)(await own.GetApi("/api/statistics/keys"))["total"]!);
        Assert.DoesNotContain(ids["key"], (await other.GetApi("/api/keys/export?format=csv")).Text, StringComparison.Ordinal);
        Assert.Contains(ids["key"], (await own.GetApi("/api/keys/export?format=csv")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(ids["plan"], (await other.GetApi("/api/audit/export")).Text, StringComparison.Ordinal);
        Assert.Contains(ids["plan"], (await own.GetApi("/api/audit/export")).Text, StringComparison.Ordinal);

        foreach (var (method, path, body) in Single)
        {
            var refused = await Send(other, method, Fill(path, ids), Fill(body, ids));
            Assert.True(refused.Status is HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity, $"{method} {path}: {refused}");
            Assert.DoesNotContain("Isolated", refused.Text, StringComparison.Ordinal);
        }
        var bulk = await other.PostApi("/api/keys/bulk", new { action = "revoke", keys = new[] { ids["key"] } });
        Assert.Equal(0, bulk["changed"] is { } changed ? (long)changed : 0);

        foreach (var (method, path, body) in Single)
        {
            var done = await Send(own, method, Fill(path, ids), Fill(body, ids));
            Assert.True((int)done.Status is >= 200 and < 300, $"{method} {path}: {done}");
        }
    }

    [Fact]
    public async Task Another_tenants_pages_do_not_exist()
    {
        await using var server = await TestServer.Start();
        var ids = await Seed(server, await server.As(Role.Owner));
        var own = await server.SignedIn(Role.Owner);
        var other = await server.SignedIn(Role.Owner, "other");
        foreach (var path in Pages)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await other.Get(Fill(path, ids))).Status);
            Assert.Equal(HttpStatusCode.OK, (await own.Get(Fill(path, ids))).Status);
        }
    }

    private static string Fill(string text, Dictionary<string, string> ids) => ids.Aggregate(text, (t, id) => t.Replace("{" + id.Key + "}", id.Value, StringComparison.Ordinal));

    private static Task<ApiAnswer> Send(HttpClient http, string method, string path, string body) => http.Call(new HttpRequestMessage(new HttpMethod(method), path)
    {
        Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json"),
    });
}
