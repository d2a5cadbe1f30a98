using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Operations;
using Gatehouse.Support.TicketFiles;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>A business that its owner closes, opens again, and removes for good.</summary>
public sealed class TenantRemovalTests
{
    private const string Host = "shop.acme.example";

    [Theory, BothEngines]
    public async Task One_that_is_closed_answers_nobody_until_it_is_opened_again(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var acme = await Acme.Open(server);
        Assert.True((bool)(await acme.Validate())["valid"]!);
        var closed = await acme.Owner.PatchApi("/api/tenants/acme", new { closed = true });
        Assert.Equal("closed", (string)closed["tenant"]!["state"]!);

        // People read a page that leads nowhere, programs a problem that it signs itself; keys are good for nothing.
        foreach (var path in new[] { "/", "/sign-in", "/admin", "/account", "/nothing-here" })
        {
            var page = await acme.At(path);
            Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
            var html = await page.Content.ReadAsStringAsync();
            Assert.Contains("This site is closed", html, StringComparison.Ordinal);
            Assert.DoesNotContain("href=\"/sign-in", html, StringComparison.Ordinal);
        }
        var verdict = await acme.Validate();
        Assert.Equal((HttpStatusCode.Forbidden, "SITE_CLOSED"), (verdict.Status, verdict.Code));
        // What the page is made of, and whether the server lives, is told.
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await acme.At("/brand/7c2d12.css")).StatusCode, (await acme.At("/health")).StatusCode));
        // Nobody of it is let in by another door.
        Assert.Equal(HttpStatusCode.Unauthorized, (await acme.Staff.GetApi("/api/keys")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await acme.Customer.GetApi("/api/user/me")).Status);
        Assert.Equal("/sign-in", (await acme.Browser.Get("/admin")).Path.Split('?')[0]);
        Assert.Equal(0, await acme.Count("sessions"));
        // Its owner still looks after it.
        Assert.Equal(HttpStatusCode.OK, (await (await server.SignedIn(Role.Owner)).Get("/admin/keys?tenant=acme")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/sign-in")).StatusCode);

        await acme.Owner.PatchApi("/api/tenants/acme", new { closed = false });
        Assert.True((bool)(await acme.Validate())["valid"]!);
        Assert.Equal(HttpStatusCode.OK, (await acme.Staff.GetApi("/api/keys")).Status);
        // Who was in signs in again.
        Assert.Equal(HttpStatusCode.Unauthorized, (await acme.Customer.GetApi("/api/user/me")).Status);
        Assert.Equal(["tenant.created", "tenant.closed", "tenant.opened"], await acme.Audited());
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task One_that_is_removed_leaves_nothing_but_that_it_was_there(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (acme, kept) = (await Acme.Open(server), await server.As(Role.Owner, "kept"));
        await kept.MakeKeys(await kept.MakePlan("Kept plan"), 3);
        var before = await Snapshot.Take(server, "kept");
        var attachments = Path.Combine(server.Storage.Folder.Path, TicketFolder.Name);
        Assert.Single(Directory.EnumerateFiles(attachments, "*", SearchOption.AllDirectories));

        (await acme.Owner.DeleteApi("/api/tenants/acme")).IsProblem(HttpStatusCode.Conflict, "TENANT_OPEN");
        (await acme.Owner.DeleteApi("/api/tenants/default")).IsProblem(HttpStatusCode.Conflict, "TENANT_STAYS");
        (await acme.Owner.PatchApi("/api/tenants/default", new { closed = true })).IsProblem(HttpStatusCode.Conflict, "TENANT_STAYS");
        (await acme.Owner.DeleteApi("/api/tenants/acme?dry_run=perhaps")).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "dry_run");
        await acme.Owner.PatchApi("/api/tenants/acme", new { closed = true });
        var dry = await acme.Owner.DeleteApi("/api/tenants/acme?dry_run=true");
        Assert.Equal((HttpStatusCode.OK, true, 5, 1, null), (dry.Status, (bool)dry["dry_run"]!, (int)dry["rows"]!["licenses"]!, (int)dry["rows"]!["ticket_files"]!, dry["operation"]));
        Assert.Equal("closed", await acme.State());

        var begun = await acme.Owner.DeleteApi("/api/tenants/acme");
        Assert.Equal((HttpStatusCode.Accepted, (long)dry["total"]!), (begun.Status, (long)begun["total"]!));
        var operation = (string)begun["operation"]!;
        Assert.Equal(operation, (string)(await acme.Owner.DeleteApi("/api/tenants/acme"))["operation"]!);
        Assert.Equal("removing", await acme.State());
        (await acme.Owner.PatchApi("/api/tenants/acme", new { closed = false })).IsProblem(HttpStatusCode.Conflict, "TENANT_REMOVING");
        Assert.Equal(HttpStatusCode.NotFound, (await (await server.SignedIn(Role.Owner)).Get("/admin?tenant=acme")).Status);
        Assert.Equal("SITE_CLOSED", (await acme.Validate()).Code);
        // Other nodes may not have heard of it yet.
        Assert.Equal("waiting", (string)(await acme.Owner.GetApi("/api/operations/" + operation))["operation"]!["state"]!);
        Assert.Equal(5, await acme.Count("licenses"));
        server.Clock.Advance(TenantRemovals.Grace);
        server.Service<OperationService>().Started.Wake();
        JsonNode? done = null;
        await Wait.Until(async () => (string)(done = (await acme.Owner.GetApi("/api/operations/" + operation))["operation"])!["state"]! == "succeeded", () => $"removed: {done?.ToJsonString()} {string.Join('\n', server.Errors.Lines)}");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), ((await acme.Owner.GetApi("/api/tenants/acme")).Status, (await acme.Owner.DeleteApi("/api/tenants/acme")).Status));
        Assert.Empty(Directory.EnumerateFiles(attachments, "*", SearchOption.AllDirectories));
        foreach (var word in new[] { "mei@", "Acme plan", "Broken since Monday", acme.Key })
            Assert.DoesNotContain(await EveryText.Of(server.Db, engine), text => text.Contains(word, StringComparison.Ordinal));
        // The main one's log tells of it, and where its own log ended; all logs hold.
        Assert.Equal(["tenant.created", "tenant.closed", "tenant.removal", "tenant.removed"], await acme.Audited());
        Assert.Matches("\"audit_entries\":[1-9]", await server.Db.Read(s => s.One("SELECT after_json FROM audit_entries WHERE action = 'tenant.removal'", r => r.GetString(0))));
        Assert.Empty(await server.Service<AuditVerifier>().Verify());
        Assert.True(await server.Service<AuditHeads>().CatchUp());
        Assert.Equal("", (await Snapshot.Take(server, "kept")).Since(before, new Things(server, "kept", kept, null)));
        // Its host name is nobody's now, its short name stays taken.
        Assert.Equal(HttpStatusCode.OK, (await acme.At("/sign-in")).StatusCode);
        Assert.Equal("Another business has this short name, or had it. Choose another.", (await acme.Owner.PostApi("/api/tenants", new { id = "acme", name = "Acme" })).Error("id"));
        await server.Service<SigningKeys>().Refresh(default);
        Assert.Equal(0, await acme.Count("signing_keys"));
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task On_its_page_the_name_is_typed_first(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme Tools" });
        var browser = await server.SignedIn(Role.Owner);
        Assert.Null((await browser.Get("/admin/tenants/default")).Document.QuerySelector("#business"));
        var open = await browser.Get("/admin/tenants/acme/remove");
        Assert.Null(open.Document.QuerySelector("input[name=name]"));
        Assert.Contains("Close it first", open.Text, StringComparison.Ordinal);
        var closed = await browser.Submit(await browser.Get("/admin/tenants/acme"), "form[action$='/close']");
        Assert.Contains("Closed since", closed.One("#business").TextContent, StringComparison.Ordinal);
        Assert.Contains("closed", (await browser.Get("/admin/tenants")).One("#list .gh-badge").TextContent, StringComparison.Ordinal);
        closed = await browser.Submit(closed, "form[action$='/open']");
        closed = await browser.Submit(closed, "form[action$='/close']");

        var ask = await browser.Get("/admin/tenants/acme/remove");
        var wrong = await browser.Submit(ask, "main form", new() { ["name"] = "acme tools" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal("acme tools", wrong.One("input[name=name]").GetAttribute("value"));
        Assert.Equal("closed", (string)(await owner.GetApi("/api/tenants/acme"))["tenant"]!["state"]!);
        // Who has shown no password for ten minutes shows it first.
        server.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.NotNull((await browser.Submit(ask, "main form", new() { ["name"] = "Acme Tools" })).Document.QuerySelector("input[name=_proof]"));
        Assert.Equal("closed", (string)(await owner.GetApi("/api/tenants/acme"))["tenant"]!["state"]!);
        var again = await server.SignedIn(Role.Owner);
        var begun = await again.Submit(await again.Get("/admin/tenants/acme/remove"), "main form", new() { ["name"] = " Acme Tools " });
        Assert.Equal("/admin/tenants", begun.Path);
        await Wait.Until(async () => (await owner.GetApi("/api/tenants/acme")).Status == HttpStatusCode.NotFound, () => "removed: " + string.Join('\n', server.Errors.Lines));
    }

    [Theory, BothEngines]
    public async Task A_removal_that_failed_begins_anew(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var acme = await Acme.Open(server);
        await acme.Owner.PatchApi("/api/tenants/acme", new { closed = true });
        var first = (string)(await acme.Owner.DeleteApi("/api/tenants/acme"))["operation"]!;
        await server.Db.Write(s => s.Execute("UPDATE operations SET state = 'failed', lease_until = NULL, finished_at = 1 WHERE id = @id", ("id", first)));
        server.Clock.Advance(TenantRemovals.Grace);
        var second = (string)(await acme.Owner.DeleteApi("/api/tenants/acme"))["operation"]!;
        Assert.NotEqual(first, second);
        await Wait.Until(async () => (await acme.Owner.GetApi("/api/tenants/acme")).Status == HttpStatusCode.NotFound, () => "removed: " + string.Join('\n', server.Errors.Lines));
        Assert.Equal(["tenant.created", "tenant.closed", "tenant.removal", "tenant.removed"], await acme.Audited());
    }

    [Theory, BothEngines]
    public async Task One_whose_log_was_one_with_the_main_ones_stays(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "old", name = "Old" });
        await (await server.As(Role.Owner, "old")).MakePlan();
        // As the way up from one chain leaves it.
        await server.Db.Write(s => s.Execute("UPDATE audit_heads SET begins_after = seq WHERE tenant_id = 'old'"));
        await owner.PatchApi("/api/tenants/old", new { closed = true });
        foreach (var way in new[] { "", "?dry_run=true" })
            (await owner.DeleteApi("/api/tenants/old" + way)).IsProblem(HttpStatusCode.Conflict, "TENANT_STAYS");
    }

    /// <summary>A business with something of everything that is asked about here.</summary>
    private sealed record Acme(TestServer Server, HttpClient Owner, HttpClient Staff, HttpClient Customer, TestBrowser Browser, string Key)
    {
        public static async Task<Acme> Open(TestServer server)
        {
            var owner = await server.As(Role.Owner);
            await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme", hosts = new[] { Host }, colour = "#7c2d12", logo = TenantsEndpoints.Pixel, quotas = new { accounts = 100 } });
            var staff = await server.As(Role.Owner, "acme");
            var keys = (await staff.MakeKeys(await staff.MakePlan("Acme plan"), 5)).Keys;
            var person = await server.Staff.Customer("acme", "mei@acme.example");
            var customer = server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, "acme", person));
            var ticket = await customer.PostApi("/api/tickets", new { subject = "Broken since Monday", text = "Help" });
            await customer.PostApi($"/api/tickets/{(string)ticket["ticket"]!["id"]!}/attachments", new { name = "a.txt", content = "aGVsbG8=" });
            await staff.PostApi($"/api/users/{person}/notes", new { text = "mei@ calls often" });
            await staff.PostApi($"/api/users/{person}/points", new { amount = 5, reason = "welcome" });
            return new(server, owner, staff, customer, await server.SignedIn(Role.Admin, "acme"), keys[0]);
        }

        public async Task<HttpResponseMessage> At(string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = Host;
            return await Server.Http.SendAsync(request);
        }

        public Task<ApiAnswer> Validate()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/validate") { Content = new StringContent($$"""{"code":"{{Key}}","machine_code":"m"}""", System.Text.Encoding.UTF8, "application/json") };
            request.Headers.Host = Host;
            return Server.Http.Call(request);
        }

        public async Task<string> State() => (string)(await Owner.GetApi("/api/tenants/acme"))["tenant"]!["state"]!;

        public Task<long> Count(string table) => Server.Db.Read(s => s.Number($"SELECT COUNT(*) FROM {table} WHERE tenant_id = 'acme'"));

        public Task<List<string>> Audited() => Server.Db.Read(s => s.All("SELECT action FROM audit_entries WHERE tenant_id = 'default' AND target_kind = 'tenant' ORDER BY seq", r => r.GetString(0)));
    }
}
