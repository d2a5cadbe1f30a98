using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Making a role, looking as a customer and letting one in by a link, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class PeopleJourneyTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task From_a_role_to_a_customers_pages_and_a_link_into_them(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        var customer = await server.Staff.Customer();
        await using var window = await chrome.Open(server, language, theme, width);
        await window.SignIn(Role.Owner);
        var page = window.Page;

        await window.Go("/admin/roles/new");
        await page.FillAsync("#name", "Shop help");
        await page.CheckAsync("#permission-keys\\.read");
        await page.Locator("main form .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/admin/roles");
        await Assertions.Expect(page.Locator(".gh-matrix thead")).ToContainTextAsync("Shop help");
        await Sound();

        await window.Go("/admin/users/" + customer);
        await page.Locator("#look-as button").ClickAsync();
        await page.WaitForURLAsync("**/account");
        await Assertions.Expect(page.Locator("#looking")).ToContainTextAsync("Test customer");
        await Sound();
        await window.Go("/account/details");
        await page.FillAsync("#display_name", "Mallory");
        await page.Locator("main form .btn-primary").ClickAsync();
        await Assertions.Expect(page.Locator(".gh-error-code")).ToContainTextAsync("LOOKING_ONLY");
        await page.Locator("main a[href='/account']").ClickAsync();
        await page.Locator("#looking button").ClickAsync();
        await page.WaitForURLAsync("**/admin/users/" + customer);

        await page.Locator("#sign-in-link button").Last.ClickAsync();
        var link = await page.Locator("code#sign-in-link").TextContentAsync();
        await Sound();
        await using var theirs = await chrome.Open(server, language, theme, width);
        await theirs.Go(new Uri(link!).PathAndQuery);
        Assert.Empty(await theirs.Axe());
        await theirs.Page.Locator("main form .btn-primary").ClickAsync();
        await theirs.Page.WaitForURLAsync("**/account");
        Assert.Equal(0, await theirs.Page.Locator("#looking").CountAsync());
        Assert.Equal([], theirs.Complaints);
        Assert.Empty(server.Errors.Lines);

        async Task Sound()
        {
            Assert.False(await window.ScrollsSideways());
            Assert.Empty(await window.Axe());
        }
    }
}
