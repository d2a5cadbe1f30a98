using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>What a tenant may have: never more than that, told by its name, warned of in time.</summary>
public sealed class QuotaTests
{
    [Theory, BothEngines]
    public async Task Of_thirty_at_once_as_many_get_in_as_there_is_room_for(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await Limit(shop, new() { ["accounts"] = 5, ["staff"] = 3, ["active_keys"] = 4, ["devices"] = 4 });
        var customers = shop.Get<CustomerService>();
        Assert.Equal(25, (await AtOnce(30, i => shop.Db.Write(s => customers.Create(s, Shop.Customer, new Customer { Username = $"c{i}" }, "!")))).Count(code => code == "QUOTA_EXCEEDED"));
        Assert.Equal(27, (await AtOnce(30, i => shop.Db.Write(s => shop.Get<AccountService>().Create(s, Caller.System, new NewStaff($"staff{i}", "", Role.Analyst, "!"))))).Count(code => code == "QUOTA_EXCEEDED"));
        var keys = await shop.Keys(await shop.Plan(), 30);
        Assert.Equal(26, (await AtOnce(30, i => shop.Activation.Validate(Shop.Customer, keys[i], $"m{i}", default))).Count(code => code == "QUOTA_EXCEEDED"));
        var uses = await shop.Db.Read(s => shop.Get<TenantQuotas>().Uses(s, Caller.DefaultTenant));
        Assert.Equal([("accounts", 5L), ("active_keys", 4), ("devices", 4), ("staff", 3), ("api_calls_day", 0)], uses.Select(u => (u.Quota.Name, u.Used)));
    }

    [Theory, BothEngines]
    public async Task Further_machines_of_one_key_stop_at_the_limit_of_devices(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await Limit(shop, new() { ["devices"] = 3 });
        var key = (await shop.Keys(await shop.Plan(machines: 20), 1))[0];
        Assert.Equal(9, (await AtOnce(12, i => shop.Activation.Validate(Shop.Customer, key, $"m{i}", default))).Count(code => code == "QUOTA_EXCEEDED"));
        Assert.Equal(3, await shop.Db.Read(s => s.Number("SELECT COUNT(*) FROM bindings")));
        // One that is bound already goes on.
        var bound = await shop.Db.Read(s => s.One("SELECT machine_code FROM bindings ORDER BY machine_code LIMIT 1", r => r.GetString(0)));
        Assert.True((await shop.Activation.Validate(Shop.Customer, key, bound, default)).Valid);
    }

    [Fact]
    public async Task A_key_is_made_active_again_only_where_there_is_room()
    {
        await using var shop = await Shop.Open();
        var keys = await shop.Keys(await shop.Plan(), 2);
        await shop.Activation.Validate(Shop.Customer, keys[0], "m", default);
        await Act(keys[0], new LicenseAction(ActionName.Suspend));
        await Limit(shop, new() { ["active_keys"] = 1 });
        await shop.Activation.Validate(Shop.Customer, keys[1], "m", default);
        Assert.Equal("QUOTA_EXCEEDED", await Bench.Code(() => Act(keys[0], new LicenseAction(ActionName.Reinstate))));
        // Where there was more than is allowed now, what adds nothing is done.
        await Limit(shop, new() { ["active_keys"] = 0 });
        Assert.Null(await Bench.Code(() => Act(keys[1], new LicenseAction(ActionName.Extend) { Seconds = 3600 })));

        Task Act(string key, LicenseAction action) => shop.Db.Write(s => shop.Get<LicenseActions>().Apply(s, Shop.Staff, key, action));
    }

