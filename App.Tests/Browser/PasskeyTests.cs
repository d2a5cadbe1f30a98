using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>Passkeys from the first to the last, in a real browser with a device of its own that says yes: staff and customers, both languages, wide and narrow.</summary>
[Collection(Chrome.Collection)]
public sealed class PasskeyTests(Chrome chrome)
{
    [Theory]
    [InlineData(false, "en", "light", 1280)]
    [InlineData(false, "zh", "dark", 375)]
    [InlineData(true, "zh", "light", 1280)]
    [InlineData(true, "en", "dark", 375)]
    public async Task Made_used_at_the_door_as_second_step_and_as_proof_and_removed(bool customer, string language, string theme, int width)
    {
        await using var server = await TestServer.StartPublished();
        var hash = await Site.PasswordHash;
        var id = customer ? await server.Staff.Customer(username: "wei", passwordHash: hash) : await server.Staff.Account(Role.Owner, username: "wei", passwordHash: hash);
        var (start, home) = customer ? ("/account", "/account/security") : ("/admin", "/admin/account");
        await using var window = await chrome.Open(server, language, theme, width);
        var (page, look) = (window.Page, new Looks(window, $"{language}-{theme}-{width}"));
        // A browser knows no passkeys at an address.
        var site = $"http://localhost:{server.Address.Port}";
        await page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = async () => false;");
        await Device(page);

        await window.Go(site + "/sign-in");
        await look.At("door");
        await Password();
        await At("**" + start);
        await window.Go(site + home);
        await look.At("none");
        await page.Locator("#passkeys form button").ClickAsync();
        await At("**/passkeys/new");
        await look.At("new");
        await page.Locator("[name=name]").FillAsync("Wei 的手机");
        await page.Locator("form[data-passkey=create] button").ClickAsync();
        await At("**" + home);
        await Assertions.Expect(page.Locator("#passkeys tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#passkeys")).ToContainTextAsync("Wei 的手机");
        await look.At("one");
        // The device has one already, and says so.
        await page.Locator("#passkeys .card-header button").ClickAsync();
        await At("**/passkeys/new");
        await page.Locator("form[data-passkey=create] button").ClickAsync();
        await Assertions.Expect(page.Locator("[data-passkey-failed]")).Not.ToBeEmptyAsync();
        await look.At("known");

        await SignOut();
        await Use("form[data-passkey=get] button", "**" + start);
        await window.Go(site + home);
        Assert.Equal(["ok:password", "ok:passkey"], await server.Db.Read(s => s.All("SELECT outcome, method FROM sign_ins ORDER BY id", r => $"{r.GetString(0)}:{r.GetString(1)}")));

        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, id);
        await SignOut();
        await Password();
        await At("**/sign-in/code*");
        await look.At("code");
        await Use("form[data-passkey=get] button", "**" + start);

        await server.Db.Write(s => s.Execute("UPDATE sessions SET proved_at = 1"));
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        await Task.Delay(1_100);
        await window.Go(site + home);
        await page.Locator("#passkeys tbody button.btn-sm").ClickAsync();
        await page.Locator("#passkeys .gh-dialog:popover-open .btn-danger").ClickAsync();
        await page.Locator("#prove").WaitForAsync();
        await look.At("prove");
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM passkeys")));
        await Use("#prove form[data-passkey=get] button", "**" + home);
        await Assertions.Expect(page.Locator("#passkeys tbody tr")).ToHaveCountAsync(0);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM passkeys")));

        // The device goes on offering it; here it opens nothing any more.
        await SignOut();
        await Use("form[data-passkey=get] button", "**/sign-in/passkey");
        await Assertions.Expect(page.Locator("[role=alert], .alert").First).ToBeVisibleAsync();
        await look.At("refused");
        Assert.Equal([], look.Wrong);
        Assert.Equal([], window.Complaints);
        Assert.Empty(server.Errors.Lines);

        Task At(string address) => page.WaitForURLAsync(address, new() { WaitUntil = WaitUntilState.Load });

        // A browser that is busy may turn a request down; it says so, and who is asked presses again.
        async Task Use(string button, string address)
        {
            for (var tries = 1; ; tries++)
            {
                await page.Locator(button).ClickAsync();
                try
                {
                    await page.WaitForURLAsync(address, new() { WaitUntil = WaitUntilState.Load, Timeout = tries < 3 ? 20_000 : 40_000 });
                    return;
                }
                catch (TimeoutException e)
                {
                    var said = string.Concat(await page.Locator("[data-passkey-failed]").AllTextContentsAsync()).Trim();
                    if (tries == 3 || said == "")
                        throw new TimeoutException($"At {page.Url}, which says: {await page.Locator("main").InnerTextAsync()}", e);
                }
            }
        }

        async Task Password()
        {
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
    }

    /// <summary>Where the browser offers passkeys in the name's field, choosing one there is all there is to do.</summary>
    [Fact]
    public async Task The_field_of_the_name_offers_it()
    {
        await using var server = await TestServer.Start();
        await server.Staff.Customer(username: "wei", passwordHash: await Site.PasswordHash);
        await using var window = await chrome.Open(server);
        var (page, site) = (window.Page, $"http://localhost:{server.Address.Port}");
        await Device(page);
        await window.Go(site + "/sign-in");
        await page.Locator("[name=username]").FillAsync("wei");
        await page.Locator("[name=password]").FillAsync(Bench.Password);
        await page.Locator("[name=password]").PressAsync("Enter");
        await page.WaitForURLAsync("**/account");
        await window.Go(site + "/account/security");
        await page.Locator("#passkeys form button").ClickAsync();
        await page.Locator("form[data-passkey=create] button").ClickAsync();
        await Assertions.Expect(page.Locator("#passkeys tbody tr")).ToHaveCountAsync(1);
        await page.Locator("[popovertarget=gh-account]").ClickAsync();
        await page.Locator("form[action='/sign-out'] button").ClickAsync();
        // The device says yes to whatever it is asked.
        await page.WaitForURLAsync("**/account");
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM sign_ins WHERE outcome = 'ok' AND method = 'passkey'")));
        Assert.Equal([], window.Complaints);
    }

    /// <summary>Without script, and where the site is an address, nobody is offered what cannot be had.</summary>
    [Theory]
    [InlineData("localhost", false)]
    [InlineData("127.0.0.1", true)]
    public async Task Nobody_is_offered_what_cannot_be_had(string host, bool script)
    {
        await using var server = await TestServer.Start();
        await using var window = await chrome.Open(server, script: script);
        await window.Go($"http://{host}:{server.Address.Port}/sign-in");
        await Assertions.Expect(window.Page.Locator("[name=password]")).ToBeVisibleAsync();
        Assert.Equal(0, await window.Page.Locator("[data-passkey]:visible").CountAsync());
    }

    // A phone's own, whose owner is always there and always known.
    private static async Task Device(IPage page)
    {
        var debugger = await page.Context.NewCDPSessionAsync(page);
        await debugger.SendAsync("WebAuthn.enable");
        await debugger.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
    }
}
