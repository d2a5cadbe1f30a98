using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>The menu of staff: what is used each day, and groups that stay folded where somebody folds them.</summary>
[Collection(Chrome.Collection)]
public sealed class MenuTests(Chrome chrome)
{
    [Fact]
    public async Task A_group_that_is_folded_stays_so_but_for_the_pages_in_it()
    {
        await using var server = await TestServer.Start();
        await using var window = await chrome.Open(server, "en", "light", 1280);
        await window.SignIn(Role.Owner);
        var page = window.Page;
        await window.Go("/admin");
        await Assertions.Expect(page.Locator(".gh-nav > a")).ToHaveCountAsync(4);
        await Assertions.Expect(page.Locator(".gh-nav-group[open]")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator(".gh-nav a[href='/admin/settings']")).ToBeVisibleAsync();
        await page.Locator("[data-fold=place] summary").ClickAsync();
        await page.Locator("[data-fold=people] summary").ClickAsync();
        await window.Go("/admin/keys");
        await Assertions.Expect(page.Locator(".gh-nav-group[open]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".gh-nav a[href='/admin/settings']")).ToBeHiddenAsync();
        // Its keys lead there all the same, and there it is open.
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("u");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/admin/users$"));
        await Assertions.Expect(page.Locator("[data-fold=people][open] a[aria-current=page]")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[data-fold=place][open]")).ToHaveCountAsync(0);
        await page.Locator("[data-fold=place] summary").ClickAsync();
        await window.Go("/admin");
        await Assertions.Expect(page.Locator(".gh-nav a[href='/admin/settings']")).ToBeVisibleAsync();
        Assert.Equal([], window.Complaints);
    }

    [Theory]
    [InlineData("zh", "dark")]
    [InlineData("en", "light")]
    public async Task On_a_telephone_all_of_it_is_behind_one_button_and_within_reach(string language, string theme)
    {
        await using var server = await TestServer.Start();
        await using var window = await chrome.Open(server, language, theme, 375);
        await window.SignIn(Role.Owner);
        var (page, looks) = (window.Page, new Looks(window, $"menu-{language}-{theme}"));
        await window.Go("/admin");
        await Assertions.Expect(page.Locator(".gh-nav > a:visible")).ToHaveCountAsync(4);
        await page.Locator(".gh-nav-more").ClickAsync();
        await Assertions.Expect(page.Locator("#gh-more .gh-menu-group")).ToHaveCountAsync(3);
        var last = page.Locator("#gh-more a[href='/admin/settings']");
        await last.ScrollIntoViewIfNeededAsync();
        await looks.At("more");
        await last.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/admin/settings"));
        Assert.Empty(looks.Wrong);
        Assert.Equal([], window.Complaints);
    }
}
