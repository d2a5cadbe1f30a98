using Gatehouse.Accounts.Setup;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Browser;

/// <summary>Every page, in both languages and themes, wide and narrow: nothing for axe-core, nothing sideways, no complaint in the console.</summary>
[Collection(Chrome.Collection)]
public sealed class EveryPageTests(Chrome chrome)
{
    private static readonly IEnumerable<EndpointRow> Pages = EndpointCatalogue.Rows.Where(r => r is { Method: "GET", IsApi: false, Type: "text/html", Status: 200, Apart: false });

    [Theory]
    [InlineData("light", "en", 1280)]
    [InlineData("dark", "zh", 1280)]
    [InlineData("light", "zh", 375)]
    [InlineData("dark", "en", 375)]
    public async Task Every_page_is_sound(string theme, string language, int width)
    {
        await using var server = await TestServer.StartPublished();
        var things = await Seed(server);
        var setup = await server.Db.Write(s => server.Service<SetupLinks>().Create(s, Caller.DefaultTenant));
        await using var window = await chrome.Open(server, language, theme, width);
        var wrong = new List<string>();
        things.Use("setup", setup);
        foreach (var page in Pages.Where(r => r.IsOpen))
            await Look(await things.Fill(page.Path));
        await Look("/no-such-page");
        things.Use("my_passkey", await PasskeyEndpoints.Insert(server, Caller.DefaultTenant, await window.SignIn(Role.Owner), "own"));
        foreach (var page in Pages.Where(r => !r.IsOpen && !r.IsCustomers))
            await Look(await things.Fill(page.Path));
        foreach (var path in new[] { "/admin/keys?q=nothing-like-it", "/admin/keys/{unused}", "/admin/no-such-page" })
            await Look(await things.Fill(path));
        things = new Things(server, Caller.DefaultTenant, things.Owner, await window.SignInCustomer());
        foreach (var page in Pages.Where(r => r.IsCustomers))
            await Look(await things.Fill(page.Path));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);

        async Task Look(string path)
        {
            var answer = await window.Go(path);
            if (answer!.Status is not 200 && !path.Contains("no-such", StringComparison.Ordinal))
                wrong.Add($"{path}: {answer.Status}");
            if (!window.Page.Url.EndsWith(path, StringComparison.Ordinal))
                wrong.Add($"{path}: sent to {window.Page.Url}");
            if (await window.Dress() is var dress && dress != $"{(language == "zh" ? "zh-CN" : "en")} {theme}")
                wrong.Add($"{path}: is '{dress}'");
            if (string.IsNullOrWhiteSpace(await window.Page.TitleAsync()))
                wrong.Add($"{path}: has no title");
            if (await window.ScrollsSideways())
                wrong.Add($"{path}: wider than {width}");
            wrong.AddRange((await window.Squeezed()).Select(text => $"{path}: a letter a line: {text}"));
            wrong.AddRange((await window.Axe()).Select(found => $"{path}: {found}"));
            if (Environment.GetEnvironmentVariable("GATEHOUSE_PICTURES") is { Length: > 0 } folder)
                await window.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{path.Split('?')[0].Trim('/').Replace('/', '.')}-{language}-{theme}-{width}.png"), FullPage = true });
        }
    }

    private static async Task<Things> Seed(TestServer server)
    {
        var http = await server.As(Role.Owner);
        var plan = await http.MakePlan("VIP 30 days 会员", 30 * 86400);
        await http.MakePlan("Perpetual", null, machines: 5);
        var (batch, keys) = await http.MakeKeys(plan, 60);
        for (var i = 0; i < 12; i++)
            await server.Http.Validate(keys[i], $"9f2c4d7e-machine-{i}");
        await http.PatchApi($"/api/keys/{keys[1]}", new { action = "suspend", reason = "charge-back" });
        await http.PatchApi($"/api/keys/{keys[2]}", new { action = "revoke", reason = "leaked" });
        await http.PatchApi($"/api/keys/{keys[0]}", new { note = "A rather long note about the customer who bought this key and what was agreed with them" });
        await http.PostApi("/api/announcements", new { title_en = "Maintenance tonight, from 22:00 to 22:30", title_zh = "今晚 22:00 至 22:30 维护", text_en = "Activation may fail for a few minutes. Keys that are running go on running.", text_zh = "期间可能有几分钟无法激活，已激活的卡密不受影响。", severity = "warning" });
        await http.PostApi("/api/announcements", new { title_zh = "新版本已发布", title_en = "A new version is out" });
        await http.PostApi("/api/tokens", new { name = "ci-export", role = "analyst" });
        var things = new Things(server, Caller.DefaultTenant, http, null);
        foreach (var (name, id) in new[] { ("plan", plan), ("batch", batch), ("active", keys[0]), ("unused", keys[20]), ("staff", await server.Staff.Account(Role.Operator, username: "mei")) })
            things.Use(name, id);
        return things;
    }
}
