using System.Net;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Licenses;

/// <summary>One key, in all the forms that people type, at every door.</summary>
public sealed class TypedKeyTests
{
    private const string Key = "VIP-DEMO123456";

    public static readonly TheoryData<string> Forms =
    [
        "VIP-DEMO123456", "vip-demo123456", "vip demo123456", "VIPDEMO123456", "VIP DEMO 123456", "V-I-P-DEMO-123456", "ＶＩＰ－ＤＥＭＯ１２３４５６", "VIP—DEMO123456", "VIP――DEMO123456", "VIP⸺DEMO123456",
        "VIP\u00a0DEMO123456", "VIP-DE\u200bMO12\u00ad3456", "\tVIP\tDEMO123456\t", "VIP-DEMO123456.", "VIPDEMO123456。", "“vip-demo123456”", "\ufeffVIP\u2011DEMO123456\r\n",
    ];

    private static async Task<(TestServer Server, HttpClient Staff, string Plan)> Start(Engine engine = Engine.Sqlite)
    {
        var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Admin);
        var plan = await staff.Plan();
        Assert.Equal(1, (long)(await staff.PostApi("/api/keys/import", new { plan, content = Key }))["count"]!);
        return (server, staff, plan);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task Every_form_opens_every_door(string typed)
    {
        var (server, staff, plan) = await Start();
        await using var running = server;
        Assert.Equal(Key, (string?)(await server.Http.GetApi("/api/status/" + Uri.EscapeDataString(typed)))["full_code"]);
        var valid = await server.Validate(typed);
        Assert.Equal(("VALID", Key), (valid.Code, (string?)valid["full_code"]));
        Assert.Equal(Key, (string?)(await staff.GetApi("/api/keys/" + Uri.EscapeDataString(typed)))["key"]!["key"]);
        Assert.Equal(Key, (string?)Assert.Single((await staff.GetApi("/api/keys?q=" + Uri.EscapeDataString(typed))).Items())!["key"]);
        Assert.Equal(1, (long)(await staff.PostApi("/api/keys/bulk", new { action = "note", note = "x", keys = new[] { typed, Key } }))["changed"]!);
        Assert.Contains(Key, await staff.GetStringAsync("/api/keys/export?format=txt&q=" + Uri.EscapeDataString(typed)));
        // What the store has, whatever form it comes in.
        var twice = await staff.PostApi("/api/keys/import", new { plan, content = "IMP-000001\n" + typed.Trim(), dry_run = true });
        Assert.Equal(2, (int)Assert.Single(twice["errors"]!.AsArray())!["line"]!);
        var browser = server.Browser();
        Assert.Equal(Key, (await browser.Submit(await browser.Get("/status"), "main form[action='/status']", new() { ["key"] = typed })).One("#result h2").TextContent);
        Assert.Contains("VIP", (await browser.Submit(await browser.Get("/activate"), "main form[action='/activate']", new() { ["key"] = typed, ["look"] = "1" })).One(".gh-verdict b").TextContent);
    }

