using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.EmailChange;
using Gatehouse.Accounts.Leaving;
using Gatehouse.Accounts.Logins;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using CredentialCache = Gatehouse.Accounts.Sessions.CredentialCache;

namespace Gatehouse.Tests.Platform.Nodes;

/// <summary>What customers begin on one node and go on with on another, and what two of them want at once on both.</summary>
public sealed class NodeCustomerTests
{
    private const string Password = "a long password 1", Old = "old@example.com", New = "new@example.com";

    [Fact]
    public async Task One_invitation_for_one_lets_in_one_of_two_who_come_by_both_nodes()
    {
        await using var nodes = await Nodes.Start();
        using var owner = await nodes.A.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { sign_up = new { mode = "invitation", proof_of_work = false } });
        for (var round = 0; round < 6; round++)
        {
            var invite = ((string)(await owner.PostApi("/api/invitations", new { max_uses = 1 }))["link"]!).Split('=')[1];
            var people = Both(nodes).Select((node, i) => (Node: node, Email: $"p{round}-{i}@example.com")).ToList();
            // Each begins on one node, and types the code in on the other.
            var codes = new List<string>();
            foreach (var (node, email) in people)
            {
                var applied = await node.Http.PostApi("/api/user/add_user", new { email, password = Password, invite });
                Assert.Equal(HttpStatusCode.Created, applied.Status);
                codes.Add(await Code(Other(nodes, node), (string)applied["user"]!["id"]!, EmailCodes.SignUp));
            }
            var told = await AtOnce(people.Select<(TestServer Node, string Email), Func<Task<ApiAnswer>>>((p, i) => () => Other(nodes, p.Node).Http.PostApi("/api/user/verify", new { email = p.Email, code = codes[i] })));
            Assert.Equal(["INVITATION_INVALID", null], told.Select(a => a.Code).OrderDescending());
            Assert.Equal(round + 1, await nodes.B.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE kind = 'customer' AND pending = 0")));
            foreach (var node in Both(nodes))
                Assert.Equal("INVITATION_INVALID", (await node.Http.PostApi("/api/user/add_user", new { email = $"late{round}@example.com", password = Password, invite })).Code);
        }
        Sound(nodes);
    }

