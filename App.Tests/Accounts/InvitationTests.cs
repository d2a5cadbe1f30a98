using System.Net;
using Gatehouse.Accounts.Logins;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Sign-up by invitation: a link lets in as many as it says, whoever comes at once.</summary>
public sealed class InvitationTests
{
    private const string Password = "a long password 1";

    [Theory, BothEngines]
    public async Task One_invitation_for_one_makes_one_account(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await ByInvitation(server);
        for (var round = 0; round < 5; round++)
        {
            var invite = Secret(await owner.PostApi("/api/invitations", new { max_uses = 1 }));
            var people = Enumerable.Range(0, 4).Select(i => $"p{round}-{i}@example.com").ToList();
            var codes = new List<string>();
            foreach (var email in people)
            {
                var applied = await server.Http.PostApi("/api/user/add_user", new { email, password = Password, invite });
                Assert.Equal(HttpStatusCode.Created, applied.Status);
                codes.Add((await server.Db.Read(s => server.Service<EmailCodes>().Current(s, Caller.DefaultTenant, (string)applied["user"]!["id"]!, EmailCodes.SignUp, server.Clock.Now))).Single().Code);
            }
            var told = await Task.WhenAll(people.Select((email, i) => Task.Run(() => server.Http.PostApi("/api/user/verify", new { email, code = codes[i] }))));
            Assert.Equal(1, told.Count(a => a.Status == HttpStatusCode.OK));
            Assert.Equal(3, told.Count(a => a.Code == "INVITATION_INVALID"));
            Assert.Equal(round + 1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE kind = 'customer' AND pending = 0")));
            // It is used up: nobody begins by it any more.
            Assert.Equal("INVITATION_INVALID", (await server.Http.PostApi("/api/user/add_user", new { email = $"late{round}@example.com", password = Password, invite })).Code);
            Assert.Equal("used", (string?)(await owner.GetApi("/api/invitations?limit=1"))["items"]![0]!["state"]);
        }
    }

    [Theory, BothEngines]
    public async Task It_ends_by_its_time_and_by_being_revoked(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await ByInvitation(server);
        Assert.Equal("INVITATION_REQUIRED", (await Apply(server, null)).Code);
        Assert.Equal("INVITATION_INVALID", (await Apply(server, "made-up")).Code);
        var made = await owner.PostApi("/api/invitations", new { max_uses = 5, expires_at = server.Clock.GetUtcNow().AddHours(1) });
        Assert.Equal(HttpStatusCode.Created, (await Apply(server, Secret(made))).Status);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("INVITATION_INVALID", (await Apply(server, Secret(made))).Code);
        var other = await owner.PostApi("/api/invitations", new { max_uses = 5 });
        await owner.DeleteApi("/api/invitations/" + (string)other["invitation"]!["id"]!);
        Assert.Equal("INVITATION_INVALID", (await Apply(server, Secret(other))).Code);
        foreach (var wrong in new object[] { new { max_uses = 0 }, new { max_uses = 10_001 }, new { expires_at = server.Clock.GetUtcNow() }, new { expires_at = server.Clock.GetUtcNow().AddDays(400) } })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.PostApi("/api/invitations", wrong)).Status);
        // Neither the link nor its secret is in the audit log.
        Assert.DoesNotContain(Secret(made), (await owner.GetApi("/api/audit?action=invitation")).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "New accounts are by invitation only.")]
    [InlineData("zh", "本站仅限受邀注册。")]
    public async Task The_link_of_the_list_opens_the_form_with_the_invitation_in_it(string language, string lead)
    {
        await using var server = await TestServer.Start(Engine.Sqlite);
        await ByInvitation(server);
        var staff = await server.SignedIn(Role.Operator, language: language);
        var list = await staff.Submit(await staff.Get("/admin/users/invitations"), "form[action='/admin/users/invitations']", new() { ["name"] = "友人 <b>", ["max_uses"] = "2", ["days"] = "7" });
        var link = list.One("#invitations code").TextContent;
        var browser = server.Browser(language);
        var form = await browser.Get(new Uri(link).PathAndQuery);
        Assert.Contains(lead, form.Text, StringComparison.Ordinal);
        Assert.Equal(link.Split('=')[1], form.One("input[name=invite]").GetAttribute("value"));
        var code = await browser.Submit(form, "form[action='/sign-up']", new() { ["email"] = "lin@example.net", ["password"] = Password, ["password_repeat"] = Password });
        Assert.NotNull(code.Document.QuerySelector("input[name=code]"));
        // Without one the form says what is missing, and keeps what was typed.
        var without = await browser.Submit(await browser.Get("/sign-up"), "form[action='/sign-up']", new() { ["email"] = "lin@example.net", ["password"] = Password, ["password_repeat"] = Password });
        Assert.Equal((HttpStatusCode.Forbidden, "lin@example.net"), (without.Status, without.One("input[name=email]").GetAttribute("value")));
        var revoked = await staff.Submit(list, "form[action$='/revoke']");
        Assert.Empty(revoked.Document.QuerySelectorAll("#invitations code"));
    }

    private static async Task<HttpClient> ByInvitation(TestServer server)
    {
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { sign_up = new { mode = "invitation", proof_of_work = false } });
        return owner;
    }

    private static Task<ApiAnswer> Apply(TestServer server, string? invite) => server.Http.PostApi("/api/user/add_user", new { email = "lin@example.net", password = Password, invite });

    private static string Secret(ApiAnswer made) => ((string)made["link"]!).Split('=')[1];
}
