using Gatehouse.Platform.Http;
using Gatehouse.Relays.Tailnets;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Relays.Tailnets.TailnetBed;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>A rental's tailnet over REST: what its page does, for its person and for staff.</summary>
public sealed class TailnetApiTests
{
    [Theory, BothEngines]
    public async Task Its_person_and_staff_do_all_that_the_page_does_and_no_secret_comes_back(Engine engine)
    {
        await using var bed = await TailnetBed.Make(engine);
        var (server, path) = (bed.Server, "/api/user/tailnets/" + bed.Rental);
        for (var i = 0; i < 5; i++)
            bed.Fake.Device("n" + i, Key((char)('a' + i)), "machine-" + i, tag: i < 2 ? "tag:home" : null, created: $"2026-01-0{i + 1}T00:00:00Z");
        var http = server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, bed.Who.Id!));
        var owner = await server.As(Role.Owner);
        var all = new List<string>();
        async Task<ApiAnswer> Kept(Task<ApiAnswer> call)
        {
            var answer = await call;
            all.Add(answer.ToString());
            return answer;
        }
        Assert.Equal("NO_SUCH_TAILNET", (string?)(await Kept(http.GetApi(path)))["code"]);
        Assert.Empty((await Kept(http.GetApi("/api/user/tailnets")))["items"]!.AsArray());
        foreach (var (body, field) in new (object, string)[]
        {
            (new { }, "secret"), (new { secret = "tskey-api-x" }, "secret"), (new { secret = FakeTailnet.Secret, tag = "home" }, "tag"), (new { secret = FakeTailnet.Secret, choose = "best" }, "choose"),
            (new { secret = FakeTailnet.Secret, client_id = "other" }, "client_id"), (new { url = "http://headscale.example.com" }, "url"), (new { secret = FakeTailnet.Known[..^1] + "revoked" }, "secret"),
        })
            Assert.Equal((422, true), (await Kept(http.PostApi(path, body))) is var wrong ? ((int)wrong.Status, wrong["errors"]?[field] is not null) : default);

        var made = await Kept(http.PostApi(path, new { secret = FakeTailnet.Secret, client_id = "kTEST", read_only = true, choose = "recent" }));
        Assert.Equal((200, 5, 3, 2, "tailscale", true), ((int)made.Status, (int)made["tailnet"]!["machines"]!, (int)made["tailnet"]!["let_in"]!, (int)made["tailnet"]!["left_out"]!, (string?)made["tailnet"]!["kind"], (bool)made["tailnet"]!["read_only"]!));
        Assert.Equal(422, (int)(await Kept(http.PostApi(path + "/deliver", new { seen = "x" }))).Status);
        // What is left out stays: those with the tag come in, and the first choice is still there.
        var tagged = await Kept(owner.PostApi(path, new { tag = "tag:home", read_only = false }));
        Assert.Equal((2, "tag:home", "recent", false), ((int)tagged["tailnet"]!["let_in"]!, (string?)tagged["tailnet"]!["tag"], (string?)tagged["tailnet"]!["choose"], (bool)tagged["tailnet"]!["read_only"]!));
        Assert.Equal([Key('a'), Key('b')], await bed.Keys());

        var before = bed.Fake.Policy;
        var preview = await Kept(http.GetApi(path + "/preview"));
        Assert.Contains(preview["diff"]!.AsArray(), l => (string?)l!["sign"] == "+" && ((string)l["text"]!).Contains("derpMap", StringComparison.Ordinal));
        var seen = (string)preview["seen"]!;
        Assert.Equal("sure", (await Kept(http.PostApi(path + "/deliver", new { seen })))["errors"]!.AsObject().Single().Key);
        Assert.Equal(422, (int)(await Kept(http.PostApi(path + "/deliver", new { seen = "another", sure = true }))).Status);
        Assert.Equal(before, bed.Fake.Policy);
        var delivered = await Kept(owner.PostApi(path + "/deliver", new { seen, sure = true }));
        Assert.True((long)delivered["tailnet"]!["delivered"]!["version"]! > 0);
        Assert.Contains("derpMap", bed.Fake.Policy, StringComparison.Ordinal);
        Assert.Equal(200, (int)(await Kept(http.PostApi(path + "/sync", new { }))).Status);
        Assert.Null((await Kept(http.PostApi(path + "/undo", new { })))["tailnet"]!["delivered"]);
        Assert.Equal(before, bed.Fake.Policy);
        Assert.Equal(bed.Rental, (string?)(await Kept(owner.GetApi("/api/user/tailnets")))["items"]![0]!["rental"]);

        // Somebody else's is nobody's.
        var other = server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, await server.Staff.Customer()));
        foreach (var refused in new[] { await other.GetApi(path), await other.PostApi(path, new { tag = "tag:x" }), await other.GetApi(path + "/preview"), await other.PostApi(path + "/sync", new { }), await other.DeleteApi(path) })
            Assert.Equal("NO_SUCH_RENTAL", (string?)refused["code"]);
        Assert.Empty((await other.GetApi("/api/user/tailnets"))["items"]!.AsArray());
        Assert.Equal(200, (int)(await Kept(http.DeleteApi(path))).Status);
        Assert.Equal("NO_SUCH_TAILNET", (string?)(await Kept(http.DeleteApi(path)))["code"]);
        Assert.DoesNotContain(all, a => a.Contains("tskey-client-k", StringComparison.Ordinal));
        // What staff did stands in the audit log; what its person did is theirs.
        Assert.Equal(["tailnet.connected", "tailnet.delivered"], await server.Db.Read(s => s.All("SELECT action FROM audit_entries WHERE action LIKE 'tailnet.%' ORDER BY seq", r => r.GetString(0))));
    }

    /// <summary>What each leaves out the other has set: neither takes it back.</summary>
    [Theory, BothEngines]
    public async Task Two_changes_at_once_are_both_there(Engine engine)
    {
        await using var bed = await TailnetBed.Make(engine);
        await bed.Tailnets.Connect(bed.Who, bed.Rental, Usual, default);
        for (var i = 0; i < 5; i++)
        {
            await bed.Tailnets.Connect(bed.Who, bed.Rental, new("", "", false, "", Tailnet.Oldest), default);
            await Task.WhenAll(
                bed.Tailnets.Connect(bed.Who, bed.Rental, new("", "", null, "tag:home", null), default),
                bed.Tailnets.Connect(bed.Who, bed.Rental, new("", "", null, null, Tailnet.Recent), default),
                bed.Tailnets.Connect(bed.Who, bed.Rental, new("", "", true, null, null), default));
            Assert.Equal(("tag:home", Tailnet.Recent, true), await bed.Now() is { } t ? (t.Tag, t.Choose, t.ReadOnly) : default);
        }
    }
}
