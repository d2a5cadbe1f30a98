using System.Net;
using Gatehouse.Accounts.EmailChange;
using Gatehouse.Accounts.Logins;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Another e-mail address: shown to be theirs, told to the old one, and undone by its reader.</summary>
public sealed class EmailChangeTests
{
    private const string New = "new@example.com", Old = "old@example.com";

    [Theory, BothEngines]
    public async Task A_code_makes_it_the_accounts_and_the_old_address_is_told(Engine engine)
    {
        await using var server = await WithMail(engine);
        var (id, program) = await Customer(server);
        Assert.NotNull((await program.PostApi("/api/user/email", new { email = New, password = "wrong horse" })).Error("password"));
        Assert.NotNull((await program.PostApi("/api/user/email", new { email = Old, password = Bench.Password })).Error("email"));
        Assert.Equal("sent", (string?)(await program.PostApi("/api/user/email", new { email = "mistyped@example.com", password = Bench.Password }))["verification"]);
        var first = await Code(server, id);
        Assert.Equal(HttpStatusCode.OK, (await program.PostApi("/api/user/email", new { email = " NEW@Example.com", password = Bench.Password })).Status);
        var code = await Code(server, id);
        // The code of the address before is worth nothing any more.
        if (first != code)
            Assert.Equal("INVALID_CODE", (await program.PostApi("/api/user/email/verify", new { code = first })).Code);
        Assert.Equal(Old, (string?)(await program.GetApi("/api/user/me"))["user"]!["email"]);
        Assert.Equal(New, (string?)(await program.PostApi("/api/user/email/verify", new { code }))["user"]!["email"]);
        Assert.Equal("INVALID_CODE", (await program.PostApi("/api/user/email/verify", new { code })).Code);
        // It opens the door now, and the old one does not.
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostApi("/api/user/login", new { login = New, password = Bench.Password })).Status);
        Assert.Equal("INVALID_CREDENTIALS", (await server.Http.PostApi("/api/user/login", new { login = Old, password = Bench.Password })).Code);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM email_undos WHERE email = @old", ("old", Old))));
        // Two codes and the notice.
        Assert.Equal(3, await Mails(server));
    }

    [Theory, BothEngines]
    public async Task Anothers_address_is_answered_alike_and_never_becomes_theirs(Engine engine)
    {
        await using var server = await WithMail(engine);
        var (id, program) = await Customer(server);
        var other = $"{await server.Staff.Customer()}@example.com";
        var free = await program.PostApi("/api/user/email", new { email = New, password = Bench.Password });
        var taken = await program.PostApi("/api/user/email", new { email = other, password = Bench.Password });
        Assert.Equal(free.ToString().Replace(New, "x", StringComparison.Ordinal), taken.ToString().Replace(other, "x", StringComparison.Ordinal));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM email_codes")));
        Assert.Equal(2, await Mails(server));
        // Taken after the code was sent, it is another's as well.
        await program.PostApi("/api/user/email", new { email = New, password = Bench.Password });
        await (await server.As(Role.Owner)).PostApi("/api/users", new { email = New });
        Assert.NotNull((await program.PostApi("/api/user/email/verify", new { code = await Code(server, id) })).Error("email"));
        Assert.Equal(Old, (string?)(await program.GetApi("/api/user/me"))["user"]!["email"]);
    }

    [Theory, BothEngines]
    public async Task Five_wrong_codes_end_it(Engine engine)
    {
        await using var server = await WithMail(engine);
        var (id, program) = await Customer(server);
        await program.PostApi("/api/user/email", new { email = New, password = Bench.Password });
        var code = await Code(server, id);
        for (var i = 0; i < 5; i++)
            Assert.Equal("INVALID_CODE", (await program.PostApi("/api/user/email/verify", new { code = code == "000000" ? "000001" : "000000" })).Code);
        Assert.Equal("INVALID_CODE", (await program.PostApi("/api/user/email/verify", new { code })).Code);
    }

    [Theory, BothEngines]
    public async Task The_old_address_takes_the_account_back(Engine engine)
    {
        await using var server = await WithMail(engine);
        var (id, thief) = await Customer(server);
        var (changes, who) = (server.Service<EmailChanges>(), Caller.Public("203.0.113.9", "test") with { Kind = "customer", Id = id });
        string? token = null;
        // The link is only in the mail; here one is made as the service makes it, by its own undo row.
        await thief.PostApi("/api/user/email", new { email = New, password = Bench.Password });
        var code = await Code(server, id);
        await server.Db.Write(s => changes.Confirm(s, who, code, "en", true, "https://example.com/undo-email"));
        token = Gatehouse.Platform.Crypto.OpaqueToken.Create();
        await server.Db.Write(s => s.Execute("UPDATE email_undos SET token_hash = @hash", ("hash", Gatehouse.Platform.Crypto.OpaqueToken.Hash(token))));

        var browser = server.Browser();
        var page = await browser.Submit(await browser.Get("/undo-email?token=" + token), "form[action='/undo-email']");
        Assert.NotNull(page.Document.QuerySelector("form[action='/reset-password']"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetApi("/api/user/me")).Status);
        Assert.Equal("INVALID_CREDENTIALS", (await server.Http.PostApi("/api/user/login", new { login = Old, password = Bench.Password })).Code);
        Assert.Equal("INVALID_CREDENTIALS", (await server.Http.PostApi("/api/user/login", new { login = New, password = Bench.Password })).Code);
        await browser.Submit(page, "form[action='/reset-password']", new() { ["password"] = "seven quiet rivers", ["password_repeat"] = "seven quiet rivers" });
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostApi("/api/user/login", new { login = Old, password = "seven quiet rivers" })).Status);
        // Once, and for seven days.
        Assert.Equal(HttpStatusCode.Gone, (await browser.Get("/undo-email?token=" + token)).Status);
    }

    private static async Task<TestServer> WithMail(Engine engine)
    {
        var server = await TestServer.Start(engine);
        await (await server.As(Role.Owner)).PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" } });
        return server;
    }

    private static async Task<(string Id, HttpClient Program)> Customer(TestServer server)
    {
        var id = await server.Staff.Customer(passwordHash: await Site.PasswordHash);
        await (await server.As(Role.Owner)).PatchApi("/api/users/" + id, new { email = Old });
        return (id, server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id)));
    }

    private static async Task<string> Code(TestServer server, string id) =>
        (await server.Db.Read(s => server.Service<EmailCodes>().Current(s, Caller.DefaultTenant, id, EmailCodes.EmailChange, server.Clock.Now))).Single().Code;

    private static Task<long> Mails(TestServer server) => server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'"));
}
