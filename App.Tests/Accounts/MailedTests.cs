using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>What people are sent where mail is set up: to whom a mail waits in the outbox, and to whom none does.</summary>
public sealed class MailedTests
{
    [Theory, BothEngines]
    public async Task Codes_and_links_wait_in_the_outbox_and_the_answer_is_the_same_without(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var set = await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" }, sign_up = new { proof_of_work = false } });
        Assert.Equal(HttpStatusCode.OK, set.Status);
        var known = $"{await server.Staff.Customer()}@example.com";
        foreach (var (email, mails) in new[] { ("new@example.com", 1), (known, 2) })
        {
            var answer = await server.Http.PostApi("/api/user/add_user", new { email, password = "a long password 1" });
            Assert.Equal((HttpStatusCode.Created, "sent"), (answer.Status, (string)answer["verification"]!));
            Assert.Equal(mails, await Waiting(server));
        }
        foreach (var (email, mails) in new[] { (known, 3), ("nobody@example.com", 3), ("new@example.com", 3) })
        {
            var browser = server.Browser();
            var page = await browser.Submit(await browser.Get("/forgot-password"), "form[action='/forgot-password']", new() { ["email"] = email });
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Contains($"If {email} has an account here", page.Text, StringComparison.Ordinal);
            Assert.Equal(mails, await Waiting(server));
        }
        // Only who has an account that is confirmed.
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM password_resets")));
    }

    private static Task<long> Waiting(TestServer server) => server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'"));
}
