using System.Net;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Accounts;

/// <summary>Several businesses in one appliance: making them, whose site a host name is, what it looks like.</summary>
public sealed class TenantTests
{
    [Theory, BothEngines]
    public async Task One_is_made_changed_and_listed(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var made = await owner.PostApi("/api/tenants", new { name = "Acme Tools & Söhne", hosts = new[] { "Shop.Acme.Example.", "店.example" }, quotas = new { accounts = 100 } });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var tenant = made["tenant"]!;
        Assert.Equal(("acme-tools-s-hne", "Acme Tools & Söhne", "Acme Tools & Söhne"), ((string)tenant["id"]!, (string)tenant["name"]!, (string)tenant["site_name"]!));
        Assert.Equal(["shop.acme.example", "xn--hxt.example"], tenant["hosts"]!.AsArray().Select(h => (string)h!));
        Assert.Equal(["en", "zh"], tenant["languages"]!.AsArray().Select(l => (string)l!));
        Assert.Equal((100, 0), ((int)tenant["quotas"]!["accounts"]!, (int)tenant["usage"]!["accounts"]!));

        var changed = await owner.PatchApi("/api/tenants/acme-tools-s-hne", new { site_name = "Acme", colour = "#AA0000", sign_up = "closed", quotas = new { accounts = (int?)null, staff = 3 } });
        Assert.Equal(("Acme", "#aa0000", "closed"), ((string)changed["tenant"]!["site_name"]!, (string)changed["tenant"]!["colour"]!, (string)changed["tenant"]!["sign_up"]!));
        Assert.Equal("""{"staff":3}""", changed["tenant"]!["quotas"]!.ToJsonString());
        var all = await owner.GetApi("/api/tenants");
        Assert.Equal(["default", "acme-tools-s-hne"], all["items"]!.AsArray().Select(t => (string)t!["id"]!));
        Assert.Null(all["items"]![0]!["usage"]);
        Assert.Equal(["tenant.created", "tenant.changed"], await server.Db.Read(s => s.All("SELECT action FROM audit_entries WHERE tenant_id = 'default' ORDER BY seq", r => r.GetString(0))));
        // Each signs with a key of its own.
        Assert.NotEqual((await server.Service<SigningKeys>().Current("default")).PublicKeyHex, (await server.Service<SigningKeys>().Current("acme-tools-s-hne")).PublicKeyHex);
    }

    [Theory]
    [InlineData("id", """{"id":"No good","name":"A"}""")]
    [InlineData("id", """{"id":"default","name":"A"}""")]
    [InlineData("name", """{"id":"a"}""")]
    [InlineData("name", """{"id":"a","name":"  "}""")]
    [InlineData("hosts", """{"name":"A","hosts":["https://a.example"]}""")]
    [InlineData("hosts", """{"name":"A","hosts":["a.example:8080"]}""")]
    [InlineData("hosts", """{"name":"A","hosts":["192.0.2.1"]}""")]
    [InlineData("hosts", """{"name":"A","hosts":[null]}""")]
    [InlineData("hosts", """{"name":"A","hosts":["-a.example"]}""")]
    [InlineData("languages", """{"name":"A","languages":[]}""")]
    [InlineData("languages", """{"name":"A","languages":["en","fr"]}""")]
    [InlineData("sign_up", """{"name":"A","sign_up":"maybe"}""")]
    [InlineData("colour", """{"name":"A","colour":"red"}""")]
    [InlineData("colour", """{"name":"A","colour":"#0f766e;}"}""")]
    [InlineData("logo", """{"name":"A","logo":"PHN2Zz48L3N2Zz4="}""")]
    [InlineData("logo", """{"name":"A","logo":"no base64"}""")]
    [InlineData("quotas.pets", """{"name":"A","quotas":{"pets":1}}""")]
    [InlineData("quotas.staff", """{"name":"A","quotas":{"staff":-1}}""")]
    public async Task What_is_wrong_is_said_by_its_field(string field, string json)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var answer = await owner.Call(new HttpRequestMessage(HttpMethod.Post, "/api/tenants") { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (answer.Status, answer.Error(field) is not null));
    }

