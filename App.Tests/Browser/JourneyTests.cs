using Gatehouse.Accounts.Setup;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>What an operator and a customer do on their first day, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class JourneyTests(Chrome chrome)
{
    private const string Password = "correct horse battery";

    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task From_the_setup_link_to_an_activated_key(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        var token = await server.Db.Write(s => server.Service<SetupLinks>().Create(s, Caller.DefaultTenant));
        await using var window = await chrome.Open(server, language, theme, width);
        var page = window.Page;

        // The owner.
        await window.Go("/setup?token=" + token);
        await Fill(page, "form[action='/setup']", ("username", "wei"), ("display_name", "Li Wei"), ("password", Password), ("password_repeat", Password));
        await page.WaitForURLAsync("**/admin");

        // Out, and in again: once with a wrong password, which keeps the name.
        await page.EvaluateAsync("document.querySelector(\"form[action='/sign-out']\").requestSubmit()");
        await page.WaitForURLAsync("**/sign-in*");
        await Fill(page, "form[action='/sign-in']", ("username", "wei"), ("password", "wrong password"));
        await Assertions.Expect(page.Locator("[name=username]")).ToHaveValueAsync("wei");
        await Fill(page, "form[action='/sign-in']", ("password", Password));
        await page.WaitForURLAsync("**/admin");

        // A plan.
        await window.Go("/admin/plans/new");
        await Fill(page, "#plan", ("name", "VIP"), ("prefix", "VIP"));
        await page.WaitForURLAsync(url => !url.EndsWith("/new", StringComparison.Ordinal));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM plans WHERE name = 'VIP'")));

        // A batch of keys.
        await window.Go("/admin/keys/generate");
        await Fill(page, "#generate", ("count", "25"), ("note", "First batch"));
        await page.WaitForURLAsync("**/admin/batches/*", new() { Timeout = 30_000 });
        var keys = (await page.Locator("#keys").InputValueAsync()).Split('\n');
        Assert.Equal(25, keys.Length);
        Assert.All(keys, k => Assert.StartsWith("VIP-", k, StringComparison.Ordinal));

        // A customer activates one.
        await using (var customer = await chrome.Open(server, language, theme, width))
        {
            await customer.Go("/activate");
            await Fill(customer.Page, "form[action='/activate']", ("key", keys[0].ToLowerInvariant()), ("machine", "machine-1"));
            await Assertions.Expect(customer.Page.Locator("main")).ToContainTextAsync(keys[0]);
            Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM bindings WHERE machine_code = 'machine-1'")));
            Assert.False(await customer.ScrollsSideways());
            Assert.Equal([], customer.Complaints);
        }

        // Ten are suspended at once, after a look at what will happen.
        await window.Go("/admin/keys");
        for (var i = 0; i < 10; i++)
            await page.Locator("tbody input[name=key]").Nth(i).CheckAsync();
        await page.Locator("button[hx-post='/admin/keys/bulk'][hx-vals*='\"suspend\"']").First.ClickAsync();
        await page.Locator("#bulk form button:not([type=button])").Last.ClickAsync();
        await Assertions.Expect(page.Locator(".gh-badge.suspended")).ToHaveCountAsync(10);
        Assert.Equal(10, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses WHERE state = 'suspended'")));
        Assert.False(await window.ScrollsSideways());
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }

    [Fact]
    public async Task The_switches_of_language_and_theme_are_remembered()
    {
        await using var server = await TestServer.StartPublished();
        await using var window = await chrome.Open(server);
        await window.Go("/");
        Assert.Equal("en light", await window.Dress());
        await Choose(window, "language", "zh", "zh-CN light");
        await Choose(window, "theme", "dark", "zh-CN dark");
        await window.Go("/sign-in");
        Assert.Equal("zh-CN dark", await window.Dress());
        await Choose(window, "language", "en", "en dark");
    }

    [Fact]
    public async Task Without_script_people_sign_in_and_activate()
    {
        await using var server = await TestServer.StartPublished();
        var hash = await server.Service<Gatehouse.Platform.Crypto.Passwords>().Hash(Password);
        await server.Staff.Account(Role.Owner, username: "wei", passwordHash: hash);
        var staff = await server.As(Role.Owner);
        var (_, keys) = await staff.MakeKeys(await staff.MakePlan());
        await using var window = await chrome.Open(server, script: false);
        await window.Go("/sign-in");
        await Fill(window.Page, "form[action='/sign-in']", ("username", "wei"), ("password", Password));
        await window.Page.WaitForURLAsync("**/admin");
        await window.Go("/activate");
        await Fill(window.Page, "form[action='/activate']", ("key", keys[0]), ("machine", "machine-1"));
        await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync(keys[0]);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM bindings WHERE machine_code = 'machine-1'")));
    }

    /// <summary>Presses the switch, and waits until the page is dressed like that.</summary>
    private static async Task Choose(Window window, string what, string value, string dress)
    {
        if (what == "theme")
            await window.Page.Locator("[popovertarget=gh-theme]").First.ClickAsync();
        await window.Page.Locator($"form[action='/preferences/{what}'] button[value={value}]").First.ClickAsync();
        for (var i = 0; i < 100 && await Dress() != dress; i++)
            await Task.Delay(100);
        Assert.Equal(dress, await Dress());

        async Task<string> Dress()
        {
            try
            {
                return await window.Dress();
            }
            catch (PlaywrightException e) when (e.Message.Contains("context was destroyed", StringComparison.Ordinal))
            {
                return "on its way";
            }
        }
    }

    /// <summary>Types into the form's fields and presses Enter, as people do.</summary>
    private static async Task Fill(IPage page, string form, params (string Name, string Value)[] fields)
    {
        foreach (var (name, value) in fields)
            await page.Locator($"{form} [name={name}]").First.FillAsync(value);
        await page.Locator($"{form} [name={fields[^1].Name}]").First.PressAsync("Enter");
    }
}
