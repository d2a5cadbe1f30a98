using System.Text.Json.Serialization;
using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.EmailChange;

public sealed record EmailBody(string? Email = null, string? Password = null);

/// <param name="Verification"><c>sent</c> by mail, or <c>by_staff</c> where mail is not set up.</param>
public sealed record EmailResponse(bool Success, string Email, string Verification);

public sealed record EmailCodeBody(string? Code = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(EmailBody))]
[JsonSerializable(typeof(EmailResponse))]
[JsonSerializable(typeof(EmailCodeBody))]
internal sealed partial class EmailChangeJson : JsonSerializerContext;

/// <summary>Another e-mail address, from a customer's program.</summary>
public static class EmailChangeEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/user/email").RequiresCustomer().RequireRateLimiting(RateLimits.SignIn).WithTags("My account");
        own.MapPost("", Ask).WithSummary("Change my e-mail address: a code goes to the new one").Refuses(SignUpErrors.TooMany)
            .Accepts<EmailBody>("application/json").Produces<EmailResponse>();
        own.MapPost("/verify", Confirm).WithSummary("Show that the new address is yours").WithDescription("The old address is told, with a link that undoes it within seven days.")
            .Refuses(SignUpErrors.InvalidCode).Accepts<EmailCodeBody>("application/json").Produces<OwnAccountResponse>();
    }

    private static async Task Ask(HttpContext ctx, EmailDoor door)
    {
        var body = await RequestBody.Read(ctx, EmailChangeJson.Default.EmailBody);
        var (email, sent) = await door.Ask(ctx.Caller(), body.Email, body.Password, ctx.Text().Language);
        await SignedJson.Send(ctx, new EmailResponse(true, email, sent ? "sent" : "by_staff"), EmailChangeJson.Default.EmailResponse);
    }

    private static async Task Confirm(HttpContext ctx, EmailDoor door)
    {
        var body = await RequestBody.Read(ctx, EmailChangeJson.Default.EmailCodeBody);
        await SignedJson.Send(ctx, new OwnAccountResponse(true, new(await door.Confirm(ctx.Caller(), body.Code, ctx.Text().Language))), OwnAccountJson.Default.OwnAccountResponse);
    }
}
