using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;
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

    private static readonly string[] Queries =
    [
        "/api/keys?status=", "/api/keys?prefix=", "/api/keys?plan=", "/api/keys?batch=", "/api/keys?q=", "/api/keys?after=", "/api/keys?limit=", "/api/keys?no_such=",
        "/api/keys/export?format=", "/api/keys/export?status=", "/api/plans?after=", "/api/plans?limit=", "/api/plans?retired=", "/api/batches?after=", "/api/batches?limit=",
        "/api/staff?q=", "/api/staff?after=", "/api/tokens?state=", "/api/tokens?after=", "/api/audit?q=", "/api/audit?action=", "/api/audit?from=", "/api/audit?to=", "/api/audit?after=",
        "/api/audit/export?format=", "/api/audit/export?from=", "/api/security-events?severity=", "/api/security-events?after=", "/api/keys/", "/api/plans/", "/api/status/", "/api/staff/", "/api/tokens/",
    ];

    private static readonly string[] Pages =
    [
        "/admin/keys?q=", "/admin/keys?status=", "/admin/keys?after=", "/admin/keys?plan=", "/admin/keys?batch=", "/admin/keys/", "/admin/plans/", "/admin/plans?after=", "/admin/batches?after=", "/admin/batches/",
        "/admin/staff/", "/admin/staff?q=", "/admin/staff?after=", "/admin/tokens?state=", "/admin/tokens?after=", "/admin/audit?q=", "/admin/audit?from=", "/admin/audit?after=", "/admin/audit?action=",
        "/admin/jobs/", "/admin/security?severity=", "/admin/security?after=", "/admin/keys/generate/", "/activate?code=", "/status?code=", "/sign-in?return=", "/setup?token=", "/docs?", "/assets/", "/",
    ];

    [Theory, BothEngines]
    public async Task Bad_addresses_of_the_rest_faces_are_problems(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Owner);
        await Rows.Make(server, http);
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
        await using var server = await TestServer.Start(engine);
        await Rows.Make(server, await server.As(Role.Owner));
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
