using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Two accounts of one person become one: nothing that hangs on them is lost, and nothing is counted twice.</summary>
public sealed class MergeTests
{
    [Theory, BothEngines]
    public async Task What_hangs_on_the_one_moves_to_the_other(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var stays = (string)(await owner.PostApi("/api/users", new { username = "stays", email = "stays@example.com" }))["user"]!["id"]!;
        var goes = (string)(await owner.PostApi("/api/users", new { username = "goes", email = "goes@example.com", phone = "13800138000", display_name = "Lin", note = "pays late" }))["user"]!["id"]!;
        var keys = (await owner.MakeKeys(await owner.MakePlan("VIP"), 3)).Keys;
        foreach (var (account, key) in new[] { (stays, keys[0]), (goes, keys[0]), (goes, keys[1]), (goes, keys[2]) })
            await server.Db.Write(s => s.Execute("INSERT INTO account_keys (account_id, license_id, tenant_id, added_at) SELECT @account, id, tenant_id, 1 FROM licenses WHERE key = @key", ("account", account), ("key", key)));
        // Where their keys were used from stays known of a person who goes on.
        await server.Db.Write(s => s.Execute("INSERT INTO license_events (license_id, id, tenant_id, at, kind, actor, ip, account_id, detail) SELECT license_id, license_id, tenant_id, 1, 'activated', 'public', '203.0.113.7', @goes, '' FROM account_keys WHERE account_id = @goes", ("goes", goes)));
        await owner.PostApi($"/api/users/{stays}/points", new { amount = 7, reason = "a" });
        await owner.PostApi($"/api/users/{goes}/points", new { amount = 10, reason = "b" });
        await owner.PostApi($"/api/users/{goes}/points", new { amount = -4, reason = "c" });
        await owner.PostApi($"/api/users/{goes}/notes", new { text = "one" });

        var preview = await owner.PostApi("/api/users/stays/merge", new { with = "goes@example.com", dry_run = true });
        Assert.Equal((3, 6, 1), ((int)preview["moved"]!["keys"]!, (int)preview["moved"]!["points"]!, (int)preview["moved"]!["notes"]!));
        Assert.Equal(HttpStatusCode.OK, (await owner.GetApi("/api/users/goes")).Status);
        var done = await owner.PostApi("/api/users/stays/merge", new { with = "goes@example.com" });
        Assert.Equal((stays, "stays@example.com", "+8613800138000", "Lin", "pays late"),
            ((string)done["user"]!["id"]!, (string?)done["user"]!["email"], (string?)done["user"]!["phone"], (string?)done["user"]!["display_name"], (string?)done["user"]!["note"]));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetApi("/api/users/" + goes)).Status);
        Assert.Equal(3, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM account_keys WHERE account_id = @id", ("id", stays))));
        Assert.Equal(3, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM license_events WHERE account_id = @id AND ip = '203.0.113.7'", ("id", stays))));
        var points = await owner.GetApi($"/api/users/{stays}/points");
        Assert.Equal(13, (int)points["balance"]!);
        Assert.Equal([(3, 13), (2, 17), (1, 7)], points["items"]!.AsArray().Select(e => ((int)e!["number"]!, (int)e["balance"]!)));
        Assert.Single((await owner.GetApi($"/api/users/{stays}/notes"))["items"]!.AsArray());
        // The number opens the door of the one that stays.
        Assert.Equal(stays, (string?)(await owner.GetApi("/api/users/13800138000"))["user"]!["id"]);
        var audit = (await owner.GetApi("/api/audit?action=customer.merged"))["items"]![0]!;
        Assert.Equal((stays, goes), ((string?)audit["target_id"], (string?)audit["after"]!["from"]));
    }

    [Theory, BothEngines]
    public async Task An_address_that_was_never_confirmed_is_not_taken_over(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/users", new { username = "stays" });
        await owner.PostApi("/api/users", new { username = "goes", email = "goes@example.com" });
        await server.Db.Write(s => s.Execute("UPDATE accounts SET pending = 1 WHERE username = 'goes'"));
        Assert.Null((await owner.PostApi("/api/users/stays/merge", new { with = "goes" }))["user"]!["email"]);
        foreach (var (with, status) in new[] { ("stays", HttpStatusCode.Conflict), ("nobody", HttpStatusCode.UnprocessableEntity), ("", HttpStatusCode.UnprocessableEntity) })
            Assert.Equal(status, (await owner.PostApi("/api/users/stays/merge", new { with })).Status);
    }

    [Theory]
    [InlineData("en", "becomes part of")]
    [InlineData("zh", "将并入")]
    public async Task The_page_shows_what_would_happen_before_it_does(string language, string words)
    {
        await using var server = await TestServer.Start(Engine.Sqlite);
        var owner = await server.As(Role.Owner);
        var stays = (string)(await owner.PostApi("/api/users", new { username = "stays" }))["user"]!["id"]!;
        await owner.PostApi("/api/users", new { username = "goes" });
        var browser = await server.SignedIn(Role.Owner, language: language);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.Get($"/admin/users/{stays}/merge?with=nobody")).Status);
        var preview = await browser.Get($"/admin/users/{stays}/merge?with=goes");
        Assert.Contains(words, preview.One("#preview").TextContent, StringComparison.Ordinal);
        await browser.Submit(preview, "#preview form");
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetApi("/api/users/goes")).Status);
    }
}
