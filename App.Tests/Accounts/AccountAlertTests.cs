using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Accounts.PasskeySteps;

namespace Gatehouse.Tests.Accounts;

/// <summary>Who is told of passkeys and two-factor sign-in, and what programs do with passkeys.</summary>
public sealed class AccountAlertTests
{
    [Theory, BothEngines]
    public async Task People_hear_by_mail_when_what_opens_their_account_changes(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var customer = await bench.Customer(new Customer { Username = "mei", Email = "mei@example.com" }, Bench.Password);
        var who = await Here(bench, new Caller(Caller.DefaultTenant, "customer", customer.Id, "mei", null, PermissionSet.None, "203.0.113.7", "test"));
        // Without a mail server nothing is queued.
        await Add(bench, who, new SoftPasskey(), "Tablet");
        Assert.Empty(await Told(bench));
        await Set(bench, "mail.host", "smtp.example.com");
        var device = await Add(bench, who, new SoftPasskey(), "Phone");
        await bench.Db.Write(s => s.Execute("UPDATE accounts SET language = 'zh' WHERE id = @id", ("id", customer.Id)));
        var phone = (await bench.Db.Read(s => bench.Passkeys.Of(s, who.TenantId, customer.Id))).Single(p => p.CredentialId == device.CredentialId);
        await bench.Db.Write(s => bench.Passkeys.Rename(s, who, phone.Id, "Old phone"));
        await bench.Db.Write(s => bench.Passkeys.Remove(s, who, phone.Id, "en"));
        await bench.Db.Write(s => bench.TwoFactor.ResetCustomer(s, Caller.Cli, customer.Id));
        // Staff who sign in by an address are told there, in the language of the page; who has none is not.
        await Set(bench, "notices.language", "zh");
        await Owner(bench, "bo@example.com", device: new SoftPasskey());
        await Owner(bench, "wei");
        Assert.Equal(
        [
            ("mei@example.com", Said("en", "alert.passkey_added", "Phone")), ("mei@example.com", Said("zh", "alert.passkey_removed", "Old phone")),
            ("mei@example.com", Said("zh", "alert.two_factor_reset")), ("bo@example.com", Said("zh", "alert.passkey_added", "Phone")),
        ], await Told(bench));
    }

    [Theory, BothEngines]
    public async Task One_is_renamed_by_its_owner_alone(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (account, who, _) = await Owner(bench);
        var (_, stranger, _) = await Owner(bench, "bo");
        var id = (await bench.Db.Read(s => bench.Passkeys.Of(s, account.TenantId, account.Id)))[0].Id;
        Assert.Equal("NO_SUCH_PASSKEY", await Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Rename(s, stranger, id, "Mine"))));
        Assert.Equal("NO_SUCH_PASSKEY", await Bench.Code(() => bench.Db.Read(s => bench.Passkeys.Get(s, stranger, id))));
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Rename(s, who with { SessionId = "ended" }, id, "Mine"))));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Rename(s, who, id, " "))));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => bench.Db.Write(s => bench.Passkeys.Rename(s, who, id, new string('x', Passkey.MaxName + 1)))));
        await bench.Db.Write(s => bench.Passkeys.Rename(s, who, id, " Laptop "));
        // To the same again changes nothing, and is no line in the log.
        await bench.Db.Write(s => bench.Passkeys.Rename(s, who, id, "Laptop"));
        Assert.Equal("Laptop", (await bench.Db.Read(s => bench.Passkeys.Get(s, who, id))).Name);
        Assert.Equal(1, (await bench.Actions()).Count(a => a == "account.passkey_renamed"));
    }

    [Theory, BothEngines]
    public async Task A_program_names_and_removes_its_customers_passkeys_and_shows_first_who_it_is(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (id, other) = (await server.Staff.Customer(username: "mei", passwordHash: await Site.PasswordHash), await server.Staff.Customer());
        var (mine, theirs) = (await PasskeyEndpoints.Insert(server, Caller.DefaultTenant, id, "one"), await PasskeyEndpoints.Insert(server, Caller.DefaultTenant, other, "two"));
        var login = await server.Http.PostApi("/api/user/login", new { login = "mei", password = Bench.Password });
        var client = server.Client((string)login["access_token"]!);
        Assert.Equal(mine, (string?)Assert.Single((await client.GetApi("/api/user/passkeys"))["items"]!.AsArray())!["id"]);
        Assert.Equal("Work laptop", (string?)(await client.PatchApi("/api/user/passkeys/" + mine, new { name = "Work laptop" }))["passkey"]!["name"]);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PatchApi("/api/user/passkeys/" + theirs, new { name = "Mine" })).Status);
        server.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("PROOF_REQUIRED", (string?)(await client.DeleteApi("/api/user/passkeys/" + mine))["code"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await client.PostApi("/api/user/prove", new { })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await client.PostApi("/api/user/prove", new { password = "wrong horse one" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await client.PostApi("/api/user/prove", new { code = "123456" })).Status);
        Assert.Equal("PROOF_REQUIRED", (string?)(await client.DeleteApi("/api/user/passkeys/" + mine))["code"]);
        var proof = await client.PostApi("/api/user/prove", new { password = Bench.Password });
        Assert.Equal(Format.Iso(server.Clock.Now + 600_000), (string?)proof["until"]);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteApi("/api/user/passkeys/" + theirs)).Status);
        Assert.Equal("Work laptop", (string?)(await client.DeleteApi("/api/user/passkeys/" + mine))["passkey"]!["name"]);
        Assert.Empty((await client.GetApi("/api/user/passkeys"))["items"]!.AsArray());
        Assert.Equal(["passkey_renamed", "passkey_removed"], await server.Db.Read(s => s.All("SELECT kind FROM account_events WHERE account_id = @id ORDER BY id", r => r.GetString(0), ("id", id))));
    }

    [Fact]
    public async Task It_is_renamed_on_a_page_of_its_own()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Customer();
        var passkey = await PasskeyEndpoints.Insert(server, Caller.DefaultTenant, id, "one");
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id));
        var page = await browser.Get((await browser.Get("/account/security")).One($"#passkeys a[href$='/{passkey}']").GetAttribute("href")!);
        Assert.Equal("Phone", page.One("input[name=name]").GetAttribute("value"));
        var refused = await browser.Submit(page, $"form[action$='/{passkey}']", new() { ["name"] = new string('x', 61) });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, new string('x', 61)), (refused.Status, refused.One("input[name=name]").GetAttribute("value")));
        var home = await browser.Submit(page, $"form[action$='/{passkey}']", new() { ["name"] = "Kitchen tablet" });
        Assert.Contains("Kitchen tablet", home.One("#passkeys").TextContent, StringComparison.Ordinal);
    }

    private static string Said(string language, string key, params object[] args) => Localizer.For(language)[key, args];

    private static Task<int> Set(Bench bench, string name, string value) => bench.Db.Write(s => s.Execute(
        "INSERT INTO settings (tenant_id, name, value, updated_at) VALUES (@tenant, @name, @value, 0)", ("tenant", Caller.DefaultTenant), ("name", name), ("value", value)));

    // To whom, and what; as it waits.
    private static Task<List<(string, string)>> Told(Bench bench) => bench.Db.Read(s => s.All("SELECT payload FROM outbox WHERE topic = 'mail' ORDER BY id", r =>
    {
        var mail = System.Text.Json.Nodes.JsonNode.Parse(r.GetString(0))!;
        return ((string)mail["to"]!, Message.Parse((string)mail["content"]!).Texts()[0]);
    }));
}
