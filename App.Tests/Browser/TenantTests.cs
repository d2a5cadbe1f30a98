using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Making a second business and looking after it, in a real browser.</summary>
[Collection(Chrome.Collection)]
public sealed class TenantTests(Chrome chrome)
{
    [Theory]
    [InlineData("en", "light", 1280)]
    [InlineData("zh", "dark", 375)]
    public async Task From_the_settings_to_a_key_of_another_business_and_back(string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        await using var window = await chrome.Open(server, language, theme, width);
        await window.SignIn(Role.Owner);
        var page = window.Page;
        // Nothing speaks of businesses until there is another.
        await window.Go("/admin/settings");
        await Assertions.Expect(page.Locator(".gh-tenant")).ToHaveCountAsync(0);
        await page.Locator("#tenants .btn").ClickAsync();
        await page.Locator("[data-new]").ClickAsync();
        await page.FillAsync("#name", "Acme 工具");
        await page.FillAsync("#id", "acme");
        await page.FillAsync("#hosts", "shop.acme.example");
        await page.CheckAsync("#own_colour");
        await page.FillAsync("#colour", "#ffd400");
        await page.FillAsync("#quota_accounts", "5");
        Assert.False(await window.ScrollsSideways());
        Assert.Empty(await window.Axe());
        await page.Locator("#tenant .card-footer .btn-primary").ClickAsync();
        await page.WaitForURLAsync("**/admin/tenants/acme");
        await page.SetInputFilesAsync("#logo", new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = Convert.FromBase64String(Accounts.TenantsEndpoints.Pixel) });
        await page.Locator("#logo-card form .btn").First.ClickAsync();
        await Assertions.Expect(page.Locator(".gh-logo-shown")).ToBeVisibleAsync();
        Assert.False(await window.ScrollsSideways());
        Assert.Empty(await window.Axe());

        // In by the switch; the address keeps it through links, forms, searches and redirects.
        await page.Locator(".gh-tenant").ClickAsync();
        await page.Locator("#gh-tenants a[href*='tenant=acme']").ClickAsync();
        await page.WaitForURLAsync("**/admin?tenant=acme");
        await Assertions.Expect(page.Locator(".gh-tenant.on")).ToContainTextAsync("Acme 工具");
        Assert.Empty(await window.Axe());
        Assert.False(await window.ScrollsSideways());
        await window.Go("/admin/users/new?tenant=acme");
        await page.FillAsync("#username", "mei");
        await page.Locator("main form[method=post] .btn-primary").First.ClickAsync();
        await Assertions.Expect(page.Locator(".gh-code").First).ToBeVisibleAsync();
        await window.Go("/admin/users?tenant=acme");
        await page.FillAsync(".gh-filter input[name=q]", "mei");
        await page.WaitForURLAsync(url => url.Contains("q=mei", StringComparison.Ordinal) && url.Contains("tenant=acme", StringComparison.Ordinal));
        await Assertions.Expect(page.Locator("#list")).ToContainTextAsync("mei");
        await page.Locator("#list a.gh-plan").First.ClickAsync();
        await page.WaitForURLAsync("**/admin/users/*tenant=acme");

        // Out again: nothing of it is there.
        await page.Locator(".gh-tenant").ClickAsync();
        await page.Locator("#gh-tenants a[href*='tenant=default']").ClickAsync();
        await Assertions.Expect(page.Locator(".gh-tenant.on")).ToHaveCountAsync(0);
        await window.Go("/admin/users");
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync("mei");

        // Closed, and removed for good once its name is typed.
        await window.Go("/admin/tenants/acme");
        await page.Locator("#business button[popovertarget=close]").First.ClickAsync();
        await page.Locator("#close .btn-danger").ClickAsync();
        await page.Locator("#business a[href$='/remove']").ClickAsync();
        await page.WaitForURLAsync("**/admin/tenants/acme/remove");
        Assert.False(await window.ScrollsSideways());
        Assert.Empty(await window.Axe());
        await page.FillAsync("#name", "Acme");
        await page.Locator("main .btn-danger").ClickAsync();
        await Assertions.Expect(page.Locator("#name")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.FillAsync("#name", "Acme 工具");
        await page.Locator("main .btn-danger").ClickAsync();
        await page.WaitForURLAsync("**/admin/tenants");
        await Assertions.Expect(page.Locator("#list .gh-badge")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".gh-tenant")).ToHaveCountAsync(0);
        Assert.False(await window.ScrollsSideways());
        Assert.Empty(await window.Axe());
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);
    }
}
