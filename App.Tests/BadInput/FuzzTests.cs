using System.Globalization;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.BadInput;

/// <summary>
/// Every route, as the server has mapped it, gets forms, JSON, headers, queries and framing that nobody thought of; whoever sends them,
/// signed in or not. No answer is a fault of the server. Seeded: a request that was found is made again by its number.
/// GATEHOUSE_FUZZ_REQUESTS says how many (100,000 in full).
/// </summary>
public sealed class FuzzTests
{
    private const int Seed = 20261128;

    // From here on everything is made anew: by then much is deleted, revoked and signed out.
    private const int Block = 1000;

    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("GATEHOUSE_FUZZ_REQUESTS") ?? "3000", CultureInfo.InvariantCulture);

    // Each attempt there costs 64 MiB and some 50 ms by design.
    private static readonly string[] Costly = ["/sign-in", "/setup", "password", "/admin/staff/new", "/api/staff"];

    [Theory, BothEngines]
    public async Task Whatever_is_sent_is_no_fault_of_the_server(Engine engine)
    {
        var site = await Site.Open(engine);
        await using var server = site.Server;
        var routes = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => EndpointCatalogue.Named($"{m} /{e.RoutePattern.RawText!.Trim('/')}")))
            .Distinct().OrderBy(r => r.ToString(), StringComparer.Ordinal).ToList();
        Assert.True(routes.Count > 80, $"{routes.Count} routes");
        using var http = new RawHttp(server.Address);
        var (random, statuses, wrong) = (new Random(Seed), new SortedDictionary<int, int>(), new List<string>());
        // Most of it on the default engine; what the other alone cannot take shows in fewer.
        var count = engine == Engine.Sqlite ? Count : Count / 4;
        FuzzBlock? block = null;
        for (var i = 0; i < count && wrong.Count < 20; i++)
        {
            if (i % Block == 0)
                block = await FuzzBlock.Make(site, random.Next());
            var row = routes[random.Next(routes.Count)];
            if (Costly.Any(c => row.Route.Contains(c, StringComparison.Ordinal)) && random.Next(10) > 0)
                row = routes[random.Next(routes.Count)];
            var request = await block!.Request(row);
            var (status, _) = await http.Send(request.Bytes, request.Method == "HEAD", request.Last);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            if (status >= 500)
                wrong.Add($"{i}: {status} {request}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong.Concat(server.Errors.Lines.Take(10))));
        // What goes to a channel that has got a wrong address here is given up in the end, and staff are told.
        Assert.DoesNotContain(server.Errors.Lines, line => !line.Contains(" is given up after ", StringComparison.Ordinal));
        // It reaches the rules behind the doors, and not only the doors. Another type than the endpoint takes is too rare to be among few.
        foreach (var status in new[] { 200, 303, 400, 401, 404, 422 }.Concat(engine == Engine.Sqlite ? [415] : []))
            Assert.True(statuses.GetValueOrDefault(status) > 0, string.Join(", ", statuses));
    }

    /// <summary>A page that reads its form by itself knows fewer of the ways in which one can be broken.</summary>
    [Fact]
    public void Forms_are_read_by_one_reader() =>
        Assert.Equal(["Platform/Http/RequestBody.cs"], Source.Under("App").Where(f => f.Code.Contains(".ReadFormAsync(", StringComparison.Ordinal) || f.Code.Contains("Request.Form[", StringComparison.Ordinal)).Select(f => f.Path));

    [Theory]
    [InlineData("FFFFFFFF")]
    [InlineData("80000000")]
    [InlineData("-1")]
    [InlineData("g")]
    [InlineData("")]
    public async Task A_chunk_of_an_impossible_size_is_400(string size)
    {
        await using var server = await TestServer.Start();
        foreach (var (path, type) in new[] { ("/api/validate", "application/json"), ("/preferences/language", "application/x-www-form-urlencoded"), ("/preferences/theme", "multipart/form-data; boundary=x") })
        {
            using var http = new RawHttp(server.Address);
            var request = $"POST {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}\r\n0\r\n\r\n";
            Assert.Equal(400, (await http.Send(Encoding.ASCII.GetBytes(request))).Status);
        }
        Assert.Empty(server.Errors.Lines);
    }

    [Theory]
    [InlineData("multipart/form-data", "--x\r\n\r\n")]
    [InlineData("multipart/form-data; boundary=", "--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "no boundary at all")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nzh")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno header\r\n\r\nzh\r\n--x--\r\n")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "language=zh")]
    [InlineData("text/plain", "language=zh")]
    [InlineData("application/json", "{}")]
    public async Task A_form_that_cannot_be_taken_apart_is_400(string type, string body)
    {
        var site = await Site.Open(Engine.Sqlite);
        await using var server = site.Server;
        using var http = new RawHttp(server.Address);
        // With the token in a header the form is read by the page itself, without it by the check of the token.
        foreach (var token in new[] { $"X-CSRF: {site.CsrfOf(new Visitor(null, null, null))}\r\n", "" })
        {
            var request = $"POST /preferences/language HTTP/1.1\r\nHost: {server.Address.Authority}\r\nCookie: {Cookies.Visitor}={site.VisitorCookie}\r\n{token}Content-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
            Assert.Equal(400, (await http.Send(Encoding.ASCII.GetBytes(request))).Status);
        }
        Assert.Empty(server.Errors.Lines);
    }

    [Theory]
    [InlineData("/中文", "/%E4%B8%AD%E6%96%87")]
    [InlineData("/admin/keys?q=Ärzte und 😀", "/admin/keys?q=%C3%84rzte%20und%20%F0%9F%98%80")]
    [InlineData("/admin/keys?q=%C3%84rzte&after=a+b#x", "/admin/keys?q=%C3%84rzte&after=a+b#x")]
    [InlineData("/a\"b<c>d|e^f`{g}", "/a%22b%3Cc%3Ed%7Ce%5Ef%60%7Bg%7D")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    public async Task A_redirect_leads_there_by_an_escaped_location(string back, string location)
    {
        await using var server = await TestServer.Start();
        var browser = server.Browser();
        var home = await browser.Get("/");
        foreach (var form in new[] { "form[action='/preferences/language']", "form[action='/preferences/theme']" })
        {
            var answer = await browser.Submit(home, form, new() { ["return"] = back }, follow: false);
            Assert.Equal((303, location), ((int)answer.Status, answer.Location));
        }
        Assert.Empty(server.Errors.Lines);
    }
}
