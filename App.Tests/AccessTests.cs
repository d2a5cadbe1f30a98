using System.Net;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests;

/// <summary>Holds every endpoint to its row of the <see cref="AccessTable"/>, by calling it as each kind of caller.</summary>
public sealed partial class AccessTests(AccessTests.Site site) : IClassFixture<AccessTests.Site>
{
    public static TheoryData<string, string, string> Table
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var row in AccessTable.Rows.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                data.Add(cells[0], cells[1], cells[2]);
            }
            return data;
        }
    }

    /// <summary>One server, and one caller of each kind, for all rows.</summary>
    public sealed class Site : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public Dictionary<Role, HttpClient> Tokens { get; } = [];

        public Dictionary<Role, TestBrowser> Browsers { get; } = [];

        public async Task InitializeAsync()
        {
            Server = await TestServer.Start();
            foreach (var role in Enum.GetValues<Role>())
            {
                Tokens[role] = await Server.As(role);
                Browsers[role] = await Server.SignedIn(role);
            }
        }

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }

    [Fact]
    public void Every_endpoint_has_its_row()
    {
        var mapped = site.Server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(m => $"{m} {Route(e)}")).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(mapped, Table.Select(r => $"{r[0]} {r[1]}").Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Table))]
    public async Task The_endpoint_lets_in_whom_its_row_says(string method, string route, string rule)
    {
        Assert.True(rule is "open" or "signed-in" || Permission.All.Contains(rule), rule);
        var path = Parameter().Replace(route, "x");
        var api = IsApi(path);

        var (status, location, code) = await Send(method, path, api ? site.Server.Http : null, api ? null : site.Server.Browser());
        if (rule == "open")
            AssertIn(status, location);
        else if (api)
            Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED"), (status, code));
        else
            Assert.True(status is HttpStatusCode.Found or HttpStatusCode.SeeOther && location!.StartsWith("/sign-in?return=", StringComparison.Ordinal), $"{status} {location}");

        foreach (var role in Enum.GetValues<Role>())
        {
            (status, location, code) = await Send(method, path, api ? site.Tokens[role] : null, api ? null : site.Browsers[role]);
            if (rule is "open" or "signed-in" || Permission.Of(role).Contains(rule))
                AssertIn(status, location);
            else
                Assert.Equal((HttpStatusCode.Forbidden, api ? "FORBIDDEN" : null), (status, code));
        }
    }

    [Fact]
    public async Task A_session_is_no_key_to_the_rest_faces_and_a_token_none_to_pages()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/keys");
        request.Headers.Add("Cookie", $"{Cookies.Session}={await site.Server.Staff.Session(Role.Owner)}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Server.Http.Call(request)).Status);
        using var page = await site.Tokens[Role.Owner].GetAsync("/admin/account");
        Assert.Equal(HttpStatusCode.Found, page.StatusCode);
    }

    [Fact]
    public async Task A_token_may_what_its_scopes_name_and_no_more()
    {
        using var http = site.Server.Client(await site.Server.Staff.Token(Role.Admin, scopes: Permission.KeysRead));
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi("/api/keys")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetApi("/api/plans")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostApi("/api/keys/generate", new { })).Status);
        using var beyond = site.Server.Client(await site.Server.Staff.Token(Role.Analyst, scopes: $"{Permission.KeysRead} {Permission.KeysWrite}"));
        Assert.Equal(HttpStatusCode.OK, (await beyond.GetApi("/api/keys")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await beyond.PostApi("/api/keys/generate", new { })).Status);
    }

    // Let in: what comes after may fail in many ways, but not for who calls, and not by a fault of ours.
    private void AssertIn(HttpStatusCode status, string? location)
    {
        Assert.True(status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)status is < 500 or 503, $"{status}\n{string.Join('\n', site.Server.Errors.Lines)}");
        Assert.DoesNotContain("/sign-in?", location ?? "", StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string? Location, string? Code)> Send(string method, string path, HttpClient? api, TestBrowser? browser)
    {
        var verb = new HttpMethod(method);
        if (api is not null)
        {
            var answer = await api.Call(new HttpRequestMessage(verb, path));
            return (answer.Status, null, answer.Code);
        }
        var page = await browser!.Send(() => new HttpRequestMessage(verb, path) { Content = method == "POST" ? new FormUrlEncodedContent([]) : null });
        return (page.Status, page.Location, null);
    }

    private static bool IsApi(string path) =>
        path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/openapi/", StringComparison.Ordinal);

    private static string Route(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
