using System.Net;
using AngleSharp.Html.Dom;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.BadInput;

/// <summary>Pages show text as text, and their forms take anything without falling over.</summary>
public sealed class PageTests
{
    private const string Evil = "<b class=\"evil\">x</b>'\"><img class=evil src=x onerror=alert(1)>";

    private static readonly string[] Typed = ["", " ", "<script>alert(1)</script>", "'; DROP TABLE plans; --", "\u0007\u001b[31m", "-1", "1e400", "99999999999999999999", "😀", "{0}", "../..", "true"];

    [Theory, BothEngines]
    public async Task What_people_typed_is_shown_as_text_everywhere(Engine engine)
    {
        await using var server = await TestServer.StartPublished(engine);
        var http = await server.As(Role.Owner);
        var plan = (string)(await http.PostApi("/api/plans", new { name = Evil, kind = "software", price = 1, currency = "CNY", notes = Evil, product = Evil }))["plan"]!["id"]!;
        var made = await http.PostApi("/api/keys/generate", new { plan, prefix = "EVIL", count = 2, note = Evil });
        var (batch, key) = ((string)made["batch_id"]!, (string)made["keys"]![0]!);
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi($"/api/keys/{key}", new { note = Evil, reason = Evil })).Status);
        Assert.Equal("VALID", (await server.Http.Validate(key, Evil.Replace(" ", "", StringComparison.Ordinal))).Code);
        Assert.Equal(HttpStatusCode.Created, (await http.PostApi("/api/tokens", new { name = Evil, role = "analyst" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi("/api/settings", new { site_name = "<i class=evil>x</i>" })).Status);
        var staff = await server.Staff.Account(Role.Analyst);
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi($"/api/staff/{staff}", new { display_name = Evil })).Status);

        var (browser, things) = await SignInAttempt(server);
        foreach (var (name, id) in new[] { ("plan", plan), ("batch", batch), ("unused", key), ("active", key), ("staff", staff) })
            things.Use(name, id);
        var customer = await server.Staff.Customer();
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi($"/api/users/{customer}", new { display_name = Evil, note = Evil })).Status);
        things.Use("customer", customer);
        var asked = (await Helpdesk.Ask(server, customer, Evil)).Id;
        things.Use("ticket", asked);
        var theirs = new Things(server, Caller.DefaultTenant, http, customer);
        theirs.Use("my_ticket", asked);
        var paths = await Paths(things, customers: false);
        paths.AddRange([$"/admin/keys?q={Uri.EscapeDataString(Evil)}", $"/status?code={key}", $"/activate?code={key}", $"/sign-in?return={Uri.EscapeDataString(Evil)}"]);
        var shown = 0;
        var own = server.Browser();
        own.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, customer));
        foreach (var (who, path) in paths.Select(p => (browser, p)).Concat((await Paths(theirs, customers: true)).Select(p => (own, p))))
        {
            var page = await who.Get(path);
            Assert.True(page.Status == HttpStatusCode.OK, $"{path}: {page.Status}\n{string.Join('\n', server.Errors.Lines)}");
            Assert.True(page.Document.QuerySelector(".evil, [onerror]") is null, $"{path} took text for HTML");
            shown += page.Html.Contains("&lt;b class", StringComparison.Ordinal) || page.Html.Contains("&lt;b class", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }
        Assert.True(shown >= 8, $"The text was on {shown} pages only: this test looks at the wrong ones.");
    }

    [Theory, BothEngines]
    public async Task Forms_take_anything_and_answer_with_a_page(Engine engine)
    {
        await using var server = await TestServer.StartPublished(engine);
        var (browser, things) = await SignInAttempt(server);
        var own = server.Browser();
        var customer = await server.Staff.Customer();
        own.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, customer));
        var wrong = new List<string>();
        var sent = 0;
        foreach (var (who, path) in (await Paths(things, customers: false)).Select(p => (browser, p)).Concat((await Paths(new Things(server, Caller.DefaultTenant, things.Owner, customer), customers: true)).Select(p => (own, p))))
        {
            var forms = (await who.Get(path)).Document.Forms.OfType<IHtmlFormElement>()
                .Where(f => f.Method == "post" && f.GetAttribute("action") is not ("/sign-out" or "/preferences/language" or "/preferences/theme")).ToList();
            foreach (var form in forms)
                foreach (var typed in Typed)
                {
                    var fields = form.Elements.OfType<IHtmlElement>().Select(e => e.GetAttribute("name")).OfType<string>().Distinct()
                        .ToDictionary(n => n, n => n == "_csrf" ? form.QuerySelector("[name=_csrf]")!.GetAttribute("value")! : typed);
                    var page = await who.Post(form.GetAttribute("action") is { Length: > 0 } action ? action : path, fields);
                    sent++;
                    if ((int)page.Status is >= 500 or 400 || page.Html.Contains("<script>alert", StringComparison.OrdinalIgnoreCase))
                        wrong.Add($"{path} -> {form.GetAttribute("action")} with '{typed}': {page.Status}");
                }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Concat(server.Errors.Lines).Take(30)));
        Assert.True(sent > 100, $"Only {sent} forms were sent.");
    }

    private static async Task<(TestBrowser Browser, Things Things)> SignInAttempt(TestServer server)
    {
        var account = await server.Staff.Account(Role.Owner);
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account));
        return (browser, new Things(server, Caller.DefaultTenant, await server.As(Role.Owner), account));
    }

    // Every page that is there to be read. A set-up link would cost the owner the role.
    private static async Task<List<string>> Paths(Things things, bool customers)
    {
        var paths = new List<string>();
        foreach (var row in EndpointCatalogue.Rows.Where(r => r is { Method: "GET", IsApi: false, Type: "text/html", Status: 200 } && r.IsCustomers == customers))
            if (row.Route != "/setup")
                paths.Add(await things.Fill(row.Path));
        return paths;
    }
}