    [Theory, BothEngines]
    public async Task A_host_name_is_one_tenants(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "one", name = "One", hosts = new[] { "shop.example.com" } });
        var second = await owner.PostApi("/api/tenants", new { id = "two", name = "Two", hosts = new[] { "shop.example.com" } });
        Assert.Equal("shop.example.com is the host name of another business.", second.Error("hosts"));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetApi("/api/tenants/two")).Status);
        // Given up, it is free for another.
        await owner.PatchApi("/api/tenants/one", new { hosts = Array.Empty<string>() });
        Assert.Equal(HttpStatusCode.Created, (await owner.PostApi("/api/tenants", new { id = "two", name = "Two", hosts = new[] { "shop.example.com" } })).Status);
        Assert.Equal("two", server.Service<TenantDirectory>().OfHost("SHOP.example.com"));
    }

    [Theory, BothEngines]
    public async Task Who_comes_to_a_host_name_is_on_its_tenants_site(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme", hosts = new[] { "shop.acme.example" }, sign_up = "closed", languages = new[] { "zh" }, colour = "#7c2d12", logo = TenantsEndpoints.Pixel });
        var theirs = await server.As(Role.Owner, "acme");
        var key = (await theirs.MakeKeys(await theirs.MakePlan("Acme plan"), 1)).Keys[0];
        await theirs.PostApi("/api/articles", new { slug = "start", title_zh = "入门", body_zh = "打开", published = true });

        // The same key, asked for at either name.
        Assert.True((bool)(await At("shop.acme.example", "/api/validate", new { code = key, machine_code = "m" }))["valid"]!);
        Assert.False((bool)(await At(null, "/api/validate", new { code = key, machine_code = "m" }))["valid"]!);
        Assert.Equal((await server.Service<SigningKeys>().Current("acme")).PublicKeyHex, (string)(await At("shop.acme.example:8443", "/api/public-key"))["public_key"]!);
        Assert.Equal("SIGN_UP_CLOSED", (await At("shop.acme.example", "/api/user/add_user", new { email = "a@example.com", password = "a long password 1" })).Code);
        Assert.NotEqual("SIGN_UP_CLOSED", (await At(null, "/api/user/add_user", new { email = "a@example.com", password = "a long password 1" })).Code);

        // A name is one person's in each of them.
        var hash = await Site.PasswordHash;
        await server.Staff.Customer("acme", "wei", hash);
        Assert.Equal(HttpStatusCode.OK, (await At("shop.acme.example", "/api/user/login", new { login = "wei", password = Bench.Password })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await At(null, "/api/user/login", new { login = "wei", password = Bench.Password })).Status);

        // What it looks like, and in which language.
        var home = await (await Page("shop.acme.example", "/")).Content.ReadAsStringAsync();
        Assert.Contains("<html lang=\"zh-CN\"", home, StringComparison.Ordinal);
        Assert.Contains("Acme</title>", home, StringComparison.Ordinal);
        Assert.Contains("/brand/7c2d12.css", home, StringComparison.Ordinal);
        Assert.Contains("<img class=\"gh-logo\" src=\"/brand/", home, StringComparison.Ordinal);
        Assert.DoesNotContain("action=\"/preferences/language\"", home, StringComparison.Ordinal);
        Assert.Contains("入门", await (await Page("shop.acme.example", "/help/start")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Page(null, "/help/start")).StatusCode);
        Assert.DoesNotContain("Acme", await (await Page(null, "/")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await server.Staff.Account(Role.Owner);
        // Nobody is told to set up what its owner set up.
        Assert.DoesNotContain("setup", await (await Page("shop.acme.example", "/sign-in")).Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);

        Task<ApiAnswer> At(string? host, string path, object? body = null)
        {
            var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
            if (host is not null)
                request.Headers.Host = host;
            if (body is not null)
                request.Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
            return server.Http.Call(request);
        }

        Task<HttpResponseMessage> Page(string? host, string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            request.Headers.Add("Accept-Language", "en");
            return server.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_picture_is_served_as_what_it_is_and_may_do_nothing()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var logo = (string)(await owner.PatchApi("/api/tenants/default", new { logo = TenantsEndpoints.Pixel }))["tenant"]!["logo"]!;
        using var picture = await server.Http.GetAsync(logo);
        Assert.Equal((HttpStatusCode.OK, "image/png"), (picture.StatusCode, picture.Content.Headers.ContentType?.MediaType));
        Assert.Equal("default-src 'none'; sandbox", picture.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", picture.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("immutable", picture.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(Convert.FromBase64String(TenantsEndpoints.Pixel), await picture.Content.ReadAsByteArrayAsync());
        await owner.PatchApi("/api/tenants/default", new { logo = "" });
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(logo)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/brand/red.css")).StatusCode);
    }

    [Fact]
    public async Task A_single_tenant_operator_never_sees_that_there_may_be_several()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner);
        foreach (var path in new[] { "/admin", "/admin/staff", "/admin/keys", "/admin/users" })
        {
            var page = (await browser.Get(path)).Html;
            Assert.DoesNotContain("usiness", page, StringComparison.Ordinal);
            Assert.DoesNotContain("tenant", page, StringComparison.OrdinalIgnoreCase);
        }
        // Until they ask for it where one sets up the rest.
        Assert.Contains("Several businesses in one appliance", (await browser.Get("/admin/settings")).Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Several businesses", (await (await server.SignedIn(Role.Admin)).Get("/admin/settings")).Html, StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task Who_makes_staff_in_a_tenant_makes_them_for_it_alone(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme" });
        var browser = await server.SignedIn(Role.Owner);
        var form = await browser.Get("/admin/staff/new?tenant=acme");
        var made = await browser.Submit(form, "main form", new() { ["username"] = "mei", ["role"] = "owner", ["password"] = "a long password 1" });
        Assert.Equal("/admin/staff?tenant=acme", made.Path);
        Assert.Contains("mei", made.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("mei", (await browser.Get("/admin/staff")).Text, StringComparison.Ordinal);
        Assert.Equal(("acme", "tenant"), await server.Db.Read(s => s.One("SELECT tenant_id, role_scope FROM accounts WHERE username = 'mei'", r => (r.GetString(0), r.GetString(1)))));

        // A token that is made there belongs there, and dies with who made it.
        var tokens = await browser.Get("/admin/tokens/new?tenant=acme");
        var shown = await browser.Submit(tokens, "main form", new() { ["name"] = "Theirs", ["role"] = "admin", ["scopes"] = "*", ["expires"] = "30" });
        var token = shown.Document.QuerySelector("#token")!.TextContent;
        using var program = server.Client(token);
        Assert.Equal(["mei"], (await program.GetApi("/api/staff"))["items"]!.AsArray().Select(a => (string)a!["username"]!));
        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetApi("/api/jobs")).Status);
        await server.Db.Write(s => s.Execute("UPDATE accounts SET disabled_at = 1 WHERE tenant_id = 'default' AND kind = 'staff' AND role = 'owner'"));
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetApi("/api/staff")).Status);
    }

    [Fact]
    public async Task Links_to_a_site_have_its_host_name()
    {
        await using var server = await TestServer.Start(settings: new() { ["Server:PublicUrl"] = "https://main.example:8443" });
        await (await server.As(Role.Owner)).PostApi("/api/tenants", new { id = "acme", name = "Acme", hosts = new[] { "shop.acme.example", "acme.example" } });
        var (config, tenants) = (server.Service<IConfiguration>(), server.Service<ITenants>());
        Assert.Equal("https://shop.acme.example:8443", SiteAddress.Base(config, tenants, "acme"));
        Assert.Equal("https://main.example:8443", SiteAddress.Base(config, tenants, Caller.DefaultTenant));
        Assert.Equal("https://main.example:8443", SiteAddress.Base(config, tenants, "nobody"));
    }
}
