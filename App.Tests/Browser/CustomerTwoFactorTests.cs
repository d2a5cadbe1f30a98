using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>A customer's two-factor sign-in in a real browser, in both languages, wide and narrow, with script and without.</summary>
[Collection(Chrome.Collection)]
public sealed class CustomerTwoFactorTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 375, true)]
    [InlineData("zh", "dark", 1280, true)]
    [InlineData("zh", "light", 375, false)]
    public async Task From_the_picture_to_signing_in_by_code_and_switching_it_off(string language, string theme, int width, bool script)
    {
        await using var server = await TestServer.StartPublished();
        var id = await server.Staff.Customer(username: "mei", passwordHash: await Site.PasswordHash);
        await using var window = await chrome.Open(server, language, theme, width, script);
        var (page, look) = (window.Page, new Looks(window, $"customer-{language}-{theme}-{width}", script));
        await SignIn();
        await At("**/account");
        await window.Go("/account/security");
        await look.At("security");
        await page.Locator("#two-factor a").ClickAsync();
        await At("**/two-factor");
        await look.At("off");
        await page.Locator("#begin button").ClickAsync();
        await At("**/set-up");
        await look.At("set-up");
        await page.Locator("#set-up [name=code]").FillAsync(await Code(0));
        await page.Locator("#set-up [name=code]").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#recovery-codes li")).ToHaveCountAsync(10);
        await look.At("codes");
        var codes = await page.Locator("#recovery-codes li code").AllTextContentsAsync();
        await page.Locator("#recovery-codes a").ClickAsync();
        await At("**/two-factor");
        await look.At("on");
        await SignOut();

        await SignIn();
        await At("**/sign-in/code*");
        await page.Locator("[name=code]").FillAsync(await Code(1));
        await page.Locator("[name=code]").PressAsync("Enter");
        await At("**/account");
        await SignOut();
        await SignIn();
        await At("**/sign-in/code*");
        await page.Locator("a[href*='recovery=1']").ClickAsync();
        await At("**recovery=1*");
        await page.Locator("[name=code]").FillAsync(codes[0]);
        await page.Locator("[name=code]").PressAsync("Enter");
        await At("**/account");
        await window.Go("/account/security/two-factor");
        await page.Locator("#off-password").FillAsync(Bench.Password);
        await page.Locator("#off-code").FillAsync(codes[1]);
        await page.Locator("#off-code").PressAsync("Enter");
        await page.Locator("#begin").WaitForAsync();
        await SignOut();
        await SignIn();
        await At("**/account");
        await window.Go("/account/security");
        await look.At("security-after");
        Assert.Equal([], look.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);

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
            await page.Locator("[name=username]").FillAsync("mei");
            await page.Locator("[name=password]").FillAsync(Bench.Password);
            await page.Locator("[name=password]").PressAsync("Enter");
        }

        async Task SignOut()
        {
            await page.Locator("[popovertarget=gh-account]").ClickAsync();
            await page.Locator("form[action='/sign-out'] button").ClickAsync();
            await At("**/sign-in*");
        }
    }
}
