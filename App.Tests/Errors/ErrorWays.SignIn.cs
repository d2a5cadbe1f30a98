using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Errors;

/// <summary>At the door.</summary>
internal static partial class ErrorWays
{
    // A form is shown again with the words; its code is nowhere on the page.
    private static async Task<Refused> SignIn(ErrorSite site)
    {
        var browser = site.Server.Browser();
        var page = await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "nobody", ["password"] = "not the password" });
        var limits = site.Server.Service<SignInLimits>();
        var words = Localizer.For("en")[SignInErrors.Failed.Key, limits.LockoutFailures, (int)limits.Lockout.TotalMinutes];
        return new Refused((int)page.Status, page.Text.Contains(words, StringComparison.Ordinal) ? SignInErrors.Failed.Code : null);
    }

    private static async Task<Refused> SignInByPasskey(ErrorSite site)
    {
        var browser = site.Server.Browser();
        var csrf = (await browser.Get("/sign-in")).Document.QuerySelector("input[name=_csrf]")!.GetAttribute("value")!;
        var page = await browser.Send(() => new HttpRequestMessage(HttpMethod.Post, "/sign-in/passkey")
        {
            Headers = { Host = "localhost" }, Content = new FormUrlEncodedContent([new("_csrf", csrf), new("passkey", "{}")]),
        });
        return new Refused((int)page.Status, page.Text.Contains(Localizer.For("en")[SignInErrors.Passkey.Key], StringComparison.Ordinal) ? SignInErrors.Passkey.Code : null);
    }

    private static async Task<Refused> RemovePasskeyWithoutProof(ErrorSite site)
    {
        var id = await site.Server.Staff.Customer();
        var session = await AccountsEndpoints.OpenSession(site.Server, Caller.DefaultTenant, id);
        await site.Server.Db.Write(s => s.Execute("UPDATE sessions SET proved_at = NULL WHERE id_hash = @id", ("id", OpaqueToken.Hash(session))));
        return await site.Server.Client("ghu_" + session).DeleteApi("/api/user/passkeys/none").Refused();
    }

    private static async Task<Refused> RemoveNoPasskey(ErrorSite site)
    {
        var who = await TwoFactorEndpoints.Here(site.Server, await site.Member(Role.Admin));
        return await site.Call<PasskeyService>(async (passkeys, s) => await passkeys.Remove(s, who, "none"));
    }
}
