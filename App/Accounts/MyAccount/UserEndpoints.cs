using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.MyAccount;

/// <summary><c>/api/user</c>: a customer's client program, with a session of theirs.</summary>
public static class UserEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/user").WithTags("My account");
        group.MapPost("/login", Login).OpenToAll(asks: false).RequireRateLimiting(RateLimits.SignIn).WithSummary("Sign in as a customer")
            .WithDescription("An unknown name, a wrong password and a name of staff read alike. The access token is a session: each use moves its end.")
            .Refuses(MyAccountErrors.InvalidCredentials, MyAccountErrors.TwoFactorRequired, MyAccountErrors.Locked, MyAccountErrors.Disabled, MyAccountErrors.Pending)
            .Accepts<LoginBody>("application/json").Produces<LoginResponse>();
        var own = group.MapGroup("").RequireRateLimiting(RateLimits.Api);
        own.MapPost("/logout", Logout).RequiresCustomer(beforePassword: true).WithSummary("End the session").Produces<LogoutResponse>();
        own.MapGet("/me", Get).RequiresCustomer(beforePassword: true).WithSummary("The customer whose session it is").Produces<OwnAccountResponse>();
        own.MapPatch("/me", Change).RequiresCustomer().WithSummary("Change what is named").WithDescription("`news` says whether mails come that are not about the account itself.").Accepts<OwnAccountInput>("application/json").Produces<OwnAccountResponse>();
    }

    private static async Task Login(HttpContext ctx, Database db, SignIns signIns, MyAccountService account, SignInLimits limits)
    {
        var body = await RequestBody.Read(ctx, OwnAccountJson.Default.LoginBody);
        var checks = new FieldChecks();
        if (string.IsNullOrEmpty(body.Login))
            checks.Wrong("login", "field.required");
        if (string.IsNullOrEmpty(body.Password))
            checks.Wrong("password", "field.required");
        checks.ThrowIfAny();
        var who = ctx.Caller();
        var result = await signIns.Try(who, body.Login!, body.Password!, program: true);
        if (result.SignedIn?.HalfSession is { } half)
        {
            if (string.IsNullOrWhiteSpace(body.Code))
                throw new Refusal(MyAccountErrors.TwoFactorRequired);
            result = (await signIns.TryCode(who, half, body.Code, program: true)).SignedIn is { } proven ? new SignInResult(proven, "ok") : new SignInResult(null, "wrong");
        }
        if (result.SignedIn is not { } signedIn)
            throw result.Outcome switch
            {
                "locked" => new Refusal(MyAccountErrors.Locked) { LockedUntil = result.LockedUntil },
                "disabled" => new Refusal(MyAccountErrors.Disabled),
                "pending" => new Refusal(MyAccountErrors.Pending),
                _ => new Refusal(MyAccountErrors.InvalidCredentials),
            };
        var own = await db.Read(s => account.Get(s, who with { Kind = "customer", Id = signedIn.AccountId }), ctx.RequestAborted);
        ctx.Response.Headers.CacheControl = "no-store";
        await SignedJson.Send(ctx, new LoginResponse(true, Authenticator.AccessTokenPrefix + signedIn.SessionId, "Bearer", (long)limits.SessionLife.TotalSeconds, new OwnAccount(own)),
            OwnAccountJson.Default.LoginResponse);
    }

    private static async Task Logout(HttpContext ctx, Database db, SessionStore sessions)
    {
        var who = ctx.Caller();
        await db.Write(s => sessions.Drop(s, who.TenantId, who.SessionId!), ctx.RequestAborted);
        await SignedJson.Send(ctx, new LogoutResponse(true), OwnAccountJson.Default.LogoutResponse);
    }

    private static async Task Get(HttpContext ctx, Database db, MyAccountService account) => await Send(ctx, await db.Read(s => account.Get(s, ctx.Caller()), ctx.RequestAborted));

    private static async Task Change(HttpContext ctx, Database db, MyAccountService account)
    {
        var change = OwnAccount.Changeable.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Write(s => account.Update(s, ctx.Caller(), change), ctx.RequestAborted));
    }

    private static Task Send(HttpContext ctx, Customer customer) =>
        SignedJson.Send(ctx, new OwnAccountResponse(true, new OwnAccount(customer)), OwnAccountJson.Default.OwnAccountResponse);
}
