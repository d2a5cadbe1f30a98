using System.Text.Json.Serialization;
using Gatehouse.Accounts.Invitations;
using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.SignUp;

/// <param name="By">The code of a customer's own link that led here.</param>
public sealed record SignUpBody(string? Email = null, string? Password = null, string? Username = null, string? Invite = null, SolvedChallenge? Challenge = null, string? By = null);

/// <param name="State">Always <c>pending</c>.</param>
public sealed record SignUpUser(string Id, string Email, string Username, string State);

/// <param name="Verification"><c>sent</c> by mail, or <c>by_staff</c> where mail is not set up.</param>
/// <param name="Attempt">Send it along with the code, and no other attempt's code will do.</param>
public sealed record SignUpResponse(bool Success, SignUpUser User, string Verification, string Attempt);

public sealed record VerifyBody(string? Email = null, string? Code = null, string? Attempt = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SignUpBody))]
[JsonSerializable(typeof(SignUpResponse))]
[JsonSerializable(typeof(VerifyBody))]
internal sealed partial class SignUpJson : JsonSerializerContext;

/// <summary>Making an account from a program.</summary>
public static class SignUpEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var user = app.MapGroup("/api/user").OpenToAll(asks: false).RequireRateLimiting(RateLimits.SignIn).WithTags("My account");
        user.MapPost("/add_user", Add).Accepts<SignUpBody>("application/json").Produces<SignUpResponse>(201).Refuses(ChallengeErrors.Required, SignUpErrors.Closed, InvitationErrors.Required, InvitationErrors.Invalid, SignUpErrors.TooMany)
            .WithSummary("Sign up").WithDescription("A code of six digits goes to the address. The answer is the same whether the address has an account or not; the mail says so instead.");
        user.MapPost("/verify", Verify).Accepts<VerifyBody>("application/json").Produces<OwnAccountResponse>().Refuses(SignUpErrors.InvalidCode, InvitationErrors.Invalid)
            .WithSummary("Show that the address is yours").WithDescription("By the code that was sent there. With it the account is active, and has the password of the attempt whose code it is.");
    }

    private static async Task Add(HttpContext ctx, SignUpDoor door)
    {
        var body = await RequestBody.Read(ctx, SignUpJson.Default.SignUpBody);
        var applied = await door.Apply(ctx.Caller(), body.Email, body.Username, body.Password, ctx.Text().Language, body.Challenge, body.Invite, by: body.By);
        await SignedJson.Send(ctx, new SignUpResponse(true, new(applied.Id, Logins.ContactRules.Email(body.Email)!, applied.Username, "pending"), applied.Sent ? "sent" : "by_staff", applied.Attempt),
            SignUpJson.Default.SignUpResponse, 201);
    }

    private static async Task Verify(HttpContext ctx, SignUpDoor door)
    {
        var body = await RequestBody.Read(ctx, SignUpJson.Default.VerifyBody);
        await SignedJson.Send(ctx, new OwnAccountResponse(true, new(await door.Confirm(ctx.Caller(), body.Email, body.Code, body.Attempt))), OwnAccountJson.Default.OwnAccountResponse);
    }
}
