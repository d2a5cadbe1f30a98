using System.Net;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Console;

/// <summary>What an operator changes at run time.</summary>
public sealed class ConfigTests
{
    [Theory, BothEngines]
    public async Task A_change_is_stored_audited_and_seen_at_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Admin);
        Assert.Equal("Gatehouse", (string)(await http.GetApi("/api/settings"))["settings"]!["site_name"]!);
        var changed = await http.PatchApi("/api/settings", new { site_name = "  钥匙店 ", expiring_soon_days = 3, key_alphabet = "abcdefghjkmnpqrstuvw" });
        Assert.Equal(("钥匙店", 3, "ABCDEFGHJKMNPQRSTUVW", "UTC"), ((string)changed["settings"]!["site_name"]!, (int)changed["settings"]!["expiring_soon_days"]!,
            (string)changed["settings"]!["key_alphabet"]!, (string)changed["settings"]!["time_zone"]!));
        Assert.Contains("钥匙店", (await server.Browser().Get("/docs")).Document.Title);
        // The same again is no change.
        await http.PatchApi("/api/settings", new { site_name = "钥匙店" });
        var entry = Assert.Single(await server.Db.Read(s => s.All("SELECT action, before_json, after_json FROM audit_entries", r => (r.GetString(0), r.GetString(1), r.GetString(2)))));
        Assert.Equal("settings.changed", entry.Item1);
        Assert.Contains("Gatehouse", entry.Item2);
        Assert.DoesNotContain("time_zone", entry.Item3);
    }

    [Theory]
    [InlineData("""{"site_name":""}""", "site_name")]
    [InlineData("""{"site_name":"0123456789012345678901234567890123456789x"}""", "site_name")]
    [InlineData("""{"site_name":"a\u0007b"}""", "site_name")]
    [InlineData("""{"site_name":7}""", "site_name")]
    [InlineData("""{"time_zone":"Mars/Olympus"}""", "time_zone")]
    [InlineData("""{"key_alphabet":"ABC"}""", "key_alphabet")]
    [InlineData("""{"key_alphabet":"AABCDEFGHJKMNPQRSTUVW"}""", "key_alphabet")]
    [InlineData("""{"key_alphabet":"ÄBCDEFGHJKMNPQRSTUVW"}""", "key_alphabet")]
    [InlineData("""{"expiring_soon_days":0}""", "expiring_soon_days")]
    [InlineData("""{"expiring_soon_days":1.5}""", "expiring_soon_days")]
    [InlineData("""{"expiring_soon_days":"7"}""", "expiring_soon_days")]
    [InlineData("""{"nothing":1}""", "nothing")]
    public async Task What_is_wrong_is_named_and_nothing_changes(string body, string field)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var answer = await http.Call(new HttpRequestMessage(HttpMethod.Patch, "/api/settings") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") });
        Assert.True(answer.Status == HttpStatusCode.UnprocessableEntity && answer.Error(field) is not null, answer.ToString());
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM settings")));
    }

    [Theory]
    [InlineData("/api/settings", """{"site_name":"One","site_name":"Two"}""")]
    [InlineData("/api/jobs/keys.expire", """{"cron":"0 0 1 * * ?","cron":"0 0 2 * * ?"}""")]
    public async Task A_member_that_is_there_twice_is_refused(string path, string body)
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        var answer = await http.Call(new HttpRequestMessage(HttpMethod.Patch, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") });
        Assert.InRange((int)answer.Status, 400, 422);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries")));
    }

    [Fact]
    public async Task The_page_changes_them_and_shows_what_the_server_is_without_secrets()
    {
        await using var server = await TestServer.Start(settings: new() { ["Server:PublicUrl"] = "https://keys.example.com", ["Storage:Postgres"] = "Host=db;Password=hunter2" });
        var browser = await server.SignedIn(Role.Admin);
        var page = await browser.Get("/admin/settings");
        Assert.DoesNotContain("hunter2", page.Html);
        Assert.Contains("https://keys.example.com", page.Text);
        Assert.Contains("••••", page.Text);
        Assert.Contains((string)(await server.Http.GetApi("/api/public-key"))["public_key"]!, page.Text);
        var wrong = await browser.Submit(page, "#settings-form", new() { ["site_name"] = "<i>x</i>", ["expiring_soon_days"] = "soon" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(("<i>x</i>", "soon"), (wrong.One("#site_name").GetAttribute("value"), wrong.One("#expiring_soon_days").GetAttribute("value")));
        Assert.Single(wrong.Document.QuerySelectorAll(".invalid-feedback"));
        var right = await browser.Submit(wrong, "#settings-form", new() { ["expiring_soon_days"] = "14", ["time_zone"] = "UTC" });
        Assert.Equal("/admin/settings", right.Path);
        Assert.Equal("14", right.One("#expiring_soon_days").GetAttribute("value"));
    }

    [Fact]
    public async Task Every_option_is_explained_in_the_words_of_its_own_help()
    {
        var en = Localizer.For("en");
        Assert.All(ConfigOptions.All, o => Assert.Equal(o.Help, en["settings.option." + o.Key]));
        await using var server = await TestServer.Start();
        Assert.Equal(HttpStatusCode.Forbidden, (await (await server.As(Role.Operator)).GetApi("/api/settings")).Status);
    }
}
