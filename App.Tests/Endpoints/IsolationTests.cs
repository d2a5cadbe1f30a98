using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>
/// A tenant's rows do not exist for another. Each row is tried by the other tenant's owner, who gets nothing, and by the tenant's
/// own, who gets something: so no row passes by being wrong.
/// </summary>
public sealed class IsolationTests(Sites sites) : IClassFixture<Sites>
{
    public static TheoryData<string, Engine> Single => EndpointCatalogue.On(r => r is { HasThing: true, IsOpen: false, OfServer: false } && r.Who != EndpointRow.SignedIn);

    public static TheoryData<string, Engine> Lists => EndpointCatalogue.On(r => r.Shows.Length > 0);

    [Theory, MemberData(nameof(Single))]
    public async Task Another_tenants_thing_does_not_exist(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        // Of one tenant's customers each is a stranger to the other.
        var (tenant, other) = (Site.TenantFor(false), Site.TenantFor(false));
        var own = await site.Own(row, tenant);
        var strangers = new List<(Visitor Visitor, string Tenant)> { (await site.Own(row, row is { IsCustomers: true, IsShared: false } ? tenant : other), other) };
        if (!row.IsCustomers)
            strangers.Add((await site.Limited(Role.Owner, row.IsApi), Caller.DefaultTenant));
        var things = await site.Things(tenant, own);
        var act = await things.Fill(row.Sample);
        foreach (var (stranger, home) in strangers)
        {
            var (before, theirs) = (await Snapshot.Take(site.Server, tenant), await Snapshot.Take(site.Server, home));
            var reply = await site.Send(stranger, act);
            Assert.True(row.Stranger is { } status ? reply.Status == status : reply.Status is 404 or 422, reply.ToString());
            Assert.Equal("", (await Snapshot.Take(site.Server, tenant)).Since(before, things));
            Assert.Equal("", (await Snapshot.Take(site.Server, home)).Since(theirs, things));
            // A page shows again what was typed into it; of what belongs to the things it knows nothing.
            foreach (var thing in Things.In(row.Path).ToList())
                Assert.DoesNotContain(await things.Get(thing), row.IsApi || row.Stranger is not null ? reply.Text : "", StringComparison.Ordinal);
            Assert.DoesNotContain("Test Analyst", reply.Text, StringComparison.Ordinal);
        }

        var done = await site.Send(own, act);
        Assert.True(done.Done && done.Status == row.Status, done.ToString());
    }

    [Theory, MemberData(nameof(Lists))]
    public async Task Lists_and_exports_show_nothing_of_another_tenants(string name, Engine engine)
    {
        var (row, site) = (EndpointCatalogue.Named(name), await sites.On(engine));
        var tenant = Site.TenantFor(false);
        var own = await site.Own(row, tenant);
        var strangers = new List<Visitor> { await site.Own(row, row.IsCustomers ? tenant : Site.TenantFor(false)) };
        if (!row.IsCustomers)
            strangers.Add(await site.Limited(Role.Owner, row.IsApi));
        var things = await site.Things(tenant, own);
        foreach (var thing in row.Shows)
            await things.Get(thing);
        foreach (var query in row.Finds.Prepend(""))
        {
            // What is searched for stands on the page that finds nothing.
            var hidden = row.Shows.Where(s => !query.Contains("{" + s + "}", StringComparison.Ordinal)).ToList();
            var act = new Act(row.Method, row.Path + await things.Fill(query));
            var mine = await site.Send(own, act);
            Assert.Equal(row.Status, mine.Status);
            var shown = 0;
            foreach (var thing in row.Shows)
                shown += mine.Text.Contains(await things.Get(thing), StringComparison.Ordinal) ? 1 : 0;
            Assert.True(query.Length == 0 ? shown == row.Shows.Length : shown > 0, $"{act} shows {shown} of {string.Join(", ", row.Shows)}");
            foreach (var stranger in strangers)
            {
                var theirs = await site.Send(stranger, act);
                Assert.Equal(row.Status, theirs.Status);
                foreach (var thing in hidden)
                    Assert.False(theirs.Text.Contains(await things.Get(thing), StringComparison.Ordinal), $"{act} shows the {thing} of another tenant");
                if (row.IsApi && row.Type == "application/json" && query.Contains('{', StringComparison.Ordinal))
                    Assert.Contains("\"items\":[]", theirs.Text, StringComparison.Ordinal);
            }
        }
    }

    [Theory, BothEngines]
    public async Task Counts_are_of_ones_own(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var own = await server.As(Role.Owner);
        var other = await server.As(Role.Owner, "other");
        await own.MakeKeys(await own.MakePlan("Isolated"), 2);
        Assert.Equal(0, (long)(await other.GetApi("/api/statistics/keys"))["total"]!);
        Assert.Equal(2, (long)(await own.GetApi("/api/statistics/keys"))["total"]!);
    }
}
