using System.Net;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Who has gone is found nowhere: by no name, no address of theirs, and no address that they came from.</summary>
public sealed class ErasureTests
{
    private const string Email = "goes@erased.example", NewEmail = "went@erased.example", Phone = "+8613912345678", Name = "林小雨·Erased", Username = "erased-lin", Ip = "203.0.113.77", Agent = "ErasedBrowser";
    private const string Other = "198.51.100.31", Password = "a long password 1";

    /// <summary>Columns that hold where somebody came from, and how that is forgotten.</summary>
    private static readonly Dictionary<string, string> Sources = new()
    {
        ["account_events.ip"] = "goes with the account", ["sessions.ip"] = "goes with the account", ["sign_ins.ip"] = "goes with the account; of a name that nobody has it is nobody's",
        ["sign_in_failures.source"] = "goes with the account", ["mail_requests.network"] = "goes with the names of the account", ["security_events.ip"] = "is taken off what names the account",
        ["bindings.ip"] = "is taken off what the customer did, and off the keys on the account", ["license_events.ip"] = "is taken off what the customer did, and off the keys on the account",
        ["operations.ip"] = "of staff", ["api_tokens.last_used_ip"] = "of staff", ["acl_log.ip"] = "goes with the account", ["audit_entries.ip"] = "of staff, in a chain that cannot forget", ["batches.source"] = "not where from, but generated or imported", ["license_extras.source"] = "not where from, but which order",
        ["orders.ip"] = "is taken off the account's orders, and a guest's of its address", ["payment_calls.ip"] = "of gateways; what they said of the account's orders goes",
    };

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["RateLimits:Enabled"] = "true", ["Keys:GuessLimit"] = "3", ["Server:TrustedProxies"] = "127.0.0.1", ["Server:AllowPlainHttp"] = "true",
        ["RateLimits:Api:Burst"] = "1000", ["RateLimits:SignIn:Burst"] = "1000", ["RateLimits:Pages:Burst"] = "1000",
    };

    [Theory, BothEngines]
    public async Task Nothing_of_a_customer_who_is_deleted_is_left_in_any_table(Engine engine)
    {
        await using var server = await TestServer.Start(engine, Settings);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" }, sign_up = new { proof_of_work = false } });
        var keys = (await owner.MakeKeys(await owner.MakePlan("VIP"), 4)).Keys;
        await From(server, Other).PostApi("/api/validate", new { code = keys[3], machine_code = "m" });
        var id = await Live(server, owner, keys);

        var before = await Places(server, engine, Ip);
        Assert.Superset(new HashSet<string>
        {
            "sign_ins.ip", "sessions.ip", "account_events.ip", "security_events.ip", "license_events.ip", "bindings.ip", "mail_requests.network", "sign_in_failures.source", "outbox.payload",
        }, before);
        foreach (var trace in new[] { Email, NewEmail, Phone, Name, Username, Agent })
            Assert.NotEmpty(await Places(server, engine, trace));

        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi("/api/users/" + id)).Status);
        foreach (var trace in new[] { Ip, Email, NewEmail, Phone, Name, Username, Agent })
            Assert.Equal([], await Places(server, engine, trace));
        // What happened is still told, and of others all.
        Assert.Equal(["keys.guessed", "signin.failed_many", "signin.locked"],
            (await server.Db.Read(s => s.All("SELECT DISTINCT kind FROM security_events WHERE subject = @id AND ip IS NULL", r => r.GetString(0), ("id", id)))).Order());
        Assert.Equal(["license_events.ip", "bindings.ip"], (await Places(server, engine, Other)).Order().Reverse());
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Every_column_that_holds_where_somebody_came_from_is_known(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var found = (await test.Database.Read(s => EveryText.Columns(s, engine)))
            .Where(c => c.Column is "ip" or "network" or "source" || c.Column.EndsWith("_ip", StringComparison.Ordinal) || c.Column.Contains("network", StringComparison.Ordinal)).Select(c => $"{c.Table}.{c.Column}");
        Assert.Equal(Sources.Keys.Order(), found.Order());
    }

    // All from one address: signing up, in and wrongly, keys used with and without an account, guesses, a channel, a ticket, another address asked for.
    private static async Task<string> Live(TestServer server, HttpClient owner, IReadOnlyList<string> keys)
    {
        var http = From(server, Ip);
        var id = (string)(await http.PostApi("/api/user/add_user", new { email = Email, password = Password, username = Username }))["user"]!["id"]!;
        var code = (await server.Db.Read(s => server.Service<EmailCodes>().Current(s, Caller.DefaultTenant, id, EmailCodes.SignUp, server.Clock.Now)))[0].Code;
        Assert.Equal(HttpStatusCode.OK, (await http.PostApi("/api/user/verify", new { email = Email, code })).Status);
        await MyChannelRows.Insert(server, Caller.DefaultTenant, id);
        http.DefaultRequestHeaders.Authorization = new("Bearer", (string)(await http.PostApi("/api/user/login", new { login = Email, password = Password }))["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi("/api/user/me", new { display_name = Name, phone = Phone })).Status);
        await owner.PostApi($"/api/users/{id}/points", new { amount = 5, reason = $"for {Name}" });
        await owner.PostApi($"/api/users/{id}/notes", new { text = $"{Name} called from {Phone}" });
        await http.PostApi("/api/tickets", new { subject = $"{Name} asks", text = $"write to {Email}" });
        await http.PostApi("/api/user/email", new { email = NewEmail, password = Password });

        // A key that is activated while signed in and not put on the account, and one the other way round.
        var browser = new TestBrowser(From(server, Ip), "en");
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = Email, ["password"] = Password });
        await browser.Submit(await browser.Get("/activate"), "form[action='/activate']", new() { ["key"] = keys[0], ["machine"] = "m" });
        await From(server, Ip).PostApi("/api/validate", new { code = keys[1], machine_code = "m" });
        await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = keys[1] });
        foreach (var wrong in new[] { "VIP-WRONG1", "VIP-WRONG2", "VIP-WRONG3" })
            await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = wrong });
        // Something is bought, on the account and as a guest of the same address.
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Gift", on_sale = true }))["plan"]!["id"]!;
        await http.PostApi("/api/shop/orders", new { plan });
        await From(server, Ip).PostApi("/api/shop/orders", new { plan, email = Email, lookup = Name });
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM orders WHERE ip IS NOT NULL AND delivered_at IS NOT NULL")));
        for (var i = 0; i < SignIns.ManyFailures; i++)
            await From(server, Ip).PostApi("/api/user/login", new { login = Email, password = "wrong horse" });
        return id;
    }

    private static HttpClient From(TestServer server, string ip)
    {
        var http = server.Client();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", ip);
        http.DefaultRequestHeaders.Add("User-Agent", ip == Ip ? Agent : "test");
        return http;
    }

    private static async Task<HashSet<string>> Places(TestServer server, Engine engine, string trace) =>
        [.. (await EveryText.WithPlaces(server.Db, engine)).Where(t => t.Text.Contains(trace, StringComparison.OrdinalIgnoreCase)).Select(t => t.Place)];
}
