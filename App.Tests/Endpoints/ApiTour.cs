using System.Text.Json.Nodes;
using Gatehouse.Accounts.Logins;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Http.OpenApi;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>
/// One call of each operation of the API, in the order of a shop's first days, as people would send it: what <c>/docs</c> shows. An
/// endpoint that has no stop here is called by its row's sample.
/// </summary>
internal sealed partial class ApiTour
{
    /// <summary>Of the server that it is taken on: a tailnet is a fake of this process.</summary>
    public static readonly Dictionary<string, string?> Settings = new() { ["Relays:TailscaleApi"] = Relays.Tailnets.FakeTailnet.Shared.Url };

    private readonly TestServer _server;
    private readonly HttpClient _owner;
    private HttpClient? _customer;
    private readonly SortedDictionary<string, CapturedCall> _calls = new(StringComparer.Ordinal);

    private ApiTour(TestServer server, HttpClient owner) => (_server, _owner) = (server, owner);

    /// <summary>The calls by their operation, on a new server.</summary>
    public static async Task<IReadOnlyDictionary<string, CapturedCall>> Take(TestServer server)
    {
        var tour = new ApiTour(server, await server.As(Role.Owner));
        var plan = await tour.Sell();
        await tour.Activate();
        await tour.RunTheHouse();
        await tour.LookAfterCustomers();
        await tour.TakeMoney(plan);
        await tour.Call("DELETE /api/plans/{id}", "/api/plans/" + plan);
        await tour.Rest();
        return tour._calls;
    }

    private async Task<string> Sell()
    {
        await Call("GET /api/health", "/api/health");
        await Call("GET /api/health/details", "/api/health/details");
        var plan = (string)(await Call("POST /api/plans", "/api/plans",
            """{"name":"VIP 30 days","product":"Atlas","duration_seconds":2592000,"price":3000,"currency":"CNY","machine_limit":1,"prefix":"VIP","releases_per_month":2,"entitlements":{"pro":true,"max_projects":10}}"""))["plan"]!["id"]!;
        await Call("GET /api/plans/{id}", "/api/plans/" + plan);
        await Call("PATCH /api/plans/{id}", "/api/plans/" + plan, """{"price":2800,"notes":"Spring offer"}""");
        await Call("PUT /api/plans/{id}/picture", $"/api/plans/{plan}/picture", $$"""{"picture":"{{TenantsEndpoints.Pixel}}"}""");
        await Call("GET /api/plans", "/api/plans?limit=2");
        _server.Clock.Advance(TimeSpan.FromMinutes(5));
        await Call("POST /api/keys/generate", "/api/keys/generate", """{"plan":"VIP 30 days","count":3,"note":"Newsletter"}""");
        await Call("POST /api/keys/import", "/api/keys/import", """{"plan":"VIP 30 days","content":"key,note\nOLD-7K2M-0001,Mr Wang\nOLD-7K2M-0002,","format":"csv","note":"Old shop"}""");
        await Call("GET /api/batches", "/api/batches?limit=2");
        return plan;
    }

    private async Task Activate()
    {
        var keys = _calls["POST /api/keys/generate"].Answer!["keys"]!.AsArray().Select(k => (string)k!).ToList();
        _server.Clock.Advance(TimeSpan.FromHours(2));
        await Call("GET /api/public-key", "/api/public-key");
        await Call("POST /api/validate", "/api/validate", $$"""{"code":"{{keys[0]}}","machine_code":"9F2C77B0-41AA-4C0E-9D53-0A1E53D0A1E1","product":"Atlas","nonce":"b7e23ec29af22b0b4e41da31"}""");
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await Call("GET /api/status/{code}", "/api/status/" + keys[0]);
        await Call("PATCH /api/keys/{key}", "/api/keys/" + keys[0], """{"action":"extend","seconds":86400,"reason":"Sorry for the outage"}""");
        await Call("POST /api/keys/bulk", "/api/keys/bulk", $$"""{"action":"suspend","keys":["{{keys[1]}}","{{keys[2]}}"],"reason":"Chargeback"}""");
        await Call("GET /api/keys/{key}", "/api/keys/" + keys[0]);
        await Call("GET /api/keys", "/api/keys?status=active&limit=2");
        await Call("GET /api/keys/export", "/api/keys/export?status=unused&format=csv");
        await Call("POST /api/release", "/api/release", $$"""{"code":"{{keys[0]}}","machine_code":"9F2C77B0-41AA-4C0E-9D53-0A1E53D0A1E1"}""");
        await Call("DELETE /api/keys/{key}", "/api/keys/OLD-7K2M-0002");
        await Call("GET /api/statistics/keys", "/api/statistics/keys");
    }

