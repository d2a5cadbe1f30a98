using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary>Which customers; one without members finds all.</summary>
public sealed record CustomerBulkFilter(string? Q = null, string? State = null);

/// <summary>One thing to many: to those in <c>users</c>, or to all that <c>filter</c> finds.</summary>
public sealed record CustomerBulkRequest(string Action, string[]? Users = null, CustomerBulkFilter? Filter = null);

/// <param name="Changed">The others were so already.</param>
public sealed record CustomerBulkResponse(bool Success, long Matched, long Changed);

/// <summary>A mail to many, in one language or both.</summary>
public sealed record CustomerMessageRequest(
    string[]? Users = null, CustomerBulkFilter? Filter = null, string? SubjectEn = null, string? BodyEn = null, string? SubjectZh = null, string? BodyZh = null);

/// <param name="Operation">How far it is: <c>/api/operations/{id}</c>.</param>
public sealed record CustomerMessageResponse(bool Success, string Operation, long Count);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CustomerBulkRequest))]
[JsonSerializable(typeof(CustomerBulkResponse))]
[JsonSerializable(typeof(CustomerMessageRequest))]
[JsonSerializable(typeof(CustomerMessageResponse))]
internal sealed partial class CustomerBulkJson : JsonSerializerContext;

/// <summary><c>/api/users/bulk</c>, <c>/api/users/message</c>, <c>/api/users/export</c>.</summary>
public static class CustomerBulkEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/users").RequireRateLimiting(RateLimits.Api).WithTags("Customers");
        group.MapGet("/export", (HttpContext ctx, CustomerExport export) => export.Send(ctx, ctx.Request.Query["q"], ctx.Request.Query["state"])).Requires(AccountsPermissions.UsersRead)
            .WithSummary("Download customers as CSV").Query("q", "Part of a name, e-mail address, phone number or note.")
            .Query("state", "`pending`, `active`, `locked`, `disabled` or `leaving`; all when left out.").Sends("text/csv", "The customers as a file.");
        var write = group.MapGroup("").Requires(AccountsPermissions.UsersWrite);
        write.MapPost("/bulk", Bulk).WithSummary("Do one thing to many customers")
            .WithDescription("`action` is `enable`, `disable` or `delete`. To those in `users`, or to all that `filter` finds: one without members finds every customer. At most 1,000 at once, all or none.")
            .Idempotent().Accepts<CustomerBulkRequest>("application/json").Produces<CustomerBulkResponse>();
        write.MapPost("/message", Write).WithSummary("Write a mail to many customers")
            .WithDescription("""
                In English, Chinese or both; who speaks a language that has no text gets the other. `{name}` and `{site}` are put in. It goes, in the background, to those whose address is confirmed and who
                have not said that they want no such mails; each mail has a link that says so (RFC 8058). At most 10,000 at once.
                """)
            .Refuses(MailErrors.NotSetUp).Idempotent().Accepts<CustomerMessageRequest>("application/json").Produces<CustomerMessageResponse>(202);
    }

    private static async Task Bulk(HttpContext ctx, Database db, CustomerBulk actions)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, CustomerBulkJson.Default.CustomerBulkRequest);
        var choice = Choice(body.Users, body.Filter);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var done = await actions.Apply(s, ctx.Caller(), choice, body.Action);
            return new CustomerBulkResponse(true, done.Matched, done.Changed);
        }), CustomerBulkJson.Default.CustomerBulkResponse);
    }

    private static async Task Write(HttpContext ctx, Database db, CustomerBulk actions, MailStatus mail)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, CustomerBulkJson.Default.CustomerMessageRequest);
        var choice = Choice(body.Users, body.Filter);
        var written = actions.Written(new Dictionary<string, MailText> { ["en"] = new(body.SubjectEn ?? "", body.BodyEn ?? ""), ["zh"] = new(body.SubjectZh ?? "", body.BodyZh ?? "") });
        var canMail = await mail.IsSetUp(ctx.Caller().TenantId);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var started = await actions.Write(s, ctx.Caller(), choice, written, ctx.Text().Language, Ids.New(), canMail);
            return new CustomerMessageResponse(true, started.Id, started.Total);
        }), CustomerBulkJson.Default.CustomerMessageResponse, 202);
    }

    private static CustomerChoice Choice(string[]? users, CustomerBulkFilter? filter)
    {
        if (users is null == filter is null)
            throw Refusal.Field("users", "accounts.field.users_or_filter");
        if (users?.Contains(null!) == true)
            throw Refusal.Field("users", "field.wrong_type");
        // A program that lost what it looks for must not mean everybody.
        if (filter is { Q: "" } or { State: "" })
            throw Refusal.Field("filter", "accounts.field.filter_empty");
        if (filter?.State is { } state && !Customer.States.Contains(state))
            throw Refusal.Field("state", "field.one_of", string.Join(", ", Customer.States));
        return new(users, SearchTerm.Of(filter?.Q), filter?.State);
    }
}
