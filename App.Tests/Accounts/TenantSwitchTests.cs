using AngleSharp.Html.Parser;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>
/// Which tenant staff are in, over every page of theirs: those of one never in another's, whatever the address says, and those of the main
/// one no more where they work for it alone; those of the whole appliance in the one that the address names, wherever they go on from there.
/// </summary>
public sealed class TenantSwitchTests(Sites sites) : IClassFixture<Sites>
{
    /// <summary>Pages about whoever is signed in.</summary>
    private const string Own = "/admin/account";

    public static TheoryData<string, Engine> Pages => EndpointCatalogue.On(IsShell);

    public static TheoryData<string, Engine> OfTenants => EndpointCatalogue.On(r => r is { IsOpen: false, IsCustomers: false, IsOfAppliance: false });

    public static TheoryData<string, Engine> OfAppliance => EndpointCatalogue.On(r => r.IsOfAppliance);

    [Theory, MemberData(nameof(Pages))]
    public async Task Staff_of_one_tenant_get_into_no_other_by_its_address(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var (tenant, other) = (Site.TenantFor(false), Site.TenantFor(false));
        var things = await site.Things(tenant);
        var stranger = await site.Visitor(Role.Owner, other, api: false);
        var act = In(await (await ThingsOf(site, row, tenant, other, stranger)).Fill(row.Sample), tenant);
        var (before, theirs) = (await Snapshot.Take(site.Server, tenant), await Snapshot.Take(site.Server, other));
        foreach (var named in new[] { act, act with { Path = act.Path.Replace("tenant=" + tenant, "tenant=default", StringComparison.Ordinal) } })
            Assert.Equal(403, (await site.Send(stranger, named)).Status);
        Assert.Equal("", (await Snapshot.Take(site.Server, tenant)).Since(before, things));
        Assert.Equal("", (await Snapshot.Take(site.Server, other)).Since(theirs, things));
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task Staff_of_the_main_tenant_alone_get_into_no_other_by_its_address(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var tenant = Site.TenantFor(false);
        await site.Server.Staff.Tenant(tenant);
        var limited = await site.Limited(Role.Owner, api: false);
        var things = await ThingsOf(site, row, tenant, Caller.DefaultTenant, limited);
        var act = await things.Fill(row.Sample);
        var (before, theirs) = (await Snapshot.Take(site.Server, tenant), await Snapshot.Take(site.Server, Caller.DefaultTenant));
        Assert.Equal(403, (await site.Send(limited, In(act, tenant))).Status);
        Assert.Equal("", (await Snapshot.Take(site.Server, tenant)).Since(before, things));
        Assert.Equal("", (await Snapshot.Take(site.Server, Caller.DefaultTenant)).Since(theirs, things));
    }

    [Theory, MemberData(nameof(OfTenants))]
    public async Task Staff_of_the_main_tenant_alone_do_there_what_others_do(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var limited = await site.Limited(Role.Owner, row.IsApi);
        var reply = await site.Send(limited, await (await site.Things(Caller.DefaultTenant, limited)).Fill(row.Sample));
        // The staff and tokens that are there work for all, and are managed by who does.
        if (!row.Leaves && (row.Route.Contains("/staff/{id}", StringComparison.Ordinal) || row.Route.Contains("/tokens/{id}", StringComparison.Ordinal)))
            Assert.Equal((403, row.IsApi ? "SCOPE_TOO_WIDE" : null), (reply.Status, reply.Code));
        else
            Assert.True(reply.Done && reply.Status == row.Status, reply.ToString());
    }

    [Theory, MemberData(nameof(OfAppliance))]
    public async Task Who_works_for_one_tenant_gets_nowhere_that_is_about_the_whole(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var act = await (await site.Things(Caller.DefaultTenant)).Fill(row.Sample);
        foreach (var visitor in new[] { await site.Visitor(Role.Owner, Site.TenantFor(false), row.IsApi), await site.Limited(Role.Owner, row.IsApi) })
        {
            var reply = await site.Send(visitor, act);
            Assert.Equal((403, row.IsApi ? "FORBIDDEN" : null), (reply.Status, reply.Code));
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task Staff_of_the_appliance_are_in_the_tenant_that_the_address_names(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var tenant = Site.TenantFor(false);
        await site.Server.Staff.Tenant(tenant);
        var visitor = await site.Visitor(Role.Owner, Caller.DefaultTenant, api: false);
        var things = await ThingsOf(site, row, tenant, Caller.DefaultTenant, visitor);
        foreach (var thing in row.Shows)
            await things.Get(thing);
        var act = In(await things.Fill(row.Sample), tenant);
        var before = await Snapshot.Take(site.Server, Caller.DefaultTenant);

        var reply = await site.Send(visitor, act);
        Assert.True(reply.Done && reply.Status == row.Status, reply.ToString());
        foreach (var thing in row.Shows)
            Assert.Contains(await things.Get(thing), reply.Text, StringComparison.Ordinal);
        if (reply.Location is { } location && location.StartsWith("/admin", StringComparison.Ordinal))
            Assert.Contains("tenant=" + tenant, location, StringComparison.Ordinal);
        if (reply.Type == "text/html" && reply.Text.Contains("gh-tenant", StringComparison.Ordinal))
            Assert.Empty(Forgotten(reply.Text, tenant));
        else
            Assert.True(reply.Type != "text/html" || row.Route.Contains("print", StringComparison.Ordinal) || row.Route.Contains("password", StringComparison.Ordinal) || row.Route.EndsWith("/preview", StringComparison.Ordinal), "a page without the shell: " + row);
        // What was done was done there; what is about themselves, or the whole, at home.
        if (!Home(row))
            Assert.Equal("", (await Snapshot.Take(site.Server, Caller.DefaultTenant)).Since(before, things));
    }

    [Fact]
    public async Task A_tenant_that_is_not_there_is_told()
    {
        var site = await sites.On(Engine.Sqlite);
        var page = await site.Send(await site.Visitor(Role.Owner, Caller.DefaultTenant, api: false), new Act("GET", "/admin?tenant=nobody"));
        Assert.Equal(404, page.Status);
        Assert.Contains("There is no such business.", page.Text, StringComparison.Ordinal);
    }

    private static bool IsShell(EndpointRow row) => !row.IsApi && !row.IsOpen && !row.IsCustomers && row.Route.StartsWith("/admin", StringComparison.Ordinal);

    private static bool Home(EndpointRow row) => row.IsOfAppliance || row.Route.StartsWith(Own, StringComparison.Ordinal);

    private static Task<Things> ThingsOf(Site site, EndpointRow row, string tenant, string home, Visitor visitor) =>
        site.Things(row.IsOfAppliance ? Caller.DefaultTenant : Home(row) ? home : tenant, visitor);

    private static Act In(Act act, string tenant) => act with { Path = $"{act.Path}{(act.Path.Contains('?', StringComparison.Ordinal) ? "&" : "?")}tenant={tenant}" };

    /// <summary>The links and forms of the page that lead into the shell and out of the tenant.</summary>
    private static List<string> Forgotten(string html, string tenant)
    {
        var page = new HtmlParser().ParseDocument(html);
        var links = page.QuerySelectorAll("[href^='/admin'], :not(form)[hx-get^='/admin'], [hx-post^='/admin'], [formaction^='/admin']")
            .SelectMany(e => new[] { e.GetAttribute("href"), e.GetAttribute("hx-get"), e.GetAttribute("hx-post"), e.GetAttribute("formaction") }).OfType<string>();
        var forms = page.QuerySelectorAll("form").Where(f => f.GetAttribute("action") is not { } action || action.StartsWith("/admin", StringComparison.Ordinal));
        return
        [
            .. links.Where(href => !href.Contains("tenant=", StringComparison.Ordinal)),
            .. forms.Where(f => string.Equals(f.GetAttribute("method"), "post", StringComparison.OrdinalIgnoreCase)
                ? f.GetAttribute("action")?.Contains("tenant=" + tenant, StringComparison.Ordinal) == false
                : f.QuerySelector($"input[name=tenant][value='{tenant}']") is null).Select(f => f.OuterHtml[..Math.Min(200, f.OuterHtml.Length)]),
        ];
    }
}