    private async Task RunTheHouse()
    {
        var staff = (string)(await Call("POST /api/staff", "/api/staff", """{"username":"mei","display_name":"Mei","role":"operator","password":"seven quiet rivers"}"""))["staff"]!["id"]!;
        await Call("GET /api/staff/{id}", "/api/staff/" + staff);
        await Call("PATCH /api/staff/{id}", "/api/staff/" + staff, """{"role":"analyst"}""");
        await Call("GET /api/staff", "/api/staff?limit=2");
        var role = (string)(await Call("POST /api/roles", "/api/roles", """{"name":"Shop help","permissions":["keys.read","users.read"]}"""))["role"]!["id"]!;
        await Call("PATCH /api/roles/{id}", "/api/roles/" + role, """{"permissions":["keys.read","keys.write","users.read"]}""");
        await Call("GET /api/roles/{id}", "/api/roles/" + role);
        await Call("GET /api/roles", "/api/roles?q=shop");
        await Call("DELETE /api/roles/{id}", "/api/roles/" + role);
        await TwoFactorEndpoints.SwitchOn(_server, Caller.DefaultTenant, staff);
        await Call("POST /api/staff/{id}/reset-two-factor", $"/api/staff/{staff}/reset-two-factor");
        await Call("DELETE /api/staff/{id}", "/api/staff/" + staff);
        var token = (string)(await Call("POST /api/tokens", "/api/tokens", """{"name":"Shop plugin","role":"operator","scopes":["keys.read","keys.write"],"expires_at":"2027-03-04T00:00:00Z"}"""))["token"]!["id"]!;
        await Call("GET /api/tokens/{id}", "/api/tokens/" + token);
        await Call("PATCH /api/tokens/{id}", "/api/tokens/" + token, """{"name":"Shop plugin (read only)","scopes":["keys.read"]}""");
        await Call("GET /api/tokens", "/api/tokens?limit=1");
        await Call("DELETE /api/tokens/{id}", "/api/tokens/" + token);
        var announcement = (string)(await Call("POST /api/announcements", "/api/announcements",
            """{"title_en":"Maintenance tonight","title_zh":"今晚维护","text_en":"Activation may fail between 22:00 and 22:30.","text_zh":"22:00 至 22:30 之间可能无法激活。","severity":"warning","audience":"everyone","ends_at":"2026-03-05T15:00:00Z"}"""))["announcement"]!["id"]!;
        await Call("PATCH /api/announcements/{id}", "/api/announcements/" + announcement, """{"ends_at":"2026-03-05T16:00:00Z"}""");
        await Call("GET /api/announcements/{id}", "/api/announcements/" + announcement);
        await Call("GET /api/announcements", "/api/announcements?state=current");
        await Call("DELETE /api/announcements/{id}", "/api/announcements/" + announcement);
        var article = (string)(await Call("POST /api/articles", "/api/articles",
            """{"title_en":"First steps","title_zh":"入门","body_en":"Open {{site}}/activate and type your **key**.","body_zh":"打开 {{site}}/activate，输入**卡密**。","published":true}"""))["article"]!["id"]!;
        await Call("PATCH /api/articles/{id}", "/api/articles/" + article, """{"position":10}""");
        await Call("GET /api/articles/{id}", "/api/articles/" + article);
        await Call("GET /api/articles", "/api/articles?published=true");
        await Call("DELETE /api/articles/{id}", "/api/articles/" + article);
        await Call("PATCH /api/settings", "/api/settings",
            """{"site_name":"Atlas Shop","time_zone":"Asia/Shanghai","mail":{"host":"smtp.example.com","port":465,"security":"tls","user":"shop","password":"made for Gatehouse","from":"shop@example.com"}}""");
        await Call("GET /api/settings", "/api/settings");
        await Call("GET /api/jobs", "/api/jobs");
        await Call("PATCH /api/jobs/{name}", "/api/jobs/keys.expire", """{"cron":"0 0/30 * * * ?"}""");
        await Call("GET /api/operations", "/api/operations?limit=1");
        await Call("GET /api/operations/{id}", "/api/operations/" + (string)_calls["GET /api/operations"].Answer!["items"]![0]!["id"]!);
        await Call("GET /api/audit", "/api/audit?action=plan&limit=1");
        await Call("GET /api/audit/export", "/api/audit/export?action=plan&format=csv");
        await Call("GET /api/security-events", "/api/security-events?limit=2");
        await Call("GET /api/logs/audit", "/api/logs/audit?action=role&limit=1");
        await Call("GET /api/logs/system", "/api/logs/system?action=settings&limit=1");
        await Call("GET /api/logs/security", "/api/logs/security?severity=warn&limit=2");
        await Call("GET /api/logs/signins", "/api/logs/signins?limit=2");
        var channel = (string)(await Call("POST /api/channels", "/api/channels",
            """{"kind":"webhook","name":"Night shift","settings":{"url":"https://example.com/hook","signing_secret":"9f2c77b041aa"},"events":{"tickets.asked":true}}"""))["channel"]!["id"]!;
        await Call("PATCH /api/notices", "/api/notices", $$"""{"kinds":[{"kind":"jobs.failed","channels":[{"id":"{{channel}}","told":false}]}]}""");
        await Call("GET /api/notices", "/api/notices");
        // At once: nothing of this tour is told there.
        await Call("DELETE /api/channels/{id}", "/api/channels/" + channel);
        await Call("POST /api/tenants", "/api/tenants",
            """{"id":"north","name":"North Shop","hosts":["shop.north.example"],"languages":["en"],"sign_up":"closed","colour":"#7c2d12","quotas":{"accounts":1000,"active_keys":5000}}""");
        await Call("PATCH /api/tenants/{id}", "/api/tenants/north", """{"sign_up":"open","quotas":{"active_keys":null,"staff":5}}""");
        await Call("GET /api/tenants/{id}", "/api/tenants/north");
        await Call("GET /api/tenants", "/api/tenants");
        await _owner.PatchApi("/api/tenants/north", new { closed = true });
        await Call("DELETE /api/tenants/{id}", "/api/tenants/north");
    }

