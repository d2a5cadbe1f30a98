using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Accounts.PasskeySteps;

namespace Gatehouse.Tests.Accounts;

/// <summary>Customers' own two-factor sign-in and passkeys: the same as that of staff, on their own pages and in their own history.</summary>
public sealed class CustomerTwoFactorTests
{
    private const string Path = "/account/security/two-factor";

    /// <summary>What customers do is theirs, and goes with them; the audit log and security events know them by id.</summary>
    [Theory, BothEngines]
    public async Task A_customers_two_factor_and_passkeys_leave_no_name(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var customer = await bench.Customer(new Customer { Username = "mei-lin", Email = "mei@example.com" }, Bench.Password);
        var who = await Here(bench, new Caller(Caller.DefaultTenant, "customer", customer.Id, "mei@example.com", null, PermissionSet.None, "203.0.113.7", "test"));
        await bench.Db.Write(s => bench.TwoFactor.Begin(s, who));
        var secret = (await bench.Db.Read(s => bench.TwoFactor.Begun(s, who.TenantId, customer.Id)))!.Secret;
        string Code() => TotpCode.Of(secret, TotpCode.Counter(bench.Clock.Now));
        var on = await bench.Db.Write(s => bench.TwoFactor.SwitchOn(s, who, Code()));
        who = who with { SessionId = OpaqueToken.Hash(on.SessionId) };
        bench.Clock.Advance(TimeSpan.FromSeconds(30));
        var half = (await bench.SignIns.Enter(Bench.Visitor, "mei@example.com", Bench.Password))!;
        Assert.Null((await bench.SignIns.TryCode(Bench.Visitor, half.HalfSession!, "000000")).SignedIn);
        Assert.True((await bench.SignIns.TryCode(Bench.Visitor, half.HalfSession!, on.RecoveryCodes[0])).SignedIn!.Customer);
        await bench.Db.Write(s => bench.TwoFactor.NewRecoveryCodes(s, who));
        var device = await Add(bench, who, new SoftPasskey(), "Mei's phone");
        Assert.True((await Enter(bench, Show(bench, device))).SignedIn!.Customer);
        var seen = await bench.Db.Read(s => bench.Customers.Get(s, who.TenantId, customer.Id));
        Assert.Equal((bench.Clock.Now - 30_000, true), (seen.TwoFactorAt!.Value, seen.HasPasskeys));
        await bench.Db.Write(s => bench.TwoFactor.SwitchOff(s, who));
        Assert.Equal(["two_factor_on", "recovery_codes_made", "passkey_added", "two_factor_off"],
            await bench.Db.Read(s => s.All("SELECT kind FROM account_events WHERE account_id = @id ORDER BY id", r => r.GetString(0), ("id", customer.Id))));
        Assert.Equal(["customer.created"], await bench.Actions());

        Assert.False(await bench.Db.Write(s => bench.TwoFactor.ResetCustomer(s, Caller.Cli, "nobody")));
        Assert.True(await bench.Db.Write(s => bench.TwoFactor.ResetCustomer(s, Caller.Cli, customer.Id)));
        Assert.Equal("TWO_FACTOR_OFF", await Bench.Code(() => bench.Db.Write(s => bench.TwoFactor.ResetCustomer(s, Caller.Cli, customer.Id))));
        Assert.Equal(["customer.created", "customer.two_factor_reset"], await bench.Actions());
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM sessions"));
        await Add(bench, await Here(bench, who), new SoftPasskey(), "Mei's phone");
        await bench.Db.Write(s => bench.Customers.Remove(s, Caller.Cli, customer.Id));
        Assert.Equal(0, await bench.Count("SELECT (SELECT COUNT(*) FROM passkeys) + (SELECT COUNT(*) FROM two_factors) + (SELECT COUNT(*) FROM recovery_codes) + (SELECT COUNT(*) FROM account_events)"));
        foreach (var word in new[] { "mei-lin", "mei@example.com", "Mei's phone" })
            Assert.Equal(0, await bench.Count("SELECT (SELECT COUNT(*) FROM security_events WHERE subject LIKE @w OR detail LIKE @w) + (SELECT COUNT(*) FROM audit_entries WHERE folded LIKE @w) + (SELECT COUNT(*) FROM outbox WHERE payload LIKE @w)", ("w", $"%{word}%")));
    }

