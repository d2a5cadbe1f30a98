using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Points;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Invites;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Who brings somebody that buys gets a reward: once, when nothing can go back any more, and not for themselves.</summary>
public sealed class InviteTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory]
    [InlineData(Engine.Sqlite, "points")]
    [InlineData(Engine.Postgres, "points")]
    [InlineData(Engine.Sqlite, "balance")]
    [InlineData(Engine.Postgres, "balance")]
    public async Task One_who_buys_is_worth_one_reward_however_many_look_and_after_the_days_alone(Engine engine, string kind)
    {
        await using var till = await Till.Open(engine);
        await Set(till, kind);
        var (inviter, friend) = (await till.Customer(0, "ann@example.com"), await till.Customer(0, "ben@example.com"));
        await Brought(till, inviter, friend, "ben@example.com");
        await Run(till);
        await Paid(till, friend);
        await Paid(till, friend);
        till.Shop.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        await Run(till);
        Assert.Equal((0L, 0L), await Got(till, inviter));
        Assert.NotNull(Assert.Single(await Lines(till, inviter)).DueAt);
        till.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Run(till))));
        Assert.Equal(kind == "points" ? (10L, 0L) : (0L, 1000L), await Got(till, inviter));
        await Run(till);
        Assert.Equal(kind == "points" ? (10L, 0L) : (0L, 1000L), await Got(till, inviter));
        var line = Assert.Single(await Lines(till, inviter));
        Assert.Equal((Invited.Earned, kind, "b***@e***.com"), (line.Invited.State, line.Invited.Kind, line.Who));
        await till.AddsUp();
        if (kind == "points")
            return;
        Assert.Equal(1000, await till.Sum(LedgerAccount.Rewards));
        await till.Db.Write(s => s.Execute("UPDATE invited SET amount = amount + 1"));
        Assert.Contains((await till.Db.Read(LedgerCheck.Check)).Errors, e => e.Contains("bringing others", StringComparison.Ordinal));
    }

    [Theory, BothEngines]
    public async Task What_goes_back_earns_nothing_and_refund_and_reward_at_once_are_one_of_both(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await Set(till, "balance");
        var inviter = await till.Customer(0, "ann@example.com");
        var orders = new List<Order>();
        for (var i = 0; i < 4; i++)
        {
            var friend = await till.Customer(0, $"friend{i}@example.com");
            await Brought(till, inviter, friend, $"friend{i}@example.com");
            orders.Add(await Paid(till, friend));
        }
        await Refund(till, orders[0]);
        till.Shop.Clock.Advance(TimeSpan.FromDays(8));
        await Task.WhenAll(orders.Skip(1).Select(o => Task.Run(() => Refund(till, o))).Append(Task.Run(() => Run(till))));
        await Run(till);
        var earned = await till.Shop.Count("SELECT COUNT(*) FROM invited WHERE state = 'earned'");
        Assert.Equal(earned * 1000, await till.Balance(inviter));
        // What counts is one that nothing went back of: bought again, they earn it after all.
        await Paid(till, Till.Visitor with { Kind = "customer", Id = orders[0].AccountId });
        till.Shop.Clock.Advance(TimeSpan.FromDays(8));
        await Run(till);
        Assert.Equal(earned + 1, await till.Shop.Count("SELECT COUNT(*) FROM invited WHERE state = 'earned'"));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Nobody_brings_themselves_however_the_mailbox_is_spelt_and_each_mailbox_is_brought_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var inviter = await till.Customer(0, "ann@gmail.com");
        Assert.Equal("INVITES_OFF", await Bench.Code(() => Code(till, inviter)));
        await Set(till, "points");
        foreach (var own in new[] { "ann+1@gmail.com", "a.n.n@gmail.com", "Ann@googlemail.com" })
            await Brought(till, inviter, await till.Customer(0, own), own);
        await Brought(till, inviter, inviter, "ann@gmail.com");
        Assert.Empty(await Lines(till, inviter));
        var ben = await till.Customer(0, "ben@example.com");
        await Brought(till, inviter, ben, "ben@example.com");
        await Brought(till, inviter, await till.Customer(0, "ben+2@example.com"), "ben+2@example.com");
        Assert.Single(await Lines(till, inviter));
        // Gone and come again, they are known.
        await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<CustomerService>().Remove(s, Licensing.Shop.Staff, ben.Id!));
        await Brought(till, inviter, await till.Customer(0, "ben@example.com"), "ben@example.com");
        var gone = Assert.Single(await Lines(till, inviter));
        Assert.Equal((Invited.Void, "***"), (gone.Invited.State, gone.Who));
        await Set(till, "off");
        await Brought(till, inviter, await till.Customer(0, "eve@example.com"), "eve@example.com");
        Assert.Single(await Lines(till, inviter));
    }

    [Theory, BothEngines]
    public async Task Of_accounts_that_become_one_each_person_is_worth_one_and_nobody_is_their_own(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await Set(till, "points");
        var (ann, ben, cy) = (await till.Customer(0, "ann@example.com"), await till.Customer(0, "ben@example.com"), await till.Customer(0, "cy@example.com"));
        await Brought(till, ann, ben, "ben@example.com");
        await Brought(till, ben, cy, "cy@example.com");
        await till.Db.Write(async s =>
        {
            await InvitePeople.Move(s, Tenant, ben.Id!, ann.Id!);
            return true;
        });
        Assert.Equal([("void", ann.Id), ("waiting", cy.Id)], (await Lines(till, ann)).Select(l => (l.Invited.State, l.Invited.AccountId)).Order());
        // Ben's link leads to Ann.
        Assert.Equal(2, await till.Shop.Count("SELECT COUNT(*) FROM invite_codes"));
        await Paid(till, cy);
        till.Shop.Clock.Advance(TimeSpan.FromDays(8));
        await Run(till);
        Assert.Equal((10L, 0L), await Got(till, ann));
    }

    [Theory]
    [InlineData(Engine.Sqlite, "en")]
    [InlineData(Engine.Postgres, "zh")]
    public async Task A_friend_signs_up_by_the_link_and_stands_on_the_page(Engine engine, string language)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var set = await owner.PatchApi("/api/settings", new { sign_up = new { proof_of_work = false }, invites = new { kind = "balance", amount = "8.88", currency = "cny", days = 3 } });
        Assert.True(set.Status == System.Net.HttpStatusCode.OK, set.Text);
        var wrong = await owner.PatchApi("/api/settings", new { invites = new { kind = "points", amount = "8.88" } });
        Assert.Equal("VALIDATION_FAILED", (string)wrong["code"]!);
        var browser = await SignedIn(server, language);
        var home = await browser.Get("/account");
        Assert.Contains("8.88", home.Text, StringComparison.Ordinal);
        var page = await browser.Submit(await browser.Get("/account/invite"), "form[action='/account/invite']", []);
        var link = page.One("#link").GetAttribute("value")!;
        var friend = server.Browser(language);
        var form = await friend.Get(link[link.IndexOf("/sign-up", StringComparison.Ordinal)..]);
        // A mistake keeps whose link it was.
        form = await friend.Submit(form, "form[action='/sign-up']", new() { ["email"] = "friend@example.org", ["password"] = "short", ["password_repeat"] = "short" });
        var code = await friend.Submit(form, "form[action='/sign-up']", new() { ["email"] = "friend@example.org", ["password"] = Bench.Password, ["password_repeat"] = Bench.Password });
        var id = await server.Db.Read(s => s.One("SELECT id FROM accounts WHERE email = 'friend@example.org'", r => r.GetString(0)));
        var digits = (await server.Db.Read(s => server.Service<EmailCodes>().Current(s, Tenant, id!, EmailCodes.SignUp, server.Clock.Now)))[0].Code;
        await friend.Submit(code, "form[action='/sign-up/code']", new() { ["code"] = digits });
        page = await browser.Get("/account/invite");
        Assert.Contains("f***@e***.org", page.One("#invited").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("friend@", page.Text, StringComparison.Ordinal);
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Staff_see_who_invited_whom_and_what_it_earned(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { invites = new { kind = "points", amount = "25" } });
        var people = new Dictionary<string, string>();
        foreach (var name in new[] { "ann", "ben", "cara" })
            people[name] = (string)(await owner.PostApi("/api/users", new { username = name, email = name + "@example.com" }))["user"]!["id"]!;
        foreach (var friend in new[] { "ben", "cara" })
            await server.Db.Write(s => InviteStore.Insert(s, Tenant, Gatehouse.Platform.Crypto.Ids.New(), people[friend], people["ann"], friend, server.Clock.Now));
        await server.Db.Write(s => s.Execute("UPDATE invited SET state = 'earned', kind = 'points', amount = 25 WHERE account_id = @id", ("id", people["ben"])));
        Assert.Equal("cara@example.com, ben@example.com", await Found(""));
        Assert.Equal("ben@example.com", await Found("?status=earned"));
        Assert.Equal("cara@example.com", await Found("?q=CARA"));
        Assert.Equal("cara@example.com, ben@example.com", await Found("?q=ann@"));
        Assert.Equal("cara@example.com", await Found("?q=ann&status=waiting"));
        Assert.Equal("", await Found("?q=nobody"));
        Assert.Equal("VALIDATION_FAILED", (await owner.GetApi("/api/invites?status=later")).Code);
        var page = await (await server.SignedIn(Role.Owner)).Get("/admin/invites?status=earned");
        Assert.Equal("/admin/users/" + people["ann"], page.Document.QuerySelectorAll("#list a.gh-link")[1].GetAttribute("href"));
        Assert.Contains("+25 points", page.One("#list").TextContent, StringComparison.Ordinal);
        // Of who is gone nothing is said but that they were there.
        await owner.DeleteApi("/api/users/" + people["ann"]);
        var item = (await owner.GetApi("/api/invites?status=earned"))["items"]![0]!;
        Assert.Equal((null, null, "ben@example.com", 25L), ((string?)item["inviter"]!["id"], (string?)item["inviter"]!["name"], (string?)item["invited"]!["name"], (long)item["reward"]!["amount"]!));

        async Task<string> Found(string query) => string.Join(", ", (await owner.GetApi("/api/invites" + query))["items"]!.AsArray().Select(i => (string)i!["invited"]!["name"]!));
    }

    private static async Task<TestBrowser> SignedIn(TestServer server, string language)
    {
        var browser = server.Browser(language);
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Tenant, await server.Staff.Customer()));
        return browser;
    }

    private static Task Set(Till till, string kind) => till.Db.Write(async s =>
    {
        await till.Shop.Get<TenantSettings>().Set(s, Tenant, InviteSettings.Kind, kind);
        return true;
    });

    private static Task<string> Code(Till till, Caller who) => till.Db.Write(s => till.Shop.Get<InviteService>().Code(s, who));

    private static async Task Brought(Till till, Caller inviter, Caller friend, string email)
    {
        var code = await till.Db.Read(s => InviteStore.Code(s, Tenant, inviter.Id!)) ?? await Code(till, inviter);
        await till.Db.Write(async s =>
        {
            await till.Shop.Get<InviteService>().Confirmed(s, Tenant, new Customer { Id = friend.Id!, Email = email }, code.ToLowerInvariant());
            return true;
        });
    }

    private static Task Run(Till till) => till.Shop.Get<InviteService>().Run(default);

    private static async Task<Order> Paid(Till till, Caller who)
    {
        var order = await till.Order(who: who);
        await till.Pay(await till.Attempt(order), 1250);
        return order;
    }

    private static Task<Refund> Refund(Till till, Order order) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<RefundService>().Ask(s, Licensing.Shop.Staff, order.Number, new(null, "no", RefundWay.Hand, "wire", null)));

    private static Task<List<InvitedLine>> Lines(Till till, Caller who) => till.Db.Read(s => InviteStore.List(s, Tenant, who.Id!, 7, null, 50));

    private static async Task<(long Points, long Balance)> Got(Till till, Caller who) =>
        (await till.Db.Read(s => till.Shop.Get<PointService>().Balance(s, Tenant, who.Id!)), await till.Balance(who));
}
