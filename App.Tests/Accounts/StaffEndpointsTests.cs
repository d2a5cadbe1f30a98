using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary><c>/api/staff</c>, and the pages in both languages.</summary>
public sealed class StaffEndpointsTests
{
    private const string Path = "/api/staff";

    [Theory]
    [InlineData("/admin/staff")]
    [InlineData("/admin/staff/new")]
    [InlineData("/admin/tokens")]
    [InlineData("/admin/tokens/new")]
    [InlineData("/admin/account")]
    public async Task Pages_stand_in_both_languages(string path)
    {
        await using var server = await TestServer.Start();
        foreach (var language in new[] { "en", "zh" })
            Assert.Equal(HttpStatusCode.OK, (await (await server.SignedIn(Role.Admin, language: language)).Get(path)).Status);
    }

    [Theory, BothEngines]
    public async Task Staff_by_rest(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var made = await owner.PostApi(Path, new { username = "Bo", role = "operator" }, "k1");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("bo", (string?)made["staff"]!["username"]);
        Assert.Matches("^[a-z2-9]{5}(-[a-z2-9]{5}){3}$", (string?)made["password"]);
        var again = await owner.PostApi(Path, new { username = "Bo", role = "operator" }, "k1");
        Assert.Equal((string?)made["staff"]!["id"], (string?)again["staff"]!["id"]);
        Assert.Null(again["password"]);
        Assert.NotNull((await owner.PostApi(Path, new { username = "bo", role = "operator" })).Error("username"));
        var path = $"{Path}/{made["staff"]!["id"]}";
        var changed = await owner.PatchApi(path, new { role = "admin", display_name = "Bo Li", password = Bench.Password });
        Assert.Equal("admin", (string?)changed["staff"]!["role"]);
        Assert.Equal("disabled", (string?)(await owner.PatchApi(path, new { disabled = true }))["staff"]!["state"]);
        Assert.NotNull((await owner.PatchApi(path, new { password = "short" })).Error("password"));
        Assert.NotNull((await owner.PatchApi(path, new { role = "king" })).Error("role"));
        Assert.Equal("bo", (string?)Assert.Single((await owner.GetApi(Path + "?q=bo%20li&role=admin"))["items"]!.AsArray())!["username"]);
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi(path)).Status);
        Assert.Equal("NO_SUCH_STAFF", (await owner.GetApi(path)).Code);
    }

    [Fact]
    public async Task Another_tenant_sees_nothing_of_it()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        var staff = (string)(await owner.PostApi(Path, new { username = "bo", role = "operator" }))["staff"]!["id"]!;
        var token = (string)(await owner.PostApi("/api/tokens", new { name = "x", role = "operator" }))["token"]!["id"]!;
        using var stranger = await server.As(Role.Owner, "two");
        Assert.Empty((await stranger.GetApi(Path))["items"]!.AsArray());
        Assert.Single((await stranger.GetApi("/api/tokens"))["items"]!.AsArray());
        foreach (var path in new[] { $"{Path}/{staff}", $"/api/tokens/{token}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetApi(path)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.DeleteApi(path)).Status);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PatchApi($"{Path}/{staff}", new { disabled = true })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PatchApi($"/api/tokens/{token}", new { name = "y" })).Status);
    }

    [Fact]
    public async Task A_name_with_blanks_around_it_is_no_password_by_any_way()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        var id = await server.Staff.Account(Role.Operator, username: "wanda.example");
        Assert.NotNull((await owner.PatchApi($"{Path}/{id}", new { password = " Wanda.Example " })).Error("password"));
        Assert.NotNull((await owner.PostApi(Path, new { username = "other.example", role = "operator", password = " Other.Example " })).Error("password"));
    }
}
