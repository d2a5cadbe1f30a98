using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.BadInput;

/// <summary>What stands in paths and queries is as little trusted as what stands in bodies.</summary>
public sealed class AddressTests
{
    private static readonly string[] Values =
    [
        "", "%20", "%00", "%0d%0aSet-Cookie:x=y", "%ff%fe", "%c0%80", "%ed%a0%80", "..", "..%2f..%2fetc%2fpasswd", "%25", "%", "%zz", "'%20OR%201=1--", "%3Cscript%3Ealert(1)%3C/script%3E",
        "0", "-1", "1e9", "99999999999999999999", "null", "undefined", "[]", "{}", "*", "_", "%25%25", "\\", "a;b", "a&b=c", "%F0%9F%98%80", "=HYPERLINK(1)",
    ];

    private static readonly IEnumerable<string> Queries = Of(r => r.IsApi).Append("/api/keys?no_such=");

    private static readonly IEnumerable<string> Pages = Of(r => !r.IsApi).Concat(["/docs?", "/"]);

    // Each query parameter of a row, and each parameter of its route, left open at the end.
    private static IEnumerable<string> Of(Func<EndpointRow, bool> which) => EndpointCatalogue.Rows.Where(r => r.Method == "GET" && which(r))
        .SelectMany(r => (r.Route.Contains('{', StringComparison.Ordinal) ? "" : r.Query).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(q => $"{r.Route}?{q}=")
            .Concat(r.Route.IndexOf('{') is > 0 and var end ? [r.Route[..end]] : [])).Distinct();

    [Theory, BothEngines]
    public async Task Bad_addresses_of_the_rest_faces_are_problems(Engine engine)
    {
        await using var server = await TestServer.StartPublished(engine);
        var http = await server.As(Role.Owner);
        await http.MakeKeys(await http.MakePlan());
        var wrong = new List<string>();
        foreach (var address in Queries.SelectMany(q => Values.Append(new string('x', 3000)).Select(v => q + v)))
        {
            var answer = await http.Call(new HttpRequestMessage(HttpMethod.Get, AsWritten(server, address)));
            if ((int)answer.Status >= 500 || ((int)answer.Status >= 400 && (answer.ContentHeaders.ContentType?.MediaType ?? "") is not ("application/problem+json" or "")))
                wrong.Add($"{address}: {answer}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Concat(server.Errors.Lines).Take(20)));
    }

    [Theory, BothEngines]
    public async Task Bad_addresses_of_pages_are_pages(Engine engine)
    {
        await using var server = await TestServer.StartPublished(engine);
        var http = await server.As(Role.Owner);
        await http.MakeKeys(await http.MakePlan());
        var browser = await server.SignedIn(Role.Owner);
        var wrong = new List<string>();
        foreach (var address in Pages.SelectMany(q => Values.Append(new string('x', 3000)).Select(v => q + v)))
        {
            var page = await browser.Send(() => new HttpRequestMessage(HttpMethod.Get, AsWritten(server, address)));
            if ((int)page.Status >= 500 || page.Html.Contains("<script>alert", StringComparison.OrdinalIgnoreCase) || page.Headers.Contains("x"))
                wrong.Add($"{address}: {page.Status}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Concat(server.Errors.Lines).Take(20)));
    }

    private static Uri AsWritten(TestServer server, string address) =>
        new(server.Address.GetLeftPart(UriPartial.Authority) + address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
