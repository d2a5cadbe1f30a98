using System.Text.Json.Serialization;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.MyAccount;

/// <summary>A customer's own passkeys, from their program: a browser makes them, on the pages. What is dangerous asks for a proof, as it does there.</summary>
public static class UserPasskeyEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/user/prove", Prove).RequiresCustomer().RequireRateLimiting(RateLimits.SignIn).WithTags("My account").WithSummary("Show anew who I am")
            .WithDescription("By the password, or by a code of the authenticator app or a recovery code. Signing in is such a proof too. What is dangerous asks for one that is not older than ten minutes.")
            .Accepts<ProofBody>("application/json").Produces<ProofResponse>();
        var own = app.MapGroup("/api/user/passkeys").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account");
        own.MapGet("", List).WithSummary("My passkeys, the newest last").WithDescription("There are twenty at most: `next` is always null.").Produces<PasskeyList>();
        own.MapPatch("/{id}", Rename).WithSummary("Rename a passkey").Refuses(PasskeyErrors.NotFound).Accepts<PasskeyBody>("application/json").Produces<PasskeyResponse>();
        own.MapDelete("/{id}", Remove).WithSummary("Remove a passkey")
            .WithDescription("It opens the account no more, and the customer is told by mail. It takes a proof within the last ten minutes, see `POST /api/user/prove`.")
            .Refuses(PasskeyErrors.NotFound, SessionErrors.ProofRequired).Produces<PasskeyResponse>();
    }

    private static async Task Prove(HttpContext ctx, SignIns signIns, TimeProvider clock)
    {
        var body = await RequestBody.Read(ctx, UserPasskeyJson.Default.ProofBody);
        if (!string.IsNullOrEmpty(body.Code))
        {
            if (!await signIns.ConfirmCode(ctx.Caller(), body.Code))
                throw Refusal.Field("code", "twofactor.code_wrong");
        }
        else if (string.IsNullOrEmpty(body.Password))
            throw Refusal.Field("password", "field.required");
        else if (await signIns.Confirm(ctx.Caller(), body.Password) is null)
            throw Refusal.Field("password", "accounts.field.password_wrong");
        await SignedJson.Send(ctx, new ProofResponse(true, Format.Iso((clock.GetUtcNow() + RecentProof.Life).ToUnixTimeMilliseconds())), UserPasskeyJson.Default.ProofResponse);
    }

    private static async Task List(HttpContext ctx, Database db, PasskeyService passkeys)
    {
        var own = await db.Read(s => passkeys.Of(s, ctx.Caller().TenantId, ctx.Caller().Id!), ctx.RequestAborted);
        await SignedJson.Send(ctx, new PasskeyList(true, [.. own.Select(PasskeyView.Of)], null), UserPasskeyJson.Default.PasskeyList);
    }

    private static async Task Rename(HttpContext ctx, string id, Database db, PasskeyService passkeys)
    {
        var body = await RequestBody.Read(ctx, UserPasskeyJson.Default.PasskeyBody);
        await Send(ctx, await db.Write(s => passkeys.Rename(s, ctx.Caller(), id, body.Name ?? ""), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, PasskeyService passkeys, RecentProof proof)
    {
        if (!proof.Holds(ctx.Caller()))
            throw new Refusal(SessionErrors.ProofRequired);
        await Send(ctx, await db.Write(s => passkeys.Remove(s, ctx.Caller(), id, ctx.Text().Language), ctx.RequestAborted));
    }

    private static Task Send(HttpContext ctx, Passkey passkey) => SignedJson.Send(ctx, new PasskeyResponse(true, PasskeyView.Of(passkey)), UserPasskeyJson.Default.PasskeyResponse);
}

/// <summary>A passkey as REST shows it.</summary>
/// <param name="Host">The host name that it was made at: it is offered at no other.</param>
internal sealed record PasskeyView(string Id, string Name, string Host, string CreatedAt, string? LastUsedAt)
{
    public static PasskeyView Of(Passkey p) => new(p.Id, p.Name, p.RpId, Format.Iso(p.CreatedAt), Format.Iso(p.LastUsedAt));
}

internal sealed record PasskeyList(bool Success, IReadOnlyList<PasskeyView> Items, string? Next);

internal sealed record PasskeyResponse(bool Success, PasskeyView Passkey);

internal sealed record PasskeyBody(string? Name = null);

/// <param name="Password">Or <paramref name="Code"/>.</param>
/// <param name="Code">Of the authenticator app, or a recovery code.</param>
internal sealed record ProofBody(string? Password = null, string? Code = null);

/// <param name="Until">When a new proof is asked for.</param>
internal sealed record ProofResponse(bool Success, string Until);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PasskeyList))]
[JsonSerializable(typeof(PasskeyResponse))]
[JsonSerializable(typeof(PasskeyBody))]
[JsonSerializable(typeof(ProofBody))]
[JsonSerializable(typeof(ProofResponse))]
internal sealed partial class UserPasskeyJson : JsonSerializerContext;
