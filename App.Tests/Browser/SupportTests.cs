using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Telling people something, and helping them, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class SupportTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task From_an_announcement_and_an_article_to_who_reads_them(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        await using var window = await chrome.Open(server, language, theme, width);
        await window.SignIn(Role.Operator);
        var page = window.Page;
        await window.Go("/admin/announcements/new");
        await page.FillAsync("#title_" + language, "Maintenance 维护");
        await page.FillAsync("#text_" + language, "From ten to half past ten, activation may fail for a few minutes. 十点到十点半可能无法激活。");
        await page.SelectOptionAsync("#severity", "warning");
        await page.Locator("#announcement .card-footer .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/admin/announcements");
        await Assertions.Expect(page.Locator(".gh-banner")).ToContainTextAsync("Maintenance 维护");

        // The preview changes without the page being left.
        await window.Go("/admin/articles/new");
        await page.FillAsync("#title_" + language, "First steps 入门");
        await page.FillAsync("#body_" + language, "## Begin\n\nOpen **{{site}}/activate**.\n\n| One | Two | Three |\n|---|---|---|\n| a longer cell of text | another longer cell | and one more of them |\n\n> Quoted\n\n```\ncode that is rather long, longer than a telephone is wide, and goes on\n```");
        await page.EvaluateAsync("window.stayed = true");
        await page.ClickAsync("button[name=preview]");
        await Assertions.Expect(page.Locator("#preview strong")).ToHaveTextAsync(server.Address + "activate");
        Assert.True(await page.EvaluateAsync<bool>("window.stayed === true"));
        Assert.Empty(await window.Axe());
        await page.FillAsync("#slug", "first-steps");
        await page.CheckAsync("#published");
        Assert.False(await window.ScrollsSideways());
        await page.Locator("#article .card-footer .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/admin/articles");

        await using var customer = await chrome.Open(server, language, theme, width);
        var reader = customer.Page;
        await customer.Go("/help");
        await reader.FillAsync(".gh-filter input[name=q]", "first");
        await reader.Locator(".gh-help a").ClickAsync();
        await Assertions.Expect(reader.Locator("h1")).ToHaveTextAsync("First steps 入门");
        Assert.Empty(await customer.Axe());
        Assert.False(await customer.ScrollsSideways());

        // Closing a banner leaves what is typed, and it stays closed.
        await customer.Go("/activate");
        await reader.FillAsync("[name=key]", "VIP-TYPED");
        await reader.RunAndWaitForResponseAsync(() => reader.Locator(".gh-banner button").ClickAsync(), "**/preferences/banner");
        await Assertions.Expect(reader.Locator(".gh-banners")).ToHaveCountAsync(0);
        Assert.Equal("VIP-TYPED", await reader.InputValueAsync("[name=key]"));
        await reader.ReloadAsync();
        await Assertions.Expect(reader.Locator(".gh-banners")).ToHaveCountAsync(0);
        await reader.Locator(".gh-public-foot a[href='/news']").ClickAsync();
        await Assertions.Expect(reader.Locator("main article h2")).ToHaveTextAsync("Maintenance 维护");
        Assert.Equal([], window.Complaints.Concat(customer.Complaints));
    }
}
