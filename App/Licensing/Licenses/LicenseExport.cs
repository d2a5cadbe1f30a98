using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Licenses;

/// <summary>Writes keys as TXT (one a line), CSV (RFC 4180, safe to open in a spreadsheet) or JSON lines, in steps, in little memory.</summary>
public sealed class LicenseExport(LicenseQueries queries, TimeProvider clock)
{
    private static readonly string[] Formats = ["txt", "csv", "jsonl"];

    /// <summary>Streams the keys as a download.</summary>
    /// <exception cref="Refusal">422 on <c>format</c>.</exception>
    public async Task Send(HttpContext ctx, LicenseFilter filter, string? format)
    {
        format = Checked(format);
        Head(ctx.Response, format);
        await Write(ctx.Response.BodyWriter, ctx.Caller().TenantId, filter, format, ctx.RequestAborted);
    }

    /// <summary>The same for keys that are at hand.</summary>
    public async Task Send(HttpContext ctx, IReadOnlyList<License> keys, string? format)
    {
        format = Checked(format);
        Head(ctx.Response, format);
        var line = Lines(ctx.Response.BodyWriter, format);
        foreach (var key in keys)
            line(key);
        await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    /// <summary>Writes the keys to a pipe and returns how many there were.</summary>
    public async Task<long> Write(PipeWriter writer, string tenant, LicenseFilter filter, string format, CancellationToken ct)
    {
        var line = Lines(writer, format);
        var count = 0L;
        await foreach (var step in queries.Stream(tenant, filter, ct))
        {
            foreach (var key in step)
                line(key);
            count += step.Count;
            await writer.FlushAsync(ct);
        }
        await writer.FlushAsync(ct);
        return count;
    }

    /// <exception cref="Refusal">422 on <c>format</c>.</exception>
    public static string Checked(string? format) => string.IsNullOrEmpty(format) ? "txt"
        : Formats.Contains(format) ? format : throw Refusal.Field("format", "field.one_of", string.Join(", ", Formats));

    private void Head(HttpResponse response, string format)
    {
        response.ContentType = format switch { "txt" => "text/plain; charset=utf-8", "csv" => "text/csv; charset=utf-8", _ => "application/x-ndjson" };
        response.Headers.ContentDisposition = $"attachment; filename=\"keys-{clock.GetUtcNow():yyyyMMdd-HHmmss}.{format}\"";
        response.Headers.CacheControl = "no-store";
    }

    // Begins the file and gives what writes a key of it.
    private Action<License> Lines(IBufferWriter<byte> writer, string format)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (format == "txt")
            return key => Encoding.UTF8.GetBytes(key.Key + "\n", writer);
        if (format == "csv")
        {
            var csv = new CsvWriter(writer, "key", "status", "plan", "batch", "note", "created_at", "used_at", "expire_at", "machines");
            return key => csv.Row(key.Key, key.StateAt(now), key.PlanName, key.BatchName, key.Note, Format.Iso(key.CreatedAt), Format.Iso(key.UsedAt), Format.Iso(key.ExpireAt),
                key.Bindings.ToString(CultureInfo.InvariantCulture));
        }
        return key =>
        {
            using (var json = new Utf8JsonWriter(writer, WireJson.Writing))
                JsonSerializer.Serialize(json, LicenseView.Of(key, now), LicenseJson.Default.LicenseView);
            Encoding.UTF8.GetBytes("\n", writer);
        };
    }
}
