using System.Net;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>Holds every endpoint to its row, by sending its sample as each kind of caller.</summary>
public sealed class AccessTests(Sites sites) : IClassFixture<Sites>
{
    private static readonly Role?[] Callers = [null, .. Enum.GetValues<Role>().Select(r => (Role?)r)];

    public static TheoryData<string, Engine> All => EndpointCatalogue.On(_ => true);

    public static TheoryData<string, Engine> Forms => EndpointCatalogue.On(r => r is { Method: "POST", IsApi: false, FromElsewhere: false });

    public static TheoryData<string, Engine> Once => EndpointCatalogue.On(r => r.Once);

    [Theory, MemberData(nameof(All))]
    public async Task The_endpoint_lets_in_whom_its_row_says(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        Assert.True(row.Who is EndpointRow.Open or EndpointRow.SignedIn or EndpointRow.Customer || Declared.Permissions.All.Any(p => p.Name == row.Who), row.Who);
        var tenant = Site.TenantFor(row.IsDefaults);
        var refused = new List<(bool Known, Visitor Visitor)>();
        foreach (var role in Callers.Where(r => !row.LetsIn(r)))
            refused.Add((role is not null, await site.Visitor(role, tenant, row.IsApi)));
        if (row.IsOfAppliance)
            refused.Add((true, await site.Limited(Role.Owner, row.IsApi)));
        if (!row.IsOpen && !row.IsCustomers && !row.AlsoCustomers)
            refused.Add((true, await site.Customer(tenant)));
        var (act, _) = await Sample(site, row, tenant);
        var before = await Snapshot.Take(site.Server, tenant);
        foreach (var (known, visitor) in refused)
        {
            var reply = await site.Send(visitor, act);
            if (known)
                Assert.Equal((403, row.IsApi ? "FORBIDDEN" : null), (reply.Status, reply.Code));
            else if (row.IsApi)
                Assert.Equal((401, "UNAUTHORIZED"), (reply.Status, reply.Code));
            else
                Assert.True(reply.Status is 302 or 303 && reply.Location!.StartsWith("/sign-in?return=", StringComparison.Ordinal), reply.ToString());
        }
        Assert.Equal(before.Rows.Order().Concat(before.Audit), await Now(site, tenant));

        foreach (var role in Callers.Where(row.LetsIn))
        {
            var visitor = await site.Visitor(role, tenant, row.IsApi);
            act = await (await site.Things(tenant, visitor)).Fill(row.Sample);
            var reply = await site.Send(visitor, act);
            // An open page may greet who is signed in otherwise; it never turns them away.
            if (row.IsOpen && role is not null)
                Assert.True(reply.Status is not (401 or 403) && reply.Status < 500, $"{role}: {reply}");
            else
                Assert.True(reply.Done && reply.Status == (row.Status == 303 && reply.Status == 302 ? 302 : row.Status) && (reply.Location is not null || reply.Type == row.Type), $"{role}: {reply.Type} {reply}");
        }
        if (row.IsOpen || row.IsCustomers)
        {
            var visitor = await site.Customer(tenant);
            act = await (await site.Things(tenant, visitor)).Fill(row.Sample);
            var reply = await site.Send(visitor, act);
            if (row.IsOpen)
                Assert.True(reply.Status is not (401 or 403) && reply.Status < 500, $"customer: {reply}");
            else
                Assert.True(reply.Done && reply.Status == row.Status && (reply.Location is not null || reply.Type == row.Type), $"customer: {reply.Type} {reply}");
        }
        Assert.Empty(site.Server.Errors.Lines);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Its_json_is_signed_and_as_it_is_described(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        if (row.Type != "application/json" || row.IsFile)
            return;
        var tenant = Site.TenantFor(row.IsDefaults);
        var (act, visitor) = await Sample(site, row, tenant);
        var reply = await site.Send(visitor, act);
        Assert.Equal(row.Status, reply.Status);
        var key = await site.Server.Service<SigningKeys>().Current(tenant);
        SignedAnswers.Check(reply.Response, reply.Body, act.Method, act.Path, site.Server.Address.Authority, key.PublicKeyHex);
        if (row.Route.StartsWith("/api/", StringComparison.Ordinal))
            Assert.Empty((await site.Schema).Faults(row, act, reply));
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task A_forged_form_is_refused_and_changes_nothing(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var tenant = Site.TenantFor(row.IsDefaults);
        var (act, visitor) = await Sample(site, row, tenant);
        var before = await Snapshot.Take(site.Server, tenant);
        foreach (var forgery in new[] { Forgery.NoToken, Forgery.OtherSite })
            Assert.Equal(400, (await site.Send(visitor, act, forgery)).Status);
        Assert.Equal(before.Rows.Order().Concat(before.Audit), await Now(site, tenant));
    }

    [Theory, MemberData(nameof(Once))]
    public async Task Sent_again_under_its_key_it_is_done_once(string name, Engine engine)
    {
        // Keys of guests are those of all guests: each row has its own.
        var (row, site, key) = (EndpointCatalogue.Named(name), await sites.On(engine), string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')));
        var tenant = Site.TenantFor(row.IsDefaults);
        var (act, visitor) = await Sample(site, row, tenant);
        Assert.Equal(row.Status, (await site.Send(visitor, act, once: key)).Status);
        var after = await Snapshot.Take(site.Server, tenant);
        var again = await site.Send(visitor, act, once: key);
        Assert.True(again.Status == row.Status, again.ToString());
        Assert.Equal(after.Rows.Order().Concat(after.Audit), await Now(site, tenant));
        var (other, _) = await Sample(site, row, tenant);
        var reused = await site.Send(visitor, other with { Json = other.Json!.Replace("\"x\"", "\"y\"", StringComparison.Ordinal).Replace("Bad input", "Other", StringComparison.Ordinal) }, once: key);
        Assert.Equal((422, "IDEMPOTENCY_REUSED"), (reused.Status, reused.Code));
    }

    [Fact]
    public async Task A_session_is_no_key_to_the_rest_faces_and_a_token_none_to_pages()
    {
        var server = (await sites.On(Engine.Sqlite)).Server;
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/keys");
        request.Headers.Add("Cookie", $"{Cookies.Session}={await server.Staff.Session(Role.Owner)}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.Call(request)).Status);
        using var owner = await server.As(Role.Owner);
        using var page = await owner.GetAsync("/admin/account");
        Assert.Equal(HttpStatusCode.Found, page.StatusCode);
    }

    [Fact]
    public async Task A_token_may_what_its_scopes_name_and_no_more()
    {
        var server = (await sites.On(Engine.Sqlite)).Server;
        using var http = server.Client(await server.Staff.Token(Role.Admin, scopes: LicensingPermissions.KeysRead.Name));
        Assert.Equal(HttpStatusCode.OK, (await http.GetApi("/api/keys")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetApi("/api/plans")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostApi("/api/keys/generate", new { })).Status);
        using var beyond = server.Client(await server.Staff.Token(Role.Analyst, scopes: $"{LicensingPermissions.KeysRead} {LicensingPermissions.KeysWrite}"));
        Assert.Equal(HttpStatusCode.OK, (await beyond.GetApi("/api/keys")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await beyond.PostApi("/api/keys/generate", new { })).Status);
    }

    // A request of its own, with things of its own, by someone new whom the endpoint is for.
    private static async Task<(Act Act, Visitor Visitor)> Sample(Site site, EndpointRow row, string tenant)
    {
        var visitor = row.IsOpen ? await site.Visitor(null, tenant, row.IsApi) : await site.Own(row, tenant);
        return (await (await site.Things(tenant, visitor)).Fill(row.Sample), visitor);
    }

    private static async Task<IEnumerable<string>> Now(Site site, string tenant)
    {
        var now = await Snapshot.Take(site.Server, tenant);
        return now.Rows.Order().Concat(now.Audit);
    }
}
