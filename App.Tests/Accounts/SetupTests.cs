using System.Net;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>The one-time link that makes the first owner.</summary>
public sealed class SetupTests
{
    private static readonly Dictionary<string, string?> Typed = new()
    {
        ["username"] = "wei", ["display_name"] = "Li Wei", ["password"] = Bench.Password, ["password_repeat"] = Bench.Password,
    };

    [Theory, BothEngines]
    public async Task Twenty_who_use_the_link_at_once_make_one_owner(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var token = await Link(server);
        var tries = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var browser = server.Browser();
            var page = await browser.Get("/setup?token=" + token);
            return (Browser: browser, Page: page, Fields: new Dictionary<string, string?>(Typed) { ["username"] = "wei" + i });
        }));
        var answers = await Task.WhenAll(tries.Select(t => t.Browser.Submit(t.Page, "form[action='/setup']", t.Fields, follow: false)));
        Assert.Equal("/admin", Assert.Single(answers, a => a.Status == HttpStatusCode.SeeOther).Location);
        Assert.Equal(19, answers.Count(a => a.Status == HttpStatusCode.Gone));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts")));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sessions")));
    }

    [Theory, BothEngines]
    public async Task Links_and_a_command_that_race_make_one_owner_by_link(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var tokens = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bench.Db.Write(s => bench.Links.Create(s, Caller.DefaultTenant))));
        var codes = await Task.WhenAll(tokens.Select((t, i) => Bench.Code(() => bench.Db.Write(s =>
            bench.Links.Complete(s, Bench.Visitor, t, new NewStaff("wei" + i, "", Role.Owner, "!"))))));
        // The last link made voids the others.
        Assert.Single(codes, c => c is null);
        Assert.Equal(4, codes.Count(c => c == "SETUP_LINK_INVALID"));
        Assert.False(await bench.Db.Read(s => bench.Links.Needed(s, Caller.DefaultTenant)));
        Assert.Equal("SETUP_DONE", await Bench.Code(() => bench.Db.Write(s => bench.Links.Create(s, Caller.DefaultTenant))));
    }

    [Theory, BothEngines]
    public async Task A_link_lives_thirty_minutes_and_only_its_hash_is_kept(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var token = await bench.Db.Write(s => bench.Links.Create(s, Caller.DefaultTenant));
        Assert.Equal(OpaqueToken.Hash(token), await bench.Db.Read(s => s.One("SELECT token_hash FROM setup_links", r => r.GetString(0))));
        bench.Clock.Advance(SetupLinks.Life - TimeSpan.FromMilliseconds(1));
        Assert.True(await bench.Db.Read(s => bench.Links.Valid(s, Caller.DefaultTenant, token)));
        bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await bench.Db.Read(s => bench.Links.Valid(s, Caller.DefaultTenant, token)));
        Assert.Equal("SETUP_LINK_INVALID", await Bench.Code(() => bench.Db.Write(s => bench.Links.Complete(s, Bench.Visitor, token, new NewStaff("wei", "", Role.Owner, "!")))));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM accounts"));
    }

    [Theory, BothEngines]
    public async Task An_owner_made_at_the_shell_voids_the_link(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var token = await bench.Db.Write(s => bench.Links.Create(s, Caller.DefaultTenant));
        await bench.Staff("shell", Role.Owner);
        Assert.Equal("SETUP_LINK_INVALID", await Bench.Code(() => bench.Db.Write(s => bench.Links.Complete(s, Bench.Visitor, token, new NewStaff("wei", "", Role.Owner, "!")))));
    }

    [Fact]
    public async Task The_form_says_what_is_wrong_and_the_link_still_works()
    {
        await using var server = await TestServer.Start();
        var browser = server.Browser();
        var page = await browser.Get("/setup?token=" + await Link(server));
        Assert.Equal("strict-origin", page.Headers.GetValues("Referrer-Policy").Single());
        page = await browser.Submit(page, "form[action='/setup']", new() { ["username"] = "Wei <b>", ["display_name"] = "<script>", ["password"] = "short", ["password_repeat"] = "other" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal(3, page.Document.QuerySelectorAll(".invalid-feedback").Length);
        Assert.Equal("<script>", page.One("input[name=display_name]").GetAttribute("value"));
        Assert.True(string.IsNullOrEmpty(page.One("input[name=password]").GetAttribute("value")));
        var done = await browser.Submit(page, "form[action='/setup']", Typed, follow: false);
        Assert.Equal("/admin", done.Location);
        Assert.Contains("Li Wei", (await browser.Get("/admin/account")).Text);
        // The address in the history leads nowhere now.
        Assert.Equal(HttpStatusCode.Gone, (await browser.Get(page.Path)).Status);
        Assert.Equal("system", await server.Db.Read(s => s.One("SELECT actor_kind FROM audit_entries WHERE action = 'staff.created'", r => r.GetString(0))));
    }

    [Theory]
    [InlineData("/setup")]
    [InlineData("/setup?token=")]
    [InlineData("/setup?token=wrong")]
    public async Task A_link_that_does_not_work_says_how_to_get_another(string path)
    {
        await using var server = await TestServer.Start();
        var page = await server.Browser().Get(path);
        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Contains("gatehouse setup-link", page.Text);
        Assert.Contains("gatehouse setup-link", (await server.Browser().Get("/sign-in")).Text);
    }

    private static Task<string> Link(TestServer server) => server.Db.Write(s => server.Service<SetupLinks>().Create(s, Caller.DefaultTenant));
}
