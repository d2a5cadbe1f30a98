using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Signing in, as transactions on both engines.</summary>
public sealed class SignInTests
{
    [Theory, BothEngines]
    public async Task The_right_password_opens_a_session_of_which_only_the_hash_is_kept(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var account = await bench.Staff("wei", Role.Admin, Bench.Password);
        var signedIn = await bench.SignIns.Enter(Bench.Visitor, " Wei", Bench.Password);
        Assert.NotNull(signedIn);
        var session = Assert.Single(await bench.Db.Read(s => bench.Sessions.List(s, account.TenantId, account.Id)));
        Assert.Equal(OpaqueToken.Hash(signedIn.SessionId), session.IdHash);
        Assert.Equal("203.0.113.7", session.Ip);
        Assert.Equal(bench.Clock.Now + (long)Bench.Limits.SessionLife.TotalMilliseconds, session.ExpiresAt);
        Assert.Equal("ok", Assert.Single(await bench.Db.Read(s => bench.SignIns.Recent(s, account.TenantId, account.Id, 10))).Outcome);
    }

    [Theory, BothEngines]
    public async Task Wrong_passwords_lock_the_account_for_a_while(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var account = await bench.Staff("wei", Role.Admin, Bench.Password);
        // At once, so that what counts is counted in the transactions.
        Assert.All(await Task.WhenAll(Enumerable.Range(0, Bench.Limits.LockoutFailures).Select(i => bench.SignIns.Enter(Bench.Visitor, "wei", "wrong horse " + i))), Assert.Null);
        Assert.Null(await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password));
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'signin.locked' AND subject = 'wei'"));
        // Trying on does not make it longer.
        bench.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Null(await bench.SignIns.Enter(Bench.Visitor, "wei", "wrong horse x"));
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password));
        var outcomes = (await bench.Db.Read(s => bench.SignIns.Recent(s, account.TenantId, account.Id, 10))).Select(a => a.Outcome);
        Assert.Equal(["ok", "locked", "locked", "wrong", "wrong", "wrong"], outcomes);
    }

    [Theory, BothEngines]
    public async Task Success_forgives_what_was_wrong_before(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("wei", Role.Admin, Bench.Password);
        for (var i = 0; i < 2; i++)
        {
            await bench.SignIns.Enter(Bench.Visitor, "wei", "wrong horse");
            await bench.SignIns.Enter(Bench.Visitor, "wei", "wrong horse");
            Assert.NotNull(await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password));
        }
    }

    [Theory, BothEngines]
    public async Task A_new_password_opens_a_locked_account(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("wei", Role.Admin, Bench.Password);
        for (var i = 0; i < Bench.Limits.LockoutFailures; i++)
            await bench.SignIns.Enter(Bench.Visitor, "wei", "wrong horse");
        var hash = await bench.Passwords.Hash("another horse two");
        await bench.Db.Write(s => bench.Accounts.ResetPassword(s, Caller.Cli, "wei", hash));
        Assert.NotNull(await bench.SignIns.Enter(Bench.Visitor, "wei", "another horse two"));
    }

    [Theory, BothEngines]
    public async Task Nobody_a_disabled_account_and_a_password_without_end_are_refused(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var account = await bench.Staff("wei", Role.Admin, Bench.Password);
        await bench.Db.Write(s => bench.Accounts.Change(s, Caller.Cli, account.Id, new StaffChange(Disabled: true)));
        Assert.Null(await bench.SignIns.Enter(Bench.Visitor, "wei", Bench.Password));
        Assert.Null(await bench.SignIns.Enter(Bench.Visitor, "nobody", Bench.Password));
        Assert.Null(await bench.SignIns.Enter(Bench.Visitor, new string('x', 5000), new string('x', 5000)));
        // What was typed as a name that nobody has may have been a password.
        Assert.Equal(["disabled:wei", "wrong:", "wrong:"],
            await bench.Db.Read(s => s.All("SELECT outcome, username FROM sign_ins ORDER BY id", r => $"{r.GetString(0)}:{r.GetString(1)}")));
        Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM sessions"));
    }

    [Theory, BothEngines]
    public async Task Many_failures_from_one_address_are_an_event(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        for (var i = 0; i < SignIns.ManyFailures; i++)
        {
            Assert.Equal(0, await bench.Count("SELECT COUNT(*) FROM security_events"));
            await bench.SignIns.Enter(Bench.Visitor, "nobody" + i, "wrong horse");
        }
        await bench.SignIns.Enter(Bench.Visitor, "nobody", "wrong horse");
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'signin.failed_many' AND subject = '203.0.113.7' AND detail LIKE '%[\"203.0.113.7\",\"20\"]%'"));
    }

    [Theory, BothEngines]
    public async Task A_session_slides_but_not_for_ever(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var account = await bench.Staff("wei", Role.Admin);
        var hash = OpaqueToken.Hash(await bench.Db.Write(s => bench.Sessions.Open(s, Bench.As(account), account.Id)));
        var created = bench.Clock.Now;
        bench.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, await bench.Db.Write(s => bench.Sessions.Touch(s, account.TenantId, hash, created)));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await bench.Db.Write(s => bench.Sessions.Touch(s, account.TenantId, hash, created)));
        Assert.Equal(bench.Clock.Now + 12 * 3600_000, (await One()).ExpiresAt);
        bench.Clock.Advance(SessionStore.MaxLife - TimeSpan.FromHours(1));
        await bench.Db.Write(s => bench.Sessions.Touch(s, account.TenantId, hash, created));
        Assert.Equal(created + (long)SessionStore.MaxLife.TotalMilliseconds, (await One()).ExpiresAt);

        async Task<AccountSession> One() => (await bench.Db.Read(s => s.All("SELECT id_hash, created_at, last_seen_at, expires_at FROM sessions",
            r => new AccountSession(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), null, null)))).Single();
    }

    [Theory, BothEngines]
    public async Task Old_rows_are_tidied(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Staff.Session(Role.Admin);
        await server.Db.Write(s => s.Execute("INSERT INTO sign_ins (id, tenant_id, username, at, outcome) VALUES ('old', 'default', '', 0, 'wrong')"));
        Assert.Equal(new Message("job.accounts.tidy.done", 0, 1).ToStored(), (await AccountsJobs.RunTidy(server.Services, default)).ToStored());
        server.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(new Message("job.accounts.tidy.done", 1, 0).ToStored(), (await AccountsJobs.RunTidy(server.Services, default)).ToStored());
    }

    /// <summary>The program cuts what a browser calls itself, be it in the middle of a character.</summary>
    [Theory, BothEngines]
    public async Task What_a_browser_calls_itself_is_noted_however_it_is_cut(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var id = await server.Staff.Account(Role.Admin, username: "wei");
        var browser = server.Browser();
        var page = await browser.Get("/sign-in");
        using var form = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = "wei", ["password"] = "wrong horse one", ["_csrf"] = page.One("form[action='/sign-in'] input[name=_csrf]").GetAttribute("value")! }),
        };
        form.Headers.TryAddWithoutValidation("User-Agent", new string('x', 299) + "😀");
        form.Headers.Add("Cookie", $"{Cookies.Visitor}={browser.Cookie(Cookies.Visitor)}");
        using var answer = await server.Http.SendAsync(form);
        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Equal(new string('x', 299) + "\uFFFD", await server.Db.Read(s => s.One("SELECT user_agent FROM sign_ins WHERE account_id = @id", r => r.GetString(0), ("id", id))));
    }
}
