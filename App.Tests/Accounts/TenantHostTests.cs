using AngleSharp.Html.Parser;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>
/// Whoever has not said who they are is on the site whose host name they came by, over everything that is open to all: what belongs to
/// another does not exist there.
/// </summary>
public sealed class TenantHostTests(Sites sites) : IClassFixture<Sites>
{
    /// <summary>Whoever asks for another code is told the same, whether there is an attempt or not.</summary>
    private const string TellsNothing = "/sign-up/code/again";

    /// <summary>A link of a mail names the tenant that wrote it, and works wherever it leads.</summary>
    private const string NamesItsTenant = "/unsubscribe/{token}";

    /// <summary>What a gateway tells belongs to the channel that its address names: no money is lost by the name of a host.</summary>
    private const string OfAChannel = "/pay/{route}/{channel}/notify";

    /// <summary>A link to a map is its rental's, whatever host it is fetched from.</summary>
    private const string OfALink = "/sub/{token}/";

    /// <summary>Who comes back without a gateway's signature is led to the front, of whatever tenant.</summary>
    private const string FromAChannel = "/pay/{route}/{channel}/return";

    /// <summary>How the server is, and what pages are made of.</summary>
    // A link to a map answers with an empty one, whatever it is asked: headscale does not start on an error.
    private static readonly string[] EvenClosed = ["GET /api/health", "GET /assets/{**path}", "GET /brand/{name}", "GET /favicon.ico", "GET /health", "GET /relay/link", "GET /robots.txt", "GET /sub/{token}/derpmap.json", "GET /sub/{token}/derpmap.yaml", "HEAD /assets/{**path}", "HEAD /favicon.ico", "HEAD /robots.txt"];

    public static TheoryData<string, Engine> Open => EndpointCatalogue.On(r => r.IsOpen && r.HasThing && r.Route is not (TellsNothing or NamesItsTenant or OfAChannel or FromAChannel) && !r.Route.StartsWith(OfALink, StringComparison.Ordinal) && !OfFirstStart(r));

    public static TheoryData<string, Engine> All => EndpointCatalogue.On(r => r.IsOpen && r.Route != NamesItsTenant && !OfFirstStart(r));

    [Theory, MemberData(nameof(Open))]
    public async Task What_belongs_to_a_tenant_is_there_at_its_host_name_alone(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var (tenant, host) = await Business(site);
        var nobody = await site.Visitor(null, tenant, row.IsApi);
        var things = await site.Things(tenant);
        var act = await things.Fill(row.Sample);
        var (theirs, defaults) = (await Snapshot.Take(site.Server, tenant), await Snapshot.Take(site.Server, Caller.DefaultTenant));
        var elsewhere = await site.Send(nobody, act);
        Assert.Equal("", (await Snapshot.Take(site.Server, tenant)).Since(theirs, things));
        Assert.Equal("", (await Snapshot.Take(site.Server, Caller.DefaultTenant)).Since(defaults, things));

        var there = await site.Send(nobody, act, host: host);
        Assert.True(there.Done && there.Status == row.Status, there.ToString());
        Assert.NotEqual(Told(there), Told(elsewhere));
    }

    [Theory, MemberData(nameof(All))]
    public async Task What_is_the_default_tenants_is_not_at_another_host_name(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var (tenant, host) = await Business(site);
        var nobody = await site.Visitor(null, Caller.DefaultTenant, row.IsApi);
        var things = await site.Things(Caller.DefaultTenant);
        var act = await things.Fill(row.Sample);
        var defaults = await Snapshot.Take(site.Server, Caller.DefaultTenant);
        var reply = await site.Send(nobody, act, host: host);
        Assert.True(reply.Status < 500, reply.ToString());
        Assert.Equal("", (await Snapshot.Take(site.Server, Caller.DefaultTenant)).Since(defaults, things));
        // Signed by whose site it is.
        if (row.Type == "application/json" && reply.Response.Headers.Contains("Keygen-Signature"))
            SignedAnswers.Check(reply.Response, reply.Body, act.Method, act.Path, host, (await site.Server.Service<SigningKeys>().Current(tenant)).PublicKeyHex);
    }

    [Fact]
    public async Task At_a_host_name_of_one_that_is_closed_nothing_answers_anybody()
    {
        var site = await sites.On(Engine.Sqlite);
        var (tenant, host) = await Business(site);
        var (staff, customer, global) = (await site.Visitor(Role.Owner, tenant, false), await site.Customer(tenant), await site.Visitor(Role.Owner, Caller.DefaultTenant, false));
        await site.Server.Db.Write(s => site.Server.Service<TenantService>().Update(s, Caller.Cli, tenant, new TenantInput(Closed: true)));
        var answers = new List<string>();
        foreach (var row in EndpointCatalogue.Rows)
            foreach (var visitor in new[] { new Visitor(null, null, null), staff, customer, global })
            {
                var reply = await site.Send(visitor, row.Sample, host: host);
                if (reply.Status != 403 || (row.IsApi ? reply.Code != "SITE_CLOSED" : !reply.Text.Contains("This site is closed", StringComparison.Ordinal)))
                    answers.Add(row.ToString());
            }
        Assert.Equal(EvenClosed, answers.Distinct().Order(StringComparer.Ordinal));
    }

    // There is one set-up, of the appliance.
    private static bool OfFirstStart(EndpointRow row) => row.Route.StartsWith("/setup", StringComparison.Ordinal);

    private static async Task<(string Tenant, string Host)> Business(Site site)
    {
        var tenant = Site.TenantFor(false);
        await site.Server.Db.Write(s => site.Server.Service<TenantService>().Create(s, Caller.Cli, new TenantInput(tenant, tenant, Hosts: [tenant + ".example"])));
        return (tenant, tenant + ".example");
    }

    // Without what is around every page of a site: that is another's anyway.
    private static string Told(Reply reply) =>
        $"{reply.Status} {reply.Location} {(reply.Type == "text/html" ? new HtmlParser().ParseDocument(reply.Text).QuerySelector("main")!.TextContent : reply.Text)}";
}