    private async Task LookAfterCustomers()
    {
        var user = (string)(await Call("POST /api/users", "/api/users",
            """{"username":"chen.yu","email":"chen.yu@example.com","phone":"13800138000","display_name":"Chen Yu","language":"zh","time_zone":"Asia/Shanghai","note":"Pays by invoice"}"""))["user"]!["id"]!;
        await Call("GET /api/users/{id}", "/api/users/chen.yu@example.com");
        await Call("PATCH /api/users/{id}", "/api/users/" + user, """{"note":"Pays by invoice, once a quarter"}""");
        await Call("GET /api/users", "/api/users?q=chen&sort=-points&limit=2");
        await Call("POST /api/users/{id}/points", "/api/users/chen.yu/points", """{"amount":240,"reason":"Three years with us"}""");
        await Call("POST /api/users/{id}/notes", "/api/users/chen.yu/notes", """{"text":"Call first, do not suspend for overdue invoices."}""");
        await Call("GET /api/users/{id}/notes", "/api/users/chen.yu/notes");
        await Call("POST /api/users/{id}/disable", "/api/users/chen.yu/disable");
        await Call("POST /api/users/{id}/enable", "/api/users/chen.yu/enable");
        await Call("POST /api/users/{id}/unlock", "/api/users/chen.yu/unlock");
        await Call("POST /api/users/{id}/reset-password", "/api/users/chen.yu/reset-password", """{"password":"seven quiet rivers"}""");
        await Call("POST /api/users/{id}/sign-in-link", "/api/users/chen.yu/sign-in-link", """{"mail":false}""");
        await AnswerTickets();
        await TwoFactorEndpoints.SwitchOn(_server, Caller.DefaultTenant, user);
        await Call("POST /api/users/{id}/reset-two-factor", "/api/users/chen.yu/reset-two-factor");
        var login = await Call("POST /api/user/login", "/api/user/login", """{"login":"chen.yu@example.com","password":"seven quiet rivers"}""");
        _customer = _server.Client((string)login["access_token"]!);
        await Call("GET /api/user/me", "/api/user/me");
        await Call("PATCH /api/user/me", "/api/user/me", """{"display_name":"Yu","news":false}""");
        await Call("POST /api/user/email", "/api/user/email", """{"email":"yu@example.com","password":"seven quiet rivers"}""");
        var change = await _server.Db.Read(s => _server.Service<EmailCodes>().Current(s, Caller.DefaultTenant, user, EmailCodes.EmailChange, _server.Clock.Now));
        await Call("POST /api/user/email/verify", "/api/user/email/verify", $$"""{"code":"{{change[0].Code}}"}""");
        await Call("POST /api/user/prove", "/api/user/prove", """{"password":"seven quiet rivers"}""");
        var passkey = "/api/user/passkeys/" + await PasskeyEndpoints.Insert(_server, Caller.DefaultTenant, user, "tour");
        await Call("PATCH /api/user/passkeys/{id}", passkey, """{"name":"Work laptop"}""");
        await Call("GET /api/user/passkeys", "/api/user/passkeys");
        await Call("DELETE /api/user/passkeys/{id}", passkey);
        var channel = await MyChannelRows.Insert(_server, Caller.DefaultTenant, user, "Phone", true);
        await Call("PATCH /api/user/channels/{id}", "/api/user/channels/" + channel, """{"events":{"account.sign_in":false}}""");
        await Call("GET /api/user/channels", "/api/user/channels");
        await Call("POST /api/user/points/spend", "/api/user/points/spend", """{"amount":40,"reason":"Ten more map tiles"}""");
        await Call("GET /api/user/points", "/api/user/points");
        await Call("GET /api/users/{id}/points", "/api/users/chen.yu/points?limit=1");
        await Call("POST /api/user/logout", "/api/user/logout");
        _customer = null;
        await _server.Staff.Customer(username: "chen.old");
        await Call("POST /api/users/{id}/merge", "/api/users/chen.yu/merge", """{"with":"chen.old","dry_run":true}""");
        await Call("DELETE /api/users/{id}", "/api/users/" + user);
        await SignUp();
    }

