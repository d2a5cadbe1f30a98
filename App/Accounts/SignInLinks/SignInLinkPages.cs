using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.PasswordReset;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.SignInLinks;

/// <summary>Staff make a link, as a page and over REST; the customer opens it and comes in.</summary>
public static class SignInLinkPages
{
    internal const string Path = "/sign-in/link";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/users/{id}/sign-in-link", MakeByRest).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Api).WithTags("Customers")
            .Accepts<SignInLinkBody>("application/json").Produces<SignInLinkResponse>(201).Refuses(CustomerErrors.NotFound, SignInLinkErrors.CannotSignIn, MailErrors.NotSetUp).Idempotent()
            .WithSummary("Make a link that lets a customer in once")
            .WithDescription("Good for 30 minutes and for one sign-in; earlier ones of the customer are good no more. It stands in for the password only: a lock and two-factor sign-in hold. With `mail` it goes to the customer's address, else it is told in this answer and nowhere else.")
            .WithName("createSignInLink");
        app.MapPost("/admin/users/{id}/sign-in-link", Make).Requires(AccountsPermissions.UsersWrite).AsksForProof().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var pages = app.MapGroup("").OpenToAll().ExcludeFromDescription();
        pages.MapGet(Path, Show).RequireRateLimiting(RateLimits.Pages);
        pages.MapPost(Path, Enter).RequireRateLimiting(RateLimits.SignIn);
    }

    private static async Task MakeByRest(HttpContext ctx, string id, Database db, CustomerService customers, SignInLinkService links, MailStatus mail, IConfiguration config)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, SignInLinkJson.Default.SignInLinkBody);
        var mailed = body.Mail == true;
        if (mailed)
            await MustMail(ctx, mail);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var link = await links.Make(s, ctx.Caller(), await customers.IdOf(s, ctx.Caller().TenantId, id), PublicAddress.Base(config) + Path, mailed, ctx.Text().Language);
            return new SignInLinkResponse(true, Format.Iso(link.ExpiresAt), mailed, mailed ? null : link.Address);
        }), SignInLinkJson.Default.SignInLinkResponse, 201, kept: answer => answer with { Link = null });
    }

    // The link stands on the page that answers, and nowhere else: no redirect, no cookie.
    private static async Task Make(HttpContext ctx, string id, Database db, PageRenderer pages, SignInLinkService links, MailStatus mail, IConfiguration config)
    {
        var mailed = (await RequestBody.Form(ctx))["mail"] == "true";
        try
        {
            if (mailed)
                await MustMail(ctx, mail);
            var link = await db.Command(ctx.Caller(), s => links.Make(s, ctx.Caller(), id, PublicAddress.Base(config) + Path, mailed, ctx.Text().Language), ctx.RequestAborted);
            if (mailed)
                PageRenderer.RedirectWithToast(ctx, $"/admin/users/{link.Customer.Id}", new Toast("ok", "signinlink.mailed", link.Customer.Called));
            else
                await pages.Render<SignInLinkPage, NewSignInLink>(ctx, link);
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            var why = refusal.Fields.Count > 0 ? refusal.Fields.Values.First() : refusal.Detail;
            PageRenderer.RedirectWithToast(ctx, $"/admin/users/{id}", new Toast("bad", why));
        }
    }

    // Opening it takes nothing: what looks into mails before their readers do must not spend it.
    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, SignInLinkService links, string? token)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var called = string.IsNullOrEmpty(token) ? null : await db.Read(s => links.Opens(s, ctx.Caller().TenantId, token), ctx.RequestAborted);
        await pages.Render<EnterByLinkPage, EnterByLinkModel>(ctx, new(token ?? "", called), called is null ? SignUpErrors.InvalidLink.Status : 200);
    }

    private static async Task Enter(HttpContext ctx, Database db, PageRenderer pages, PlainHttp plain, SignInLinkService links, PasswordResets resets, Cookies cookies, Csrf csrf)
    {
        if (await SignInPages.RefusedPlainHttp(ctx, pages, plain))
            return;
        var token = (await RequestBody.Form(ctx))["token"].ToString();
        var replaces = cookies.Get(ctx, Cookies.Session) is { } old ? OpaqueToken.Hash(old) : null;
        var tried = await links.Use(ctx.Caller(), token, replaces, cookies.Get(ctx, Cookies.Browser));
        if (tried.SignedIn is { } signedIn)
        {
            SignInPages.Welcome(ctx, cookies, csrf, signedIn, "");
            // Who must choose a password would be asked for the one that they do not have.
            if (signedIn is { OneTime: true, HalfSession: null })
                PageRenderer.Redirect(ctx, $"{PasswordResetPages.Reset}?token={await db.Write(s => resets.Make(s, ctx.Caller().TenantId, signedIn.AccountId))}");
            return;
        }
        var why = tried.Outcome switch { "locked" => "error.ACCOUNT_LOCKED", "disabled" or "pending" => "error." + SignInLinkErrors.CannotSignIn.Code, _ => null };
        await pages.Render<EnterByLinkPage, EnterByLinkModel>(ctx, new(token, null, why), why is null ? SignUpErrors.InvalidLink.Status : 403);
    }

    private static async Task MustMail(HttpContext ctx, MailStatus mail)
    {
        if (!await mail.IsSetUp(ctx.Caller().TenantId))
            throw new Refusal(MailErrors.NotSetUp);
    }
}

/// <param name="Called">What the account is called that it opens; null when it opens none.</param>
/// <param name="Why">The key of the words for what keeps the account closed; null: the link is not good.</param>
public sealed record EnterByLinkModel(string Token, string? Called, string? Why = null);

/// <param name="Mail">Send it to the customer instead of telling it.</param>
internal sealed record SignInLinkBody(bool? Mail = null);

/// <param name="Mailed">It goes to the customer's address.</param>
/// <param name="Link">The whole address to open: in the first answer only, and only where it is not mailed.</param>
internal sealed record SignInLinkResponse(bool Success, string ExpiresAt, bool Mailed, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Link = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SignInLinkBody))]
[JsonSerializable(typeof(SignInLinkResponse))]
internal sealed partial class SignInLinkJson : JsonSerializerContext;