    [Fact]
    public async Task Two_sign_ups_of_one_address_by_both_nodes_make_one_account()
    {
        await using var nodes = await Nodes.Start();
        using var owner = await nodes.A.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { sign_up = new { proof_of_work = false } });
        for (var round = 0; round < 6; round++)
        {
            var email = $"one{round}@example.com";
            var applied = await AtOnce(Both(nodes).Select<TestServer, Func<Task<ApiAnswer>>>(node => () => node.Http.PostApi("/api/user/add_user", new { email, password = Password })));
            Assert.All(applied, a => Assert.Equal(HttpStatusCode.Created, a.Status));
            Assert.Equal(1, await nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE email = @email", ("email", email))));
            // Both were given the account's id, and each a code of their own. Typed in at once, one of them opens it.
            var id = Assert.Single(applied.Select(a => (string)a["user"]!["id"]!).Distinct());
            var codes = await nodes.B.Db.Read(s => nodes.B.Service<EmailCodes>().Current(s, Caller.DefaultTenant, id, EmailCodes.SignUp, nodes.Clock.Now));
            Assert.Equal(2, codes.Count);
            var confirmed = await AtOnce(Both(nodes).Select<TestServer, Func<Task<ApiAnswer>>>((node, i) => () => node.Http.PostApi("/api/user/verify", new { email, code = codes[i].Code, attempt = codes[i].Id })));
            Assert.Equal(["INVALID_CODE", null], confirmed.Select(a => a.Code).OrderDescending());
            Assert.Equal(1, await nodes.B.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE email = @email AND pending = 0", ("email", email))));
            Assert.Equal(HttpStatusCode.OK, (await nodes.B.Http.PostApi("/api/user/login", new { login = email, password = Password })).Status);
        }
        Sound(nodes);
    }

    [Fact]
    public async Task Another_address_is_asked_for_on_one_node_shown_on_the_other_and_undone_on_the_first()
    {
        await using var nodes = await Nodes.Start();
        using var owner = await nodes.A.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" } });
        var id = await nodes.A.Staff.Customer(passwordHash: await Site.PasswordHash);
        await owner.PatchApi("/api/users/" + id, new { email = Old });
        var session = "ghu_" + await AccountsEndpoints.OpenSession(nodes.A, Caller.DefaultTenant, id);
        using var onA = nodes.A.Client(session);
        using var onB = nodes.B.Client(session);
        Assert.Equal(HttpStatusCode.OK, (await onA.PostApi("/api/user/email", new { email = New, password = Bench.Password })).Status);
        var code = await Code(nodes.B, id, EmailCodes.EmailChange);
        // Typed in on both at once, it is taken once, and the old address is told once.
        var shown = await AtOnce(new[] { onA, onB }.Select<HttpClient, Func<Task<ApiAnswer>>>(http => () => http.PostApi("/api/user/email/verify", new { code })));
        Assert.Equal(["INVALID_CODE", null], shown.Select(a => a.Code).OrderDescending());
        Assert.Equal(1, await nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM email_undos WHERE email = @old", ("old", Old))));
        foreach (var node in Both(nodes))
            Assert.Equal((HttpStatusCode.OK, "INVALID_CREDENTIALS"), ((await Login(node, New)).Status, (await Login(node, Old)).Code));

        // The link is only in the mail: here its hash is made to be of one that is known. Pressed on both at once, it is good once.
        var token = OpaqueToken.Create();
        await nodes.A.Db.Write(s => s.Execute("UPDATE email_undos SET token_hash = @hash", ("hash", OpaqueToken.Hash(token))));
        var pages = new List<(TestBrowser Browser, TestPage Page)>();
        foreach (var browser in Both(nodes).Select(node => node.Browser()))
            pages.Add((browser, await browser.Get("/undo-email?token=" + token)));
        var undone = await AtOnce(pages.Select<(TestBrowser Browser, TestPage Page), Func<Task<TestPage>>>(p => () => p.Browser.Submit(p.Page, "form[action='/undo-email']")));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Gone], undone.Select(p => p.Status).Order());
        nodes.Clock.Advance(CredentialCache.Freshness);
        foreach (var http in new[] { onA, onB })
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetApi("/api/user/me")).Status);
        var first = undone[0].Status == HttpStatusCode.OK ? 0 : 1;
        await pages[first].Browser.Submit(undone[first], "form[action='/reset-password']", new() { ["password"] = "seven quiet rivers", ["password_repeat"] = "seven quiet rivers" });
        foreach (var node in Both(nodes))
            Assert.Equal((HttpStatusCode.OK, "INVALID_CREDENTIALS"), ((await Login(node, Old, "seven quiet rivers")).Status, (await Login(node, New, "seven quiet rivers")).Code));
        Sound(nodes);
    }

    /// <summary>The job of one node has read who leaves; the person changes their mind on the other before it comes to them, or just too late.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_leaves_by_one_node_stays_by_the_other_while_the_job_of_the_first_runs(bool inTime)
    {
        var hold = new Hold();
        await using var nodes = await Nodes.Start(adjust: s => s.AddSingleton<ICustomerObserver>(hold));
        var id = await nodes.A.Staff.Customer(passwordHash: await Site.PasswordHash);
        var asked = await SignedIn(nodes.A, id);
        await asked.Submit(await asked.Get("/account/data"), "form[action$='/leave']", new() { ["password"] = Bench.Password });
        nodes.Clock.Advance(TimeSpan.FromDays(LeavingService.Days));
        var who = Caller.Public("203.0.113.7", "test") with { Kind = "customer", Id = id };
        Task job;
        if (inTime)
        {
            var (changed, commit) = (new TaskCompletionSource(), new TaskCompletionSource());
            var staying = nodes.B.Db.Write(async s =>
            {
                await nodes.B.Service<LeavingService>().Stay(s, who);
                changed.TrySetResult();
                await commit.Task;
            });
            await changed.Task;
            hold.Release.SetResult();
            job = LeavingService.Run(nodes.A.Services, default);
            // It waits for what has not ended, instead of deciding on what was.
            await Task.Delay(200);
            Assert.False(job.IsCompleted);
            commit.SetResult();
            await Task.WhenAll(staying, job);
            Assert.Equal((1, 0), (await Count("id = @id AND leaves_at IS NULL"), await Count("leaves_at IS NOT NULL")));
            await LeavingService.Run(nodes.A.Services, default);
            Assert.Equal(HttpStatusCode.OK, (await Login(nodes.B, $"{id}@example.com", Bench.Password)).Status);
        }
        else
        {
            job = LeavingService.Run(nodes.A.Services, default);
            await hold.Reached.Task;
            var late = Bench.Code(() => nodes.B.Db.Write(s => nodes.B.Service<LeavingService>().Stay(s, who)));
            await Task.Delay(200);
            Assert.False(late.IsCompleted);
            hold.Release.SetResult();
            await job;
            // They are told so, and nothing of them is left that the change of mind would have written.
            Assert.Equal("UNAUTHORIZED", await late);
            Assert.Equal(0, await Count("id = @id"));
            Assert.DoesNotContain(await EveryText.Of(nodes.B.Db, Engine.Postgres), text => text.Contains(id + "@", StringComparison.Ordinal));
            Assert.Equal(0, await nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM account_events")));
        }
        Sound(nodes);

        Task<long> Count(string where) => nodes.A.Db.Read(s => s.Number($"SELECT COUNT(*) FROM accounts WHERE kind = 'customer' AND {where}", where.Contains("@id", StringComparison.Ordinal) ? [("id", id)] : []));
    }

    [Fact]
    public async Task Whichever_is_first_of_the_job_and_a_change_of_mind_the_other_knows_it()
    {
        await using var nodes = await Nodes.Start();
        for (var round = 0; round < 20; round++)
        {
            var id = await nodes.A.Staff.Customer();
            await nodes.A.Db.Write(s => s.Execute("UPDATE accounts SET leaves_at = @now WHERE id = @id", ("now", nodes.Clock.Now), ("id", id)));
            var who = Caller.Public("203.0.113.7", "test") with { Kind = "customer", Id = id };
            var told = await AtOnce(new Func<Task<string?>>[]
            {
                () => Bench.Code(() => nodes.B.Db.Write(s => nodes.B.Service<LeavingService>().Stay(s, who))),
                () => Bench.Code(() => LeavingService.Run(nodes.A.Services, default)),
            });
            Assert.Null(told[1]);
            var there = await nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE id = @id AND leaves_at IS NULL", ("id", id)));
            Assert.Equal(told[0] is null ? 1 : 0, there);
            Assert.True(told[0] is null or "UNAUTHORIZED", told[0]);
        }
        Sound(nodes);
    }

    private static TestServer[] Both(Nodes nodes) => [nodes.A, nodes.B];

    private static TestServer Other(Nodes nodes, TestServer node) => node == nodes.A ? nodes.B : nodes.A;

    private static void Sound(Nodes nodes) => Assert.Empty(nodes.A.Errors.Lines.Concat(nodes.B.Errors.Lines));

    private static async Task<string> Code(TestServer node, string id, string purpose) =>
        (await node.Db.Read(s => node.Service<EmailCodes>().Current(s, Caller.DefaultTenant, id, purpose, node.Clock.Now))).Single().Code;

    private static Task<ApiAnswer> Login(TestServer node, string login, string password = Bench.Password) => node.Http.PostApi("/api/user/login", new { login, password });

    private static async Task<T[]> AtOnce<T>(IEnumerable<Func<Task<T>>> work)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = work.Select(w => Task.Run(async () =>
        {
            await go.Task;
            return await w();
        })).ToList();
        go.SetResult();
        return await Task.WhenAll(begun);
    }

    private static async Task<TestBrowser> SignedIn(TestServer node, string account)
    {
        var browser = node.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(node, Caller.DefaultTenant, account));
        return browser;
    }

    /// <summary>Stops the removal of a customer, in the midst of its transaction, until it is let go.</summary>
    private sealed class Hold : ICustomerObserver
    {
        public TaskCompletionSource Reached { get; } = new();

        public TaskCompletionSource Release { get; } = new();

        public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
        {
            Reached.TrySetResult();
            await Release.Task;
        }
    }
}
