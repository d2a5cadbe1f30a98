using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Profile;

/// <summary>
/// Asks for the password, a code or a passkey before something dangerous, and lets the browser send again what it wanted to send: the form
/// travels in the page that asks, and the answer to a right proof is a redirect that keeps it (307).
/// </summary>
internal sealed class ProofPages(RecentProof proof, PageRenderer pages, TwoFactorService twoFactor, PasskeyService passkeys, PasskeySites sites, Database db) : IProofGate
{
    private const string Proof = "_proof", To = "_to", Back = "_back";
    private static readonly string[] Own = [Csrf.Field, Proof, PasskeyForm.ProofField, To, Back];

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (home, customers) in OwnPages.Homes)
            app.MapOwn(home + "/prove", customers, RateLimits.SignIn).MapPost("", Prove);
    }

    public async Task<bool> Passes(HttpContext ctx)
    {
        if (proof.Holds(ctx.Caller()))
            return true;
        var request = ctx.Request;
        if (HttpMethods.IsPost(request.Method))
            await Ask(ctx, await RequestBody.Form(ctx), request.Path + request.QueryString, null, null);
        else
            // A file that is downloaded leaves the page as it is: people are led back to where they asked for it.
            await Ask(ctx, FormCollection.Empty, null, Origin(request, ctx.Caller()), null);
        return false;
    }

    private static async Task Prove(HttpContext ctx, SignIns signIns, ProofPages ask, PasskeySites sites)
    {
        var form = await RequestBody.Form(ctx);
        var (typed, passkey) = (form[Proof].ToString(), form[PasskeyForm.ProofField].ToString());
        var (to, back) = (Given(form[To]), Given(form[Back]));
        var right = passkey.Length > 0 ? await signIns.ConfirmPasskey(ctx.Caller(), sites.Of(ctx), passkey)
            : TotpCode.Looks(RecoveryCodes.Normalize(typed))
            ? await signIns.ConfirmCode(ctx.Caller(), typed)
            : typed.Length > 0 && await signIns.Confirm(ctx.Caller(), typed) is not null;
        if (!right)
            await ask.Ask(ctx, form, to, back, Refusal.Field(Proof, passkey.Length > 0 ? "passkey.refused" : typed.Length == 0 ? "field.required" : "prove.wrong"));
        else if (to is null)
            PageRenderer.RedirectWithToast(ctx, back ?? OwnPages.Start(ctx.Caller()), new Toast("ok", "prove.again"));
        else
        {
            PageRenderer.Redirect(ctx, to);
            ctx.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        }
    }

    private async Task Ask(HttpContext ctx, IFormCollection form, string? to, string? back, Refusal? refusal)
    {
        var who = ctx.Caller();
        var (status, passkey) = await db.Read(async s => (
            await twoFactor.Status(s, who.HomeTenant, who.AccountId!),
            await passkeys.Ask(s, who.HomeTenant, sites.Of(ctx), PasskeyUse.Proof(who.SessionId), who.AccountId!)));
        var carried = form.Where(f => !Own.Contains(f.Key)).SelectMany(f => f.Value.Select(v => KeyValuePair.Create(f.Key, v ?? "")))
            .Append(KeyValuePair.Create(to is null ? Back : To, to ?? back ?? OwnPages.Start(who))).ToList();
        await pages.Render<ProofPage, ProofModel>(ctx, new(carried, status.Since is not null, passkey, back ?? Origin(ctx.Request, who), refusal), refusal?.Status ?? 403);
    }

    private static string? Given(string? path) => string.IsNullOrEmpty(path) ? null : PageRenderer.LocalPath(path);

    // The page that the browser is on.
    private static string Origin(HttpRequest request, Caller who) =>
        Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
        && from.AbsolutePath != OwnPages.Prove(who) ? from.PathAndQuery : OwnPages.Start(who);
}

/// <param name="Carried">What is sent on with the proof.</param>
/// <param name="TakesCode">A code of the authenticator app does as well as the password.</param>
/// <param name="Passkey">What the browser is asked for a passkey, which does as well; null where there is none.</param>
/// <param name="Back">Where it goes without.</param>
public sealed record ProofModel(IReadOnlyList<KeyValuePair<string, string>> Carried, bool TakesCode, string? Passkey, string Back, Refusal? Refusal) : IFormModel;