    [Theory, BothEngines]
    public async Task Two_keys_that_differ_in_their_dashes_alone_are_one(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var plan = await shop.Plan();
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, "", [new ImportLine(1, "AB-C123456", "")]));
        var refused = await Assert.ThrowsAsync<Refusal>(() => shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, "", [new ImportLine(1, "A-BC123456", "")])));
        Assert.Equal("field.import_taken", refused.Fields["content"].Key);
        // Its own dash may be set elsewhere.
        Assert.Equal("A-B-C123456", (await shop.Do("abc123456", new LicenseAction(ActionName.Prefix, Prefix: "A-B")))!.Key);
        Assert.Equal(1, await shop.Count("SELECT COUNT(*) FROM licenses"));
    }

    [Theory, BothEngines]
    public async Task Keys_from_before_that_differ_in_their_dashes_are_each_found_with_them(Engine engine)
    {
        string[] before = ["AB-C123456", "A-BC123456", "ABC123456", "VIP-1234567"];
        await using var old = await OldDatabase.Make(engine, async s =>
        {
            await s.Execute("INSERT INTO products (id, tenant_id, name, kind, created_at) VALUES ('p', 'default', 'P', 'software', 1)");
            await s.Execute("INSERT INTO plans (id, tenant_id, product_id, name, price, currency, machine_limit, prefix, offline_grace_seconds, entitlements, notes, enabled, created_at, updated_at) VALUES ('p', 'default', 'p', 'P', 0, 'CNY', 1, '', 0, '{}', '', 1, 1, 1)");
            await s.Execute("INSERT INTO batches (id, tenant_id, plan_id, name, source, prefix, key_count, created_by, created_at) VALUES ('b', 'default', 'p', 'b', 'generated', '', 4, 'x', 1)");
            foreach (var key in before)
                await s.Execute("INSERT INTO licenses (id, tenant_id, key, prefix, code, plan_id, batch_id, state, created_at) VALUES (@id, 'default', @id, '', @id, 'p', 'b', 'unused', 1)", ("id", key));
        });
        foreach (var key in before)
            Assert.Equal(key, await Found(key));
        Assert.Equal("ABC123456", await Found("a-b-c-123456"));
        Assert.Equal("VIP-1234567", await Found("vip 1234567"));

        async Task<string?> Found(string typed) => (await old.Db.Read(s => LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(typed)!.Value)))?.Key;
    }

    [Theory, BothEngines]
    public async Task What_a_letter_was_taken_for_is_offered_and_never_taken(Engine engine)
    {
        var (server, staff, _) = await Start(engine);
        await using var running = server;
        var answer = await server.Validate("VIP-DEM0I23456");
        Assert.Equal(("NOT_FOUND", Key), (answer.Code, (string?)answer["did_you_mean"]));
        Assert.Equal("unused", (string?)(await staff.GetApi("/api/keys/" + Key))["key"]!["status"]);
        Assert.Null((await server.Validate("VIP-DEM0I23457"))["did_you_mean"]);
        Assert.Null((await server.Validate("VIP-NOSUCHKEY"))["did_you_mean"]);
        foreach (var (language, words) in new[] { ("en", "Did you mean"), ("zh", "您要找的是") })
            foreach (var path in new[] { "/status", "/activate" })
            {
                var browser = server.Browser(language);
                var form = $"main form[action='{path}']";
                var wrong = await browser.Submit(await browser.Get(path), form, new() { ["key"] = "vip dem0i23456", [path == "/activate" ? "look" : "go"] = "1" });
                var offer = wrong.One($"button[name='{Gatehouse.Licensing.Portal.PortalPages.Meant}']");
                Assert.Contains(words, offer.TextContent);
                Assert.Equal(Key, offer.GetAttribute("value"));
                var taken = await browser.Submit(wrong, form, new() { [Gatehouse.Licensing.Portal.PortalPages.Meant] = Key });
                Assert.Equal(HttpStatusCode.OK, taken.Status);
                Assert.Contains(path == "/status" ? Key : "VIP", taken.One("main").TextContent);
            }
    }

    [Fact]
    public async Task An_offer_costs_a_guess_and_a_key_being_typed_is_one()
    {
        await using var shop = await Shop.Open(settings: new() { ["Keys:GuessLimit"] = "3" });
        var plan = await shop.Plan();
        await shop.Db.Write(s => shop.Get<BatchService>().Import(s, Shop.Staff, plan.Id, "", [new ImportLine(1, Key, "")]));
        for (var length = 6; length < Key.Length; length++)
            Assert.Null(await shop.Activation.Offer(Shop.Customer, Key[..length], default));
        Assert.NotNull(await shop.Activation.Offer(Shop.Customer, Key, default));
        Assert.Equal(Key, (await shop.Validate("VIP-DEM0123456")).DidYouMean);
        Assert.Equal(429, (await Assert.ThrowsAsync<Refusal>(() => shop.Validate("VIP-OTHER12345"))).Status);
    }

    [Theory]
    [InlineData("VIP-K7QM2RX9TADE", "23456789ABCDEFGHJKMNPQRSTUVWXYZ", "")]
    [InlineData("VIP-O", "0123456789ABCDEFGH", "VIP0")]
    [InlineData("VIP-ABCO", "0123456789ABCDEFGH", "VIPABC0")]
    [InlineData("VIP-ABCI", "0123456789ABCDEFGH", "VIPABC1 VIPABCL")]
    [InlineData("VIP-0O0O0O", "23456789ABCDEFGH", "")]
    public void What_may_have_been_meant(string typed, string alphabet, string meant) =>
        Assert.Equal(meant, LicenseKey.Parse(typed) is { } key ? string.Join(' ', LookAlikes.Of(key, alphabet)) : "");

    [Fact]
    public async Task All_that_is_wrong_with_a_form_is_said_at_once()
    {
        await using var server = await TestServer.Start();
        foreach (var path in new[] { "/api/validate", "/api/release" })
            (await server.Http.PostApi(path, new { code = " ", machine_code = "" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "code", "machine_code");
        var browser = server.Browser();
        var page = await browser.Submit(await browser.Get("/activate"), "main form[action='/activate']", new() { ["key"] = "", ["machine"] = "" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.NotNull(page.Document.QuerySelector("#key-error"));
        Assert.NotNull(page.Document.QuerySelector("#machine-error"));
    }

    [Theory, BothEngines]
    public async Task The_bad_lines_of_a_file_are_passed_over_where_that_is_chosen(Engine engine)
    {
        var (server, staff, plan) = await Start(engine);
        await using var running = server;
        const string content = "IMP-000001\n?\n\nimp 000001\nvipdemo123456\nIMP-000002";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await staff.PostApi("/api/keys/import", new { plan, content })).Status);
        var taken = await staff.PostApi("/api/keys/import", new { plan, content, skip_faults = true });
        Assert.Equal((2L, 3L), ((long)taken["count"]!, (long)taken["skipped"]!));
        Assert.Equal([2, 4, 5], taken["errors"]!.AsArray().Select(e => (int)e!["line"]!));
        Assert.Equal(2, (long)(await staff.GetApi("/api/batches"))["items"]![0]!["count"]!);
        (await staff.PostApi("/api/keys/import", new { plan, content, skip_faults = true })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "content");
        // A file that cannot be read to its end is none of which the rest is known.
        (await staff.PostApi("/api/keys/import", new { plan, content = "key\nIMP-000003\n\"IMP", format = "csv", skip_faults = true })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "content");
        var page = await server.SignedIn(Role.Admin);
        const string form = "main form[action='/admin/keys/import']";
        var check = await page.Submit(await page.Get("/admin/keys/import?plan=" + plan), form, new() { ["plan"] = plan, ["content"] = "IMP-000001\nIMP-000004", ["step"] = "check" });
        Assert.NotNull(check.Document.QuerySelector("button[value='skip']"));
        await page.Submit(check, form, new() { ["plan"] = plan, ["step"] = "skip" });
        Assert.Equal("unused", (string?)(await staff.GetApi("/api/keys/IMP-000004"))["key"]!["status"]);
    }
}