    private async Task AnswerTickets()
    {
        // Without an address: mails of this tour would be tried, by a clock of their own.
        var customer = await _server.Staff.Customer(username: "mia");
        await _server.Db.Write(s => s.Execute("UPDATE accounts SET email = NULL WHERE id = @id", ("id", customer)));
        var canned = "/api/canned-answers/" + (string)(await Call("POST /api/canned-answers", "/api/canned-answers",
            """{"title":"Reinstall","text_en":"Hello {{name}}, please install it again from {{site}}.","text_zh":"{{name}}，您好！请从 {{site}} 重新安装。"}"""))["canned_answer"]!["id"]!;
        await Call("PATCH /api/canned-answers/{id}", canned, """{"title":"Install again"}""");
        await Call("GET /api/canned-answers/{id}", canned);
        await Call("GET /api/canned-answers", "/api/canned-answers?q=install");
        await Call("DELETE /api/canned-answers/{id}", canned);
        var ticket = "/api/tickets/" + (string)(await Call("POST /api/tickets", "/api/tickets",
            """{"customer":"mia","subject":"Your order","text":"Which computer is the key for?","priority":"high"}"""))["ticket"]!["id"]!;
        await Call("POST /api/tickets/{id}/messages", ticket + "/messages", """{"text":"Asked him by phone","note":true}""");
        await Call("POST /api/tickets/{id}/attachments", ticket + "/attachments", """{"name":"call.txt","content":"VGhlIG5ldyBvbmU="}""");
        var told = await Call("GET /api/tickets/{id}", ticket);
        await Call("GET /api/tickets/{id}/attachments/{file}", $"{ticket}/attachments/{(string)told["messages"]![1]!["attachments"]![0]!["id"]!}");
        await Call("PATCH /api/tickets/{id}", ticket, """{"state":"waiting_us","priority":"normal"}""");
        await Call("GET /api/tickets", "/api/tickets?state=todo");
        await Call("POST /api/tickets/{id}/close", ticket + "/close");
        await Call("POST /api/tickets/{id}/reopen", ticket + "/reopen");
    }