    [Theory, BothEngines]
    public async Task It_is_told_which_and_near_the_limit_staff_are_warned_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme", quotas = new { accounts = 5 } });
        var theirs = await server.As(Role.Owner, "acme");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await theirs.PostApi("/api/users", new { username = $"customer{i}" })).Status);
            Assert.Equal(i < 3 ? 0 : 1, (await theirs.GetApi("/api/security-events"))["items"]!.AsArray().Count);
        }
        var refused = await theirs.PostApi("/api/users", new { username = "customer6" });
        Assert.Equal((HttpStatusCode.Forbidden, "QUOTA_EXCEEDED", "The limit of 5 is reached."), (refused.Status, refused.Code, refused.Error("accounts")));
        Assert.Equal("Customers: the limit of 5 is reached. Whoever runs this site can raise it.", (string)refused["message"]!);
        // Nobody else's: not the default one's customers, nor its log.
        Assert.Equal(HttpStatusCode.Created, (await owner.PostApi("/api/users", new { username = "customer7" })).Status);
        Assert.Empty((await owner.GetApi("/api/security-events"))["items"]!.AsArray());
        Assert.Equal(5, (int)(await owner.GetApi("/api/tenants/acme"))["tenant"]!["usage"]!["accounts"]!);
        Assert.Contains("5 of 5 used.", (await (await server.SignedIn(Role.Owner, "acme")).Get("/admin")).Text, StringComparison.Ordinal);
        // With room again, whoever comes near it is told anew.
        await owner.PatchApi("/api/tenants/acme", new { quotas = new { accounts = 10 } });
        for (var i = 7; i < 10; i++)
            await theirs.PostApi("/api/users", new { username = $"customer{i}" });
        Assert.Equal(2, (await theirs.GetApi("/api/security-events"))["items"]!.AsArray().Count);
    }

    [Theory, BothEngines]
    public async Task Where_all_places_are_taken_whoever_signs_up_is_told_the_same(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (owner, who) = (await server.As(Role.Owner), Caller.Public("198.51.100.7", null));
        await server.Staff.Customer(username: "known");
        var known = await server.Db.Read(s => s.One("SELECT email FROM accounts WHERE username = 'known'", r => r.GetString(0)));
        var id = await server.Staff.Customer(username: "waiting");
        await server.Db.Write(s => s.Execute("UPDATE accounts SET pending = 1 WHERE id = @id", ("id", id)));
        await owner.PatchApi("/api/tenants/default", new { quotas = new { accounts = 1 } });
        foreach (var address in new[] { known!, "stranger@example.com", $"{id}@example.com" })
            Assert.Equal("QUOTA_EXCEEDED", await Bench.Code(() => server.Db.Write(s => server.Service<SignUpService>().Apply(s, who, new Applicant(address, "", "!", "en", null), false, "/sign-in"))));
    }

    [Theory, BothEngines]
    public async Task Calls_of_the_api_stop_at_the_limit_of_the_day_on_all_nodes_together(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        await Limit(shop, new() { ["api_calls_day"] = 250 });
        var nodes = new[] { shop.Get<ApiCallMeter>(), new ApiCallMeter(shop.Db, shop.Get<TenantQuotas>(), shop.Clock), new ApiCallMeter(shop.Db, shop.Get<TenantQuotas>(), shop.Clock) };
        var codes = await AtOnce(300, async i => await nodes[i % 3].Count(Shop.Customer));
        Assert.Equal((250, 50), (codes.Count(code => code is null), codes.Count(code => code == "QUOTA_EXCEEDED")));
        shop.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Bench.Code(async () => await nodes[0].Count(Shop.Customer)));
    }

    [Fact]
    public async Task What_a_call_is_refused_with_for_its_day_is_a_problem_and_pages_go_on()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme", quotas = new { api_calls_day = 2 } });
        var theirs = await server.As(Role.Owner, "acme");
        await theirs.GetApi("/api/plans");
        await theirs.GetApi("/api/plans");
        var refused = await theirs.GetApi("/api/plans");
        Assert.Equal(("QUOTA_EXCEEDED", true), (refused.Code, refused.Error("api_calls_day") is not null));
        Assert.Equal(HttpStatusCode.OK, (await (await server.SignedIn(Role.Owner, "acme")).Get("/admin")).Status);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetApi("/api/plans")).Status);
    }

    private static Task Limit(Shop shop, Dictionary<string, long?> quotas) =>
        shop.Db.Write(s => shop.Get<TenantService>().Update(s, Caller.Cli, Caller.DefaultTenant, new TenantInput(Quotas: quotas)));

    private static Task<string?[]> AtOnce(int count, Func<int, Task> work)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            await go.Task;
            return await Bench.Code(() => work(i));
        })).ToArray();
        go.SetResult();
        return Task.WhenAll(all);
    }
}
