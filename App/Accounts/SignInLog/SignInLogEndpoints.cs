using Gatehouse.Audit.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignInLog;

/// <summary><c>/api/logs/signins</c>: who came in, and who tried.</summary>
public static class SignInLogEndpoints
{
    private const int MaxText = 254;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/logs/signins", List).Requires(AuditPermissions.AuditRead).RequireRateLimiting(RateLimits.Api).WithTags("Audit").Paged().Produces<SignInList>().Refuses(HttpErrors.ValidationFailed)
            .Query("account", "An account's id, user name, e-mail address or phone number.").Query("kind", "`staff` or `customer`.")
            .Query("outcome", "`ok`, `asked` (the password was right, a code was asked for), `wrong`, `code` (a wrong one), `locked`, `disabled`, `pending` or `network` (not from there).")
            .Query("ip", "The address it came from.").Query("from", "At or after this time (ISO 8601).", "date-time").Query("to", "Before this time (ISO 8601).", "date-time")
            .WithSummary("List sign-ins and tries, newest first").WithName("listSignIns");

    private static async Task List(HttpContext ctx, Database db, PlaceLookup places)
    {
        var query = ctx.Request.Query;
        var checks = new FieldChecks();
        var (from, to) = TimeRange.Of(query, checks);
        var filter = new SignInFilter(Text("account"), OneOf("kind", SignInEntry.Kinds), OneOf("outcome", SignInEntry.Outcomes), Text("ip"), from, to);
        checks.ThrowIfAny();
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(s => SignInLogStore.List(s, ctx.Caller().TenantId, filter, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new SignInList(true, [.. page.Items.Select(e => e.At(places.Of(e.Ip)))], page.Next), SignInLogJson.Default.SignInList);

        string? Text(string name) => checks.Text(name, query[name], 0, MaxText) is { Length: > 0 } text ? text : null;

        string? OneOf(string name, IReadOnlyList<string> known)
        {
            if (query[name].ToString() is not { Length: > 0 } asked)
                return null;
            if (!known.Contains(asked))
                checks.Wrong(name, "field.one_of", string.Join(", ", known));
            return asked;
        }
    }
}
