using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Accounts.Leaving;
using Gatehouse.Accounts.OwnData;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Taking one's data along, and leaving.</summary>
public sealed class OwnDataTests
{
    /// <summary>Tables that hold something of an account and are in no file, and why.</summary>
    private static readonly Dictionary<string, string> NotTaken = new()
    {
        ["account_logins"] = "the names are in account.json", ["account_notes"] = "what staff noted for themselves", ["email_codes"] = "secrets", ["password_resets"] = "secrets",
        ["email_undos"] = "secrets", ["sign_in_failures"] = "locks", ["known_browsers"] = "secrets", ["two_factors"] = "secrets", ["recovery_codes"] = "secrets", ["half_sessions"] = "secrets",
        ["sign_in_links"] = "secrets", ["relay_anomalies"] = "what was done about them stands in the history of rentals.json", ["look_as"] = "of staff: who looks", ["customer_search"] = "what is in account.json, to be found by", ["auto_renewals"] = "a switch; what it did is in orders.json", ["list_columns"] = "of staff: how they look at lists", ["customer_imports"] = "of staff: who may fetch links", ["channel_sends"] = "a rate", ["ticket_reads"] = "what was read", ["outbox"] = "what is sent to the person, for a week", ["license_events"] = "where from; the keys are in keys.json", ["relay_slots"] = "what is in rentals, as the program keeps it", ["acl_choices"] = "what a map is made of; who got it is in relay-maps.json", ["acl_versions"] = "likewise", ["acl_links"] = "secrets", ["tailnets"] = "a secret, and how their own tailnet is connected", ["ticket_files"] = "by name in tickets.json; the files are downloaded there",
    };

    private static readonly string[] Taken = ["sign_ins", "sessions", "account_events", "point_entries", "account_keys", "tickets", "passkeys", "channels", "mail_choices", "orders", "distributors", "distributor_orders", "invite_codes", "invited", "distributor_links", "referrals", "commissions", "withdrawals", "rentals", "rental_events", "rental_devices", "rental_refused", "acl_log"];

    [Theory, BothEngines]
    public async Task The_archive_holds_all_that_is_known_of_the_person(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var id = await server.Staff.Customer(username: "lin", passwordHash: await Site.PasswordHash);
        await owner.PatchApi("/api/users/" + id, new { display_name = "林小雨", note = "never say this" });
        await owner.PostApi($"/api/users/{id}/points", new { amount = 5, reason = "für alles" });
        await owner.PostApi($"/api/users/{id}/notes", new { text = "nor this" });
        var key = (await owner.MakeKeys(await owner.MakePlan("VIP"), 1)).Keys[0];
        await server.Http.PostApi("/api/user/login", new { login = "lin", password = Bench.Password });
        var browser = await SignedIn(server, id);
        await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = key });
        var page = await browser.Get("/account/data");
        var wrong = await browser.Submit(page, "form[action$='/export']", new() { ["password"] = "wrong horse" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        var right = await browser.Submit(page, "form[action$='/export']", new() { ["password"] = Bench.Password });
        Assert.Equal(HttpStatusCode.OK, right.Status);
        var who = Caller.Public(null, null) with { Kind = "customer", Id = id };
        using var zip = new ZipArchive(new MemoryStream(await server.Service<OwnDataArchive>().Of(who, default)));
        var files = zip.Entries.ToDictionary(e => e.Name, e => JsonNode.Parse(e.Open())!);
        Assert.Equal(["account.json", "changes.json", "channels.json", "commission.json", "distributor-orders.json", "distributor.json", "invites.json", "keys.json", "mail.json", "orders.json", "passkeys.json", "points.json", "relay-maps.json", "rentals.json", "sessions.json", "sign-ins.json", "tickets.json", "waits.json"], files.Keys.Order());
        Assert.Equal(("林小雨", "lin"), ((string?)files["account.json"]["display_name"], (string?)files["account.json"]["username"]));
        Assert.Equal((5, "für alles"), ((int)files["points.json"][0]!["amount"]!, (string?)files["points.json"][0]!["reason"]));
        Assert.Equal(key, (string?)files["keys.json"][0]!["key"]);
        Assert.NotEmpty(files["sign-ins.json"].AsArray());
        var all = string.Concat(files.Values.Select(f => f.ToJsonString()));
        foreach (var secret in new[] { "never say this", "nor this", "argon2" })
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task Every_table_that_holds_something_of_an_account_is_in_a_file_or_left_out_for_a_reason(Engine engine)
    {
        await using var bench = await TestDatabase.Open(engine);
        var tables = await bench.Database.Read(s => s.All(engine == Engine.Sqlite
            ? "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'account_id'"
            : "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'account_id'", r => r.GetString(0)));
        Assert.Superset(Taken.ToHashSet(), tables.ToHashSet());
        Assert.Empty(tables.Except(NotTaken.Keys).Except(Taken));
    }

    [Theory, BothEngines]
    public async Task Who_leaves_can_stay_for_a_week_and_is_gone_after_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (stays, goes) = (await server.Staff.Customer(passwordHash: await Site.PasswordHash), await server.Staff.Customer(passwordHash: await Site.PasswordHash));
        var owner = await server.As(Role.Owner);
        foreach (var id in new[] { stays, goes })
        {
            var browser = await SignedIn(server, id);
            var page = await browser.Get("/account/data");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.Submit(page, "form[action$='/leave']", new() { ["password"] = "wrong horse" })).Status);
            var home = await browser.Submit(page, "form[action$='/leave']", new() { ["password"] = Bench.Password });
            Assert.NotNull(home.Document.QuerySelector("form[action$='/stay']"));
            Assert.Equal("leaving", (string?)(await owner.GetApi("/api/users/" + id))["user"]!["state"]);
            server.Clock.Advance(TimeSpan.FromDays(LeavingService.Days) - TimeSpan.FromMinutes(1));
            await LeavingService.Run(server.Services, default);
            // They may change their mind to the last minute.
            Assert.Equal(HttpStatusCode.OK, (await server.Http.PostApi("/api/user/login", new { login = $"{id}@example.com", password = Bench.Password })).Status);
            if (id != stays)
                continue;
            var later = await SignedIn(server, id);
            var kept = await later.Submit(await later.Get("/account"), "form[action$='/stay']");
            Assert.Equal(HttpStatusCode.OK, kept.Status);
            Assert.Null(kept.Document.QuerySelector("form[action$='/stay']"));
        }
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await LeavingService.Run(server.Services, default);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetApi("/api/users/" + goes)).Status);
        Assert.Equal("active", (string?)(await owner.GetApi("/api/users/" + stays))["user"]!["state"]);
        Assert.DoesNotContain(await EveryText.Of(server.Db, engine), text => text.Contains(goes + "@example.com", StringComparison.Ordinal));
    }

    private static async Task<TestBrowser> SignedIn(TestServer server, string id)
    {
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id));
        return browser;
    }
}
