using System.Net;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.AccountKeys;

/// <summary>Putting keys on an account, from wherever one meets them.</summary>
public sealed class AccountKeyTests
{
    [Theory, BothEngines]
    public async Task A_key_is_put_on_the_account_and_taken_off(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (_, keys) = await owner.MakeKeys(await owner.MakePlan("Monthly", 30 * 86_400), 2);
        var (account, browser) = await Customer(server);
        var page = await browser.Get("/account");
        Assert.Contains("No keys yet", page.Text, StringComparison.Ordinal);
        // As people paste it.
        page = await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = $" {keys[0].ToLowerInvariant()} " });
        Assert.Contains(keys[0], page.One("#keys").TextContent, StringComparison.Ordinal);
        page = await browser.Submit(page, "form[action='/account/keys']", new() { ["key"] = keys[0] });
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM account_keys WHERE account_id = @id", ("id", account))));
        // From the page that looks one up, and from the one that activates.
        page = await browser.Submit(await browser.Get("/status?key=" + keys[1]), "form[action='/account/keys']");
        Assert.Contains(keys[1], page.One("#keys").TextContent, StringComparison.Ordinal);
        Assert.Contains(keys[1], (await browser.Get("/account")).Text, StringComparison.Ordinal);
        Assert.Null((await server.Browser().Get("/status?key=" + keys[1])).Document.QuerySelector("form[action='/account/keys']"));
        page = await browser.Submit(page, $"form[action='/account/keys/{await Id(server, keys[0])}/remove']");
        Assert.DoesNotContain(keys[0], page.One("#keys").TextContent, StringComparison.Ordinal);
        Assert.Equal("VALID", (await server.Http.Validate(keys[0], "machine-1")).Code);
    }

    [Theory, BothEngines]
    public async Task A_customer_stands_in_no_history_by_name_and_a_key_that_is_deleted_on_no_list(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (_, keys) = await owner.MakeKeys(await owner.MakePlan("Monthly", 30 * 86_400), 2);
        var (account, browser) = await Customer(server);
        await owner.PatchApi("/api/users/" + account, new { display_name = "Uniqueperson" });
        var activated = await browser.Submit(await browser.Get("/activate?key=" + keys[0]), "form[action='/activate']", new() { ["machine"] = "machine-1", ["look"] = null });
        await browser.Submit(activated, "form[action='/account/keys']");
        await browser.Submit(await browser.Get("/status?key=" + keys[1]), "form[action='/account/keys']");
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM account_keys")));
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi("/api/keys/" + keys[1])).Status);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM account_keys")));
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi("/api/users/" + account)).Status);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM account_keys")));
        Assert.DoesNotContain(await EveryText.Of(server.Db, engine), text => text.Contains("Uniqueperson", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("active", (string)(await owner.GetApi("/api/keys/" + keys[0]))["key"]!["status"]!);
    }

    [Fact]
    public async Task What_is_no_key_is_refused_by_the_field_and_guesses_are_counted()
    {
        await using var server = await TestServer.Start();
        var (_, browser) = await Customer(server);
        foreach (var typed in new[] { "", "NO-SUCHKEY12345", new string('x', 500), "a\u0007b" })
        {
            var page = await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = typed });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
            Assert.NotNull(page.Document.QuerySelector("#key.is-invalid"));
        }
    }

    [Theory, BothEngines]
    public async Task An_account_holds_no_more_than_it_may(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (_, keys) = await owner.MakeKeys(await owner.MakePlan("Monthly", 30 * 86_400), AccountKeyService.Most + 3);
        var (account, _) = await Customer(server);
        var who = new Caller(Caller.DefaultTenant, "customer", account, "x", null, PermissionSet.None, null, null);
        var service = server.Service<AccountKeyService>();
        var codes = await Task.WhenAll(keys.Select(async key =>
        {
            var license = await server.Service<Gatehouse.Licensing.Activation.ActivationService>().Look(Caller.Public("203.0.113.9", null), key, default);
            return await Bench.Code(() => server.Db.Write(s => service.Add(s, who, license!)));
        }));
        Assert.Equal(3, codes.Count(c => c == "VALIDATION_FAILED"));
        Assert.Equal(AccountKeyService.Most, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM account_keys")));
    }

    private static async Task<(string Account, TestBrowser Browser)> Customer(TestServer server)
    {
        var account = await server.Staff.Customer();
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account));
        return (account, browser);
    }

    private static async Task<string> Id(TestServer server, string key) => (await server.Db.Read(s => s.One("SELECT id FROM licenses WHERE key = @key", r => r.GetString(0), ("key", key))))!;
}
