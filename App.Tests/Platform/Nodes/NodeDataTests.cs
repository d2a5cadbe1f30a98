using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Licensing.LicenseFiles;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Nodes;

/// <summary>Keys, plans, settings and figures that were changed on another node.</summary>
public sealed class NodeDataTests
{
    [Fact]
    public async Task What_is_done_to_a_key_elsewhere_is_the_verdict_at_once()
    {
        await using var nodes = await Nodes.Start();
        using var admin = await nodes.A.As(Role.Admin);
        var key = (await admin.MakeKeys(await admin.MakePlan())).Keys[0];
        Assert.Equal("VALID", (await nodes.B.Validate(key)).Code);
        foreach (var (action, code, state) in new[] { ("suspend", "SUSPENDED", "suspended"), ("reinstate", "VALID", "active"), ("revoke", "REVOKED", "revoked") })
        {
            Assert.Equal(HttpStatusCode.OK, (await admin.PatchApi("/api/keys/" + key, new { action })).Status);
            var answer = await nodes.B.Validate(key);
            Assert.Equal((code, state, code == "VALID"), (answer.Code, (string?)answer["status"], answer["certificate"] is not null));
        }
    }

    [Fact]
    public async Task A_plan_that_is_changed_or_retired_elsewhere_counts_at_once()
    {
        await using var nodes = await Nodes.Start();
        using var onA = await nodes.A.As(Role.Admin);
        using var onB = await nodes.B.As(Role.Admin);
        var plan = await onA.MakePlan(machines: 1, seconds: null, grace: 3600);
        var key = (await onA.MakeKeys(plan)).Keys[0];
        var first = await nodes.B.Validate(key);
        Assert.Equal(first["certificate"]!.ToJsonString(), (await nodes.B.Validate(key))["certificate"]!.ToJsonString());
        Assert.Equal("MACHINE_MISMATCH", (await nodes.B.Validate(key, "machine-2")).Code);

        Assert.Equal(HttpStatusCode.OK, (await onA.PatchApi("/api/plans/" + plan, new { machine_limit = 2, offline_grace_seconds = 7200, entitlements = new { gold = true } })).Status);
        var changed = await nodes.B.Validate(key);
        Assert.True((bool)changed["entitlements"]!["gold"]!);
        Assert.Equal((3600, 7200), (await Ttl(first), await Ttl(changed)));
        Assert.Equal("VALID", (await nodes.B.Validate(key, "machine-2")).Code);

        Assert.True((bool)(await onA.DeleteApi("/api/plans/" + plan))["retired"]!);
        Assert.Equal("VALID", (await nodes.B.Validate(key)).Code);
        var refused = await onB.PostApi("/api/keys/generate", new { plan, count = 1 });
        Assert.True((int)refused.Status is >= 400 and < 500, refused.ToString());
        Assert.Equal("PLAN_RETIRED", (await onB.PatchApi("/api/plans/" + plan, new { price = 1 })).Code);

        async Task<int> Ttl(ApiAnswer answer) =>
            (int)LicenseFileTests.Read((string)answer["certificate"]!, (string)(await nodes.B.Http.GetApi("/api/public-key"))["public_key"]!)["meta"]!["ttl"]!;
    }

    [Fact]
    public async Task A_signing_key_that_was_rotated_elsewhere_is_published_at_once_and_signed_with_from_then_on()
    {
        await using var nodes = await Nodes.Start();
        var old = (string)(await nodes.B.Http.GetApi("/api/public-key"))["public_key"]!;
        var fresh = await nodes.A.Db.Write(s => nodes.A.Service<SigningKeys>().Rotate(s, Caller.DefaultTenant));
        // A program has met an answer of A, and asks B what it was signed with. No time has passed.
        using (var response = await nodes.B.Http.GetAsync("/api/public-key"))
        {
            var body = await response.Content.ReadAsByteArrayAsync();
            var told = JsonNode.Parse(body)!;
            Assert.Equal((fresh.Id, fresh.PublicKeyHex), ((string)told["key_id"]!, (string)told["public_key"]!));
            Assert.Equal([old, fresh.PublicKeyHex], told["published_keys"]!.AsArray().Select(k => (string)k!["public_key"]!));
            SignedAnswers.Check(response, body, "GET", "/api/public-key", nodes.B.Address.Authority, fresh.PublicKeyHex);
        }
        using var admin = await nodes.A.As(Role.Admin);
        var key = (await admin.MakeKeys(await admin.MakePlan())).Keys[0];
        LicenseFileTests.Read((string)(await nodes.B.Validate(key))["certificate"]!, fresh.PublicKeyHex);
    }

