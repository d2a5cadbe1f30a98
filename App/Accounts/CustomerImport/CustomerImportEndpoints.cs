using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Accounts.CustomerImport;

/// <summary><c>/api/users/import</c>.</summary>
public static class CustomerImportEndpoints
{
    internal const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>More than these are brought in in the background.</summary>
    private const int MaxWaited = 1000;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/users/import", Import).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Api).WithTags("Customers").WithSummary("Bring in customers from a file")
            .WithDescription("""
                CSV with a heading of `username`, `email`, `phone`, `display_name`, `language`, `time_zone`, `note` and `password` in any order; one of the first three is needed. At most 10,000 lines, 200 of them with a password.
                Each line is judged by itself: `created`, `exists` (its names are one customer's already, who stays as they are) or `refused` with the field and the reason. `dry_run` judges and changes nothing.
                Who comes without a password gets in by `invite`: `mail` sends them a link that sets one (14 days), `links` tells it in this answer and nowhere else, `none` leaves it to “Forgotten password”.
                More than 1,000 lines are brought in in the background: the answer is 202 and names the operation.
                """)
            .Refuses(MailErrors.NotSetUp).Idempotent().WithMetadata(new RequestSizeLimitAttribute(MaxBytes)).Accepts<CustomerImportRequest>("application/json").Produces<CustomerImportResponse>().Produces<CustomerImportResponse>(202);

    private static async Task Import(HttpContext ctx, Database db, CustomerImports imports, MailStatus mail)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, CustomerImportJson.Default.CustomerImportRequest);
        var (who, invite) = (ctx.Caller(), InviteOf(body.Invite));
        var (lines, notRead) = CustomerFile.Parse(body.Content);
        if (body.DryRun)
        {
            var judged = await db.Read(s => imports.Judge(s, who.TenantId, lines), ctx.RequestAborted);
            await SignedJson.Send(ctx, new CustomerImportResponse(true, true, judged.Count(j => j.Verdict == LineVerdict.Created), judged.Count(j => j.Verdict == LineVerdict.Exists), judged.Count(j => j.Verdict == LineVerdict.Refused),
                [.. judged.Select(j => Item(ctx.Text(), j))], NotRead: notRead.Count > 0 ? notRead : null), CustomerImportJson.Default.CustomerImportResponse);
            return;
        }
        if (invite == ImportInvite.Mail && !await mail.IsSetUp(who.TenantId))
            throw new Refusal(MailErrors.NotSetUp);
        if (lines.Count > MaxWaited && invite == ImportInvite.Links)
            throw Refusal.Field("invite", "users.import.too_many_links", MaxWaited);
        var batch = await imports.Prepare(lines, invite, ctx.Text().Language);
        if (lines.Count > MaxWaited)
        {
            var key = Ids.New();
            await Idempotency.Run(ctx, db, bytes, async s =>
            {
                await imports.Start(s, who, batch, key);
                var started = (await imports.Find(s, who, key))!;
                return new CustomerImportResponse(true, false, 0, 0, batch.Refused.Count, Operation: started.Id, NotRead: notRead.Count > 0 ? notRead : null);
            }, CustomerImportJson.Default.CustomerImportResponse, 202);
            return;
        }
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(who, async s =>
        {
            var items = new Dictionary<int, CustomerImportItem>();
            var result = await imports.Import(s, who, batch, (line, customer, link) => items[line.Line] = new(line.Line, "created", Id: customer.Id, Link: link));
            foreach (var refused in result.Refused)
                items[refused.Line] = new(refused.Line, "refused", refused.Field, ctx.Text()[Message.Parse(refused.Reason)]);
            foreach (var line in batch.Lines)
                items.TryAdd(line.Line, new(line.Line, "exists"));
            return new CustomerImportResponse(true, false, result.Created, result.Exists, result.RefusedCount, [.. items.Values.OrderBy(i => i.Line)], NotRead: notRead.Count > 0 ? notRead : null);
        }), CustomerImportJson.Default.CustomerImportResponse, kept: answer => answer with { Items = [.. answer.Items!.Select(i => i with { Link = null })] });
    }

    /// <exception cref="Refusal">422 on <c>invite</c>.</exception>
    internal static ImportInvite InviteOf(string word) => word switch
    {
        "none" => ImportInvite.None,
        "mail" => ImportInvite.Mail,
        "links" => ImportInvite.Links,
        _ => throw Refusal.Field("invite", "field.one_of", "none, mail, links"),
    };

    private static CustomerImportItem Item(Localizer text, JudgedLine judged) => new(judged.Line.Line, Word(judged.Verdict), judged.Fault?.Field, judged.Fault is { } fault ? text[fault.Reason] : null);

    private static string Word(LineVerdict verdict) => verdict switch { LineVerdict.Created => "created", LineVerdict.Exists => "exists", _ => "refused" };
}
