using System.Globalization;
using System.Text;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>Writes the audit log to a file, page by page, so that a long one needs no more memory than a short one.</summary>
public static class AuditExport
{
    private const int PageSize = 500;

    /// <summary>Sends what the query finds as <c>csv</c> or, with any other format, JSON lines. Newest first.</summary>
    public static async Task Send(HttpContext ctx, Database db, TimeProvider clock, string tenant, AuditQuery query, bool csv)
    {
        // The first page is read before anything is sent, so that storage trouble still gets its proper answer.
        var page = await db.Read(s => AuditStore.Before(s, tenant, query, null, PageSize), ctx.RequestAborted);
        var name = $"audit-{clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.{(csv ? "csv" : "jsonl")}";
        ctx.Response.ContentType = csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        ctx.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        ctx.Response.Headers.CacheControl = "no-store";
        var body = ctx.Response.BodyWriter;
        var table = csv ? new CsvWriter(body, "seq", "time", "actor_kind", "actor", "ip", "action", "target_kind", "target_id", "target", "before", "after", "reason", "hash") : null;
        while (page.Count > 0)
        {
            foreach (var entry in page)
                if (table is not null)
                    Row(table, entry);
                else
                    Encoding.UTF8.GetBytes(WireJson.Text(AuditItem.Of(entry), AuditJson.Default.AuditItem) + "\n", body);
            await body.FlushAsync(ctx.RequestAborted);
            if (page.Count < PageSize)
                break;
            page = await db.Read(s => AuditStore.Before(s, tenant, query, page[^1].Seq, PageSize), ctx.RequestAborted);
        }
        await body.FlushAsync(ctx.RequestAborted);
    }

    private static void Row(CsvWriter table, AuditEntry e) => table.Row(
        e.Seq.ToString(CultureInfo.InvariantCulture), Format.Iso(e.At), e.ActorKind, e.ActorName, e.Ip, e.Action, e.Target.Kind, e.Target.Id, e.Target.Name,
        e.Before, e.After, e.Reason, e.Hash);
}