    private async Task SignUp()
    {
        var invitation = (string)(await Call("POST /api/invitations", "/api/invitations", """{"name":"Early testers","max_uses":20,"expires_at":"2026-03-20T00:00:00Z"}"""))["invitation"]!["id"]!;
        await Call("GET /api/invitations", "/api/invitations?limit=1");
        await Call("DELETE /api/invitations/{id}", "/api/invitations/" + invitation);
        var challenge = await Call("GET /api/challenge", "/api/challenge");
        var nonce = ChallengeTests.Solve((string)challenge["salt"]!, (int)challenge["bits"]!);
        var applied = await Call("POST /api/user/add_user", "/api/user/add_user",
            $$"""{"email":"lin@example.net","password":"seven quiet rivers","username":"lin","challenge":{"id":"{{(string)challenge["id"]!}}","nonce":"{{nonce}}"} }""");
        var codes = await _server.Db.Read(s => _server.Service<EmailCodes>().Current(s, Caller.DefaultTenant, (string)applied["user"]!["id"]!, EmailCodes.SignUp, _server.Clock.Now));
        await Call("POST /api/user/verify", "/api/user/verify", $$"""{"email":"lin@example.net","code":"{{codes[0].Code}}","attempt":"{{codes[0].Id}}"}""");
    }

    // Whoever calls what is a customer's and has no stop here.
    private async Task<HttpClient> Customer() =>
        _customer = _server.Client("ghu_" + await AccountsEndpoints.OpenSession(_server, Caller.DefaultTenant, await _server.Staff.Customer()));

    private async Task Rest()
    {
        // One that stays as it is: what waits may be under way when it is looked at.
        await new Things(_server, Caller.DefaultTenant, _owner, null).Get("dead");
        await Call("GET /api/outbox", "/api/outbox?state=dead&limit=1");
        foreach (var row in EndpointCatalogue.Rows.Where(r => r.Route.StartsWith("/api/", StringComparison.Ordinal) && !_calls.ContainsKey(r.ToString())))
        {
            // Things of its own: one call may take away what another is about.
            var act = await new Things(_server, Caller.DefaultTenant, _owner, null).Fill(row.Sample);
            await Call(row.ToString(), act.Path, act.Json);
        }
    }

    private async Task<JsonObject> Call(string operation, string path, string? json = null)
    {
        var row = EndpointCatalogue.Named(operation);
        using var request = new HttpRequestMessage(new HttpMethod(row.Method), path);
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var answer = await (row.IsOpen ? _server.Http : row.IsCustomers ? _customer ?? await Customer() : _owner).Call(request);
        Assert.True((int)answer.Status < 300, $"{operation}: {answer}");
        _calls[operation] = new CapturedCall(path, json is null ? null : JsonNode.Parse(json), (int)answer.Status, answer.Body);
        return answer.Body ?? [];
    }
}