    [Fact]
    public async Task Looks_at_once_leave_the_newest_signing_key_in_force()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        var (here, there) = (new SigningKeys(test.Database, test.Secrets, TimeProvider.System), new SigningKeys(test.Database, test.Secrets, TimeProvider.System));
        await here.Current(Caller.DefaultTenant);
        for (var round = 0; round < 10; round++)
        {
            var rotating = Task.Run(() => test.Database.Write(s => there.Rotate(s, Caller.DefaultTenant)));
            await Task.WhenAll([rotating, .. Enumerable.Range(0, 6).Select(i => Task.Run(async () => i % 2 == 0 ? await here.Published(Caller.DefaultTenant) : await Refreshed()))]);
            await here.Refresh(CancellationToken.None);
            Assert.Equal((await rotating).Id, here.Loaded(Caller.DefaultTenant)!.Id);
        }

        async Task<IReadOnlyList<PublishedKey>> Refreshed()
        {
            await here.Refresh(CancellationToken.None);
            return [];
        }
    }

    [Fact]
    public async Task Settings_of_another_node_are_in_force_within_seconds_and_never_undone()
    {
        await using var nodes = await Nodes.Start();
        using var onA = await nodes.A.As(Role.Owner);
        using var onB = await nodes.B.As(Role.Owner);
        var settings = nodes.B.Service<TenantSettings>();
        await nodes.B.Browser().Get("/");
        Assert.Equal("Gatehouse", settings.Get(Caller.DefaultTenant, TenantSettings.SiteName));
        await onA.PatchApi("/api/settings", new { site_name = "Of A" });
        nodes.Clock.Advance(TenantSettings.Freshness);
        await nodes.B.Browser().Get("/");
        Assert.Equal("Of A", settings.Get(Caller.DefaultTenant, TenantSettings.SiteName));

        // B has not seen this yet, and changes something else, then the same back to what B still shows.
        await onA.PatchApi("/api/settings", new { site_name = "Of A again" });
        var changed = await onB.PatchApi("/api/settings", new { time_zone = "Asia/Shanghai" });
        Assert.Equal("Of A again", (string?)changed["settings"]!["site_name"]);
        await onA.PatchApi("/api/settings", new { site_name = "Of A once more" });
        await onB.PatchApi("/api/settings", new { site_name = "Of A again" });
        var now = (await onA.GetApi("/api/settings"))["settings"]!;
        Assert.Equal(("Of A again", "Asia/Shanghai"), ((string?)now["site_name"], (string?)now["time_zone"]));
    }

    [Fact]
    public async Task Settings_that_were_read_before_a_change_do_not_come_back_after_it()
    {
        await using var server = await TestServer.Start(Engine.Postgres);
        var settings = server.Service<TenantSettings>();
        for (var round = 0; round < 40; round++)
        {
            var name = "Round " + round;
            server.Clock.Advance(TenantSettings.Freshness);
            var reading = Task.CompletedTask;
            await server.Db.Write(async s =>
            {
                await s.Execute("LOCK TABLE settings IN ACCESS EXCLUSIVE MODE");
                reading = Task.Run(() => settings.Refresh(Caller.DefaultTenant).AsTask());
                // It has its snapshot, and waits for the table.
                await Wait.Until(async () => await s.Number("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'settings'::regclass") > 0, "the read waits");
                server.Clock.Advance(TimeSpan.FromMilliseconds(1));
                await settings.Set(s, Caller.DefaultTenant, TenantSettings.SiteName, name);
            });
            await reading;
            Assert.Equal(name, settings.Get(Caller.DefaultTenant, TenantSettings.SiteName));
        }
    }

    [Fact]
    public async Task Counts_follow_within_two_seconds()
    {
        await using var nodes = await Nodes.Start();
        using var onA = await nodes.A.As(Role.Admin);
        using var onB = await nodes.B.As(Role.Analyst);
        var plan = await onA.MakePlan();
        Assert.Equal(0, await Total());
        await onA.MakeKeys(plan, 5);
        nodes.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(5, await Total());

        async Task<int> Total() => (int)(await onB.GetApi("/api/statistics/keys"))["total"]!;
    }

    [Fact]
    public async Task A_request_that_is_sent_to_both_nodes_is_done_once()
    {
        await using var nodes = await Nodes.Start();
        var token = await nodes.A.Staff.Token(Role.Admin);
        using var onA = nodes.A.Client(token);
        using var onB = nodes.B.Client(token);
        var plan = await onA.MakePlan();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? onA : onB).PostApi("/api/keys/generate", new { plan, count = 3 }, "once"))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Single(answers.Select(a => (string)a["batch_id"]!).Distinct());
        Assert.Equal(3, await nodes.B.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses")));
    }
}
