using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>What the list page gives every list: rows that stand stacked on a phone, boxes to tick and the bar that comes with them, tabs that follow the search.</summary>
[Collection(Chrome.Collection)]
public sealed class ListTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", 1280, false)]
    [InlineData("zh", 375, true)]
    public async Task Rows_are_ticked_and_searched_and_stand_stacked_on_a_phone(string language, int width, bool stacked)
    {
        await using var server = await TestServer.StartPublished();
        var http = await server.As(Role.Owner);
        var keys = (await http.MakeKeys(await http.MakePlan("VIP 会员", 30 * 86_400), 3)).Keys;
        await server.Http.Validate(keys[0], "9f2c4d7e-machine-1");
        await using var window = await chrome.Open(server, language, "light", width);
        await window.SignIn(Role.Owner);
        await window.Go("/admin/keys");
        var page = window.Page;

        // Every value of a row is there, beside its head on a phone; what a key does not have yet is left out there.
        var used = page.Locator("tbody tr", new() { HasText = keys[0] });
        Assert.Equal(stacked ? "block" : "table-row", await used.EvaluateAsync<string>("row => getComputedStyle(row).display"));
        foreach (var cell in await used.Locator("td").AllAsync())
            Assert.True(await cell.IsVisibleAsync(), await cell.InnerTextAsync());
        Assert.Equal(stacked ? "none" : "table-cell", await page.Locator("tbody tr", new() { HasText = keys[1] }).Locator("td").Last.EvaluateAsync<string>("cell => getComputedStyle(cell).display"));
        Assert.False(await window.ScrollsSideways());

        // The box to tick stands on the line of its key.
        Assert.InRange(await used.EvaluateAsync<double>("""
            row => { const middle = of => { const r = row.querySelector(of).getBoundingClientRect(); return (r.top + r.bottom) / 2; };
                     return Math.abs(middle('td.gh-tick input') - middle('td.gh-key a')); }
            """), 0, 2);

        // One box ticks them all.
        await Assertions.Expect(page.Locator("[data-bulk]")).ToBeHiddenAsync();
        await page.Locator("thead input[data-all]").CheckAsync();
        await Assertions.Expect(page.Locator("[data-bulk] [data-count]")).ToContainTextAsync("3");
        Assert.Equal(3, await page.Locator("tbody input[name=key]:checked").CountAsync());

        // The search swaps the list in, and the tabs and the export with it.
        await page.Locator(".gh-filter input[name=q]").FillAsync(keys[0]);
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#list-tabs a").First).ToHaveAttributeAsync("href", "/admin/keys?q=" + keys[0]);
        Assert.Contains(keys[0], await page.Locator("#export a").First.GetAttributeAsync("href"), StringComparison.Ordinal);
        Assert.Equal([], window.Complaints);
    }

    /// <summary>The order and the columns that somebody wants, on a desk by the heads and on a phone by the field beside the search.</summary>
    [Theory]
    [InlineData("en", 1280)]
    [InlineData("zh", 375)]
    public async Task A_list_is_sorted_and_its_columns_are_chosen(string language, int width)
    {
        await using var server = await TestServer.StartPublished();
        var http = await server.As(Role.Owner);
        foreach (var (username, name, amount) in new[] { ("one", "Bo", 30), ("two", "Anna", 500), ("three", "Chen", 7) })
        {
            await http.PostApi("/api/users", new { username, display_name = name, email = username + "@example.com" });
            await http.PostApi($"/api/users/{username}/points", new { amount, reason = "welcome" });
        }
        await using var window = await chrome.Open(server, language, "light", width);
        await window.SignIn(Role.Owner);
        await window.Go("/admin/users");
        var page = window.Page;
        var phone = width < 800;
        var names = page.Locator("#list .gh-plan");
        await Assertions.Expect(names).ToHaveTextAsync(["Chen", "Anna", "Bo"]);

        if (phone)
        {
            await page.Locator(".gh-filter select[name=sort]").SelectOptionAsync("name");
            await Assertions.Expect(names).ToHaveTextAsync(["Anna", "Bo", "Chen"]);
            await page.Locator(".gh-filter select[name=sort]").SelectOptionAsync("-name");
        }
        else
        {
            await Assertions.Expect(page.Locator(".gh-filter select[name=sort]")).ToBeHiddenAsync();
            await page.Locator("th .gh-sort").First.ClickAsync();
            await Assertions.Expect(names).ToHaveTextAsync(["Anna", "Bo", "Chen"]);
            await page.Locator("th[aria-sort=ascending] .gh-sort").ClickAsync();
        }
        await Assertions.Expect(names).ToHaveTextAsync(["Chen", "Bo", "Anna"]);
        // A search keeps it.
        await page.Locator(".gh-filter input[name=q]").FillAsync("example.com");
        await page.WaitForURLAsync("**/admin/users?*q=example.com*");
        await Assertions.Expect(names).ToHaveTextAsync(["Chen", "Bo", "Anna"]);
        Assert.Contains("sort=-name", page.Url, StringComparison.Ordinal);

        await page.Locator("button[popovertarget=columns]").First.ClickAsync();
        var dialog = page.Locator("#columns");
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        Assert.Empty(await window.Axe());
        foreach (var (column, wanted) in new[] { ("phone", false), ("since", false), ("points", true) })
            await dialog.Locator($"input[value={column}]").SetCheckedAsync(wanted);
        await dialog.Locator("button.btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/admin/users?*");
        var anna = page.Locator("tbody tr", new() { HasText = "Anna" });
        // All that was chosen is seen, with its head beside it on a phone.
        foreach (var said in new[] { "two@example.com", "500" })
            await Assertions.Expect(anna.GetByText(said, new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(phone ? "block" : "table-row", await anna.EvaluateAsync<string>("row => getComputedStyle(row).display"));
        Assert.False(await window.ScrollsSideways());
        Assert.Empty(await window.Squeezed());
        Assert.Empty(await window.Axe());
        Assert.Equal([], window.Complaints);
    }
}