    [Fact]
    public async Task They_set_it_up_come_in_by_it_and_switch_it_off_on_their_pages()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Customer(username: "mei", passwordHash: await Site.PasswordHash);
        var browser = server.Browser();
        Assert.Equal("/account", (await SignIn(browser)).Path);
        var page = await browser.Get("/account/security");
        Assert.Equal(Path, page.One("#two-factor a").GetAttribute("href"));
        Assert.Equal(Path, (await browser.Get(Path + "/set-up")).Path);
        // An unattended browser is not enough.
        server.Clock.Advance(RecentProof.Life);
        page = await browser.Submit(await browser.Get(Path), "#begin form", new() { ["password"] = "wrong horse one" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await browser.Submit(page, "#begin form", new() { ["password"] = Bench.Password });
        Assert.Equal(Path + "/set-up", page.Path);
        Assert.Null(page.Document.QuerySelector(".gh-side"));
        page = await browser.Submit(page, "#set-up form", new() { ["code"] = await TwoFactorEndpoints.Code(server, id) });
        var codes = page.Document.QuerySelectorAll("#recovery-codes li code").Select(c => c.TextContent).ToList();
        Assert.Equal((10, Path), (codes.Count, page.One("#recovery-codes a.btn-primary").GetAttribute("href")));
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/account", follow: false)).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(30));

        var other = server.Browser();
        page = await SignIn(other);
        Assert.StartsWith("/sign-in/code", page.Path);
        Assert.Equal("/sign-in", (await other.Get("/account", follow: false)).Location!.Split('?')[0]);
        page = await other.Submit(page, "form[action='/sign-in/code']", new() { ["code"] = await TwoFactorEndpoints.Code(server, id) });
        Assert.Equal("/account", page.Path);
        Assert.Contains("with a second step", (await other.Get("/account/security")).One("#sign-ins").TextContent);
        page = await browser.Submit(await browser.Get(Path), "#codes form", new() { ["code"] = codes[0] });
        Assert.Equal(10, page.Document.QuerySelectorAll("#recovery-codes li").Length);
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        page = await browser.Submit(await browser.Get(Path), "#off form", new() { ["password"] = Bench.Password, ["code"] = await TwoFactorEndpoints.Code(server, id) });
        Assert.Equal(Path, page.Path);
        Assert.Equal("/account", (await SignIn(server.Browser())).Path);
        var events = (await browser.Get("/account/security")).One("#events").TextContent;
        Assert.All(["Two-factor sign-in switched on", "New recovery codes made", "Two-factor sign-in switched off"], told => Assert.Contains(told, events, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin/account/two-factor")).Status);
        Assert.Empty(server.Errors.Lines);

        Task<TestPage> SignIn(TestBrowser who) => SignInAs(who, "mei");
    }

    [Fact]
    public async Task Staff_reset_it_on_the_persons_page_and_over_rest()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Customer(username: "mei", passwordHash: await Site.PasswordHash);
        var (staff, rest) = (await server.SignedIn(Role.Admin), await server.As(Role.Admin));
        Assert.Null((await staff.Get("/admin/users/" + id)).Document.QuerySelector("#reset-two-factor"));
        Assert.Equal("TWO_FACTOR_OFF", (await rest.PostApi($"/api/users/{id}/reset-two-factor", new { })).Code);
        await PasskeyEndpoints.Insert(server, Caller.DefaultTenant, id, "credential");
        var page = await staff.Submit(await staff.Get("/admin/users/" + id), "#reset-two-factor form");
        Assert.Equal("/admin/users/" + id, page.Path);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM passkeys")));
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, id);
        Assert.NotNull((string?)(await rest.GetApi("/api/users/mei"))["user"]!["two_factor_at"]);
        Assert.StartsWith("/sign-in/code", (await SignInAs(server.Browser(), "mei")).Path);
        var user = (await rest.PostApi("/api/users/mei/reset-two-factor", new { }))["user"]!;
        Assert.True(user["two_factor_at"] is null && !(bool)user["has_passkeys"]!);
        Assert.Equal("/account", (await SignInAs(server.Browser(), "mei")).Path);
        Assert.Equal("NO_SUCH_USER", (await rest.PostApi("/api/users/nobody/reset-two-factor", new { })).Code);
        var audit = (await rest.GetApi("/api/audit?action=customer.two_factor_reset"))["items"]!.AsArray();
        Assert.Equal([id, id], audit.Select(e => (string?)e!["target_id"]));
        // Whoever sits at an unattended browser does not.
        server.Clock.Advance(RecentProof.Life);
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, id);
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.Submit(await staff.Get("/admin/users/" + id), "#reset-two-factor form")).Status);
    }

    private static async Task<TestPage> SignInAs(TestBrowser browser, string username) =>
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = username, ["password"] = Bench.Password });
}
