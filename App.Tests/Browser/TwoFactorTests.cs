using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Two-factor sign-in in a real browser, in both languages, wide and narrow, with script and without.</summary>
[Collection(Chrome.Collection)]
public sealed class TwoFactorTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280, true)]
    [InlineData("zh", "dark", 375, true)]
    [InlineData("en", "dark", 375, false)]
    [InlineData("zh", "light", 1280, false)]
    public async Task From_the_picture_to_signing_in_by_code_and_by_recovery_code(string language, string theme, int width, bool script)
    {
        await using var server = await TestServer.StartPublished();
        var id = await server.Staff.Account(Role.Owner, username: "wei", passwordHash: await Site.PasswordHash);
        await using var window = await chrome.Open(server, language, theme, width, script);
        var (page, wrong) = (window.Page, new List<string>());
        await SignIn();
        await At("**/admin");

        await window.Go("/admin/account");
        await Look("account");
        await page.Locator("#two-factor a").ClickAsync();
        await At("**/two-factor");
        await Look("off");
        await page.Locator("#begin button").ClickAsync();
        await At("**/set-up");
        await Look("set-up");
        Assert.Equal(1, await page.Locator("svg.gh-qr").CountAsync());
        await page.Locator("#set-up [name=code]").FillAsync("000000");
        await page.Locator("#set-up [name=code]").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#set-up .invalid-feedback")).ToBeVisibleAsync();
        await page.Locator("#set-up [name=code]").FillAsync(await Code(0));
        await page.Locator("#set-up [name=code]").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#recovery-codes li")).ToHaveCountAsync(10);
        await Look("codes");
        var codes = await page.Locator("#recovery-codes li code").AllTextContentsAsync();
        await page.Locator("#recovery-codes a").ClickAsync();
        await At("**/two-factor");
        await Assertions.Expect(page.Locator("#recovery-codes")).ToHaveCountAsync(0);
        await Look("on");
        await SignOut();

        // The step of the code that switched it on is over for this clock; the next one is good already.
        await SignIn();
        await At("**/sign-in/code*");
        await Look("code");
        await page.Locator("[name=code]").FillAsync(await Code(1));
        await page.Locator("[name=code]").PressAsync("Enter");
        await At("**/admin");
        await SignOut();
        await SignIn();
        await At("**/sign-in/code*");
        await page.Locator("a[href*='recovery=1']").ClickAsync();
        await At("**recovery=1*");
        await Look("recovery");
        await page.Locator("[name=code]").FillAsync(codes[0]);
        await page.Locator("[name=code]").PressAsync("Enter");
        await At("**/admin");
        Assert.Equal(9, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM recovery_codes WHERE used_at IS NULL")));
        await window.Go("/admin/settings");
        await Look("settings");

        // Later, somebody else may sit there: what was typed waits until the password is shown.
        await server.Db.Write(s => s.Execute("UPDATE sessions SET proved_at = 1"));
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        await Task.Delay(1_100);
        await window.Go("/admin/staff/new");
        await page.Locator("[name=username]").FillAsync("bo");
        await page.Locator("[name=password]").FillAsync("another horse two");
        await page.Locator("[name=password]").PressAsync("Enter");
        await page.Locator("#prove [name=_proof]").WaitForAsync();
        await Look("prove");
        await page.Locator("#prove [name=_proof]").FillAsync(Bench.Password);
        await page.Locator("#prove [name=_proof]").PressAsync("Enter");
        await At("**/admin/staff");
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE username = 'bo'")));
        await window.Go("/admin/staff/" + id);
        await Look("person");
        Assert.Equal([], wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);

        // The page has come; that it is whole may have been told before anybody waited for it.
        Task At(string address) => page.WaitForURLAsync(address, new() { WaitUntil = WaitUntilState.Commit });

        Task<string> Code(int stepsAhead)
        {
            // The published binary has the system's clock.
            if (Appliance.Named is not null)
                server.Clock.Advance(DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(server.Clock.Now));
            return TwoFactorEndpoints.Code(server, id, stepsAhead);
        }

        async Task SignIn()
        {
            await window.Go("/sign-in");
            await page.Locator("[name=username]").FillAsync("wei");
            await page.Locator("[name=password]").FillAsync(Bench.Password);
            await page.Locator("[name=password]").PressAsync("Enter");
        }

        async Task SignOut()
        {
            await page.Locator("[popovertarget=gh-account]").ClickAsync();
            await page.Locator("form[action='/sign-out'] button").ClickAsync();
            await At("**/sign-in*");
        }

        async Task Look(string what)
        {
            if (await window.ScrollsSideways())
                wrong.Add($"{what}: wider than {width}");
            if (script)
                wrong.AddRange((await window.Axe()).Select(found => $"{what}: {found}"));
            wrong.AddRange((await window.Squeezed()).Select(text => $"{what}: a letter a line: {text}"));
            if (Environment.GetEnvironmentVariable("GATEHOUSE_PICTURES") is { Length: > 0 } folder)
                await page.ScreenshotAsync(new() { Path = System.IO.Path.Combine(folder, $"{what}-{language}-{theme}-{width}.png"), FullPage = true });
        }
    }
}
