using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary>Customers as CSV (RFC 4180, safe to open in a spreadsheet), in steps, in little memory. The import reads the same columns.</summary>
public sealed class CustomerExport(Database db, CustomerService customers, TimeProvider clock)
{
    private const int Step = 500;

    /// <summary>Streams those that the filter finds as a download.</summary>
    /// <exception cref="Refusal">422 on <c>state</c>.</exception>
    public async Task Send(HttpContext ctx, string? query, string? state)
    {
        var filter = new CustomerFilter(SearchTerm.Of(query), string.IsNullOrEmpty(state) ? null : state, Limit: Step);
        Slice<Customer> page = await db.Read(s => customers.List(s, ctx.Caller().TenantId, filter), ctx.RequestAborted);
        var csv = Begin(ctx);
        while (true)
        {
            foreach (var customer in page.Items)
                Row(csv, customer);
            await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
            if (page.Next is not { } next)
                return;
            page = await db.Read(s => customers.List(s, ctx.Caller().TenantId, filter with { After = next }), ctx.RequestAborted);
        }
    }

    /// <summary>The same for some that are named; who is not there any more is left out.</summary>
    public async Task Send(HttpContext ctx, CustomerChoice choice)
    {
        if (choice.Users is null)
        {
            await Send(ctx, choice.Query, choice.State);
            return;
        }
        var found = await db.Read(s => choice.First(s, customers, ctx.Caller().TenantId, CustomerBulk.MaxAtOnce, clock.GetUtcNow().ToUnixTimeMilliseconds()), ctx.RequestAborted);
        var csv = Begin(ctx);
        foreach (var customer in found)
            Row(csv, customer);
        await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    private CsvWriter Begin(HttpContext ctx)
    {
        var response = ctx.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"customers-{clock.GetUtcNow():yyyyMMdd-HHmmss}.csv\"";
        response.Headers.CacheControl = "no-store";
        return new CsvWriter(response.BodyWriter, "username", "email", "phone", "display_name", "language", "time_zone", "note", "state", "created_at", "last_sign_in_at");
    }

    private static void Row(CsvWriter csv, Customer c) =>
        csv.Row(c.Username, c.Email, c.Phone, c.DisplayName, c.Language, c.TimeZone, c.Note, c.State, Format.Iso(c.CreatedAt), c.LastSignInAt is { } at ? Format.Iso(at) : null);
}
