using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Http;

/// <summary>
/// <c>Idempotency-Key</c>: a POST that creates or spends is done once however often it is sent within 24 hours. The key is
/// claimed and the answer stored in the transaction that does the work, so neither can be there without the other.
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction and sends its result; with a key that was used before, sends the first answer again.
    /// </summary>
    /// <param name="kept">What of the answer is stored for repeats, where it holds a secret that is shown once.</param>
    /// <exception cref="Refusal">422 IDEMPOTENCY_REUSED when the same key comes with another request.</exception>
    public static async Task Run<T>(HttpContext ctx, Database db, ReadOnlyMemory<byte> body, Func<WriteTx, ValueTask<T>> work, JsonTypeInfo<T> type, int status = 200, Func<T, T>? kept = null)
    {
        var (code, text) = await Do(ctx, db, Key(ctx), body, work, type, status, kept);
        await SignedJson.Send(ctx, code, Encoding.UTF8.GetBytes(text), SignedJson.Json);
    }

    /// <summary>Runs <paramref name="work"/> in one transaction and returns its result; with a key that was used before, that of the first time. For an answer that needs more than the transaction.</summary>
    /// <exception cref="Refusal">422 IDEMPOTENCY_REUSED when the same key comes with another request.</exception>
    public static async Task<T> Once<T>(HttpContext ctx, Database db, ReadOnlyMemory<byte> body, Func<WriteTx, ValueTask<T>> work, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize((await Do(ctx, db, Key(ctx), body, work, type, 200, null)).Text, type)!;

    /// <summary>The same for a page's form that is sent twice: pressed again, or sent again by a browser that lost the answer.</summary>
    /// <param name="mark">Drawn anew for each form; where a form has none, it is done each time.</param>
    /// <param name="typed">All that was typed: with something else in it, the form is another.</param>
    public static async Task<T> Once<T>(HttpContext ctx, Database db, string? mark, string typed, Func<WriteTx, ValueTask<T>> work, JsonTypeInfo<T> type)
    {
        var body = Encoding.UTF8.GetBytes($"{mark}\n{typed}");
        var key = mark is { Length: > 0 and <= 64 } ? "form:" + Convert.ToHexStringLower(SHA256.HashData(body)) : null;
        return JsonSerializer.Deserialize((await Do(ctx, db, key, body, work, type, 200, null)).Text, type)!;
    }

    private static async Task<(int Code, string Text)> Do<T>(HttpContext ctx, Database db, string? key, ReadOnlyMemory<byte> body, Func<WriteTx, ValueTask<T>> work, JsonTypeInfo<T> type, int status, Func<T, T>? kept)
    {
        if (key is null)
            return (status, WireJson.Text(await db.Write(work, ctx.RequestAborted), type));
        var caller = ctx.Caller();
        var owner = caller.Id ?? caller.Ip ?? "";
        var request = RequestHash(ctx, body.Span);
        var now = ctx.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return await db.Write(async s =>
        {
            var oldest = now - (long)Kept.TotalMilliseconds;
            (string, object?)[] id = [("tenant", caller.TenantId), ("caller", owner), ("key", key)];
            await s.Execute("DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND caller = @caller AND key = @key AND created_at < @oldest", [.. id, ("oldest", oldest)]);
            // A second request waits here for the first one's transaction to end, on either engine.
            var claimed = await s.Execute(
                "INSERT INTO idempotency_keys (tenant_id, caller, key, request_hash, created_at, status, body) VALUES (@tenant, @caller, @key, @request, @now, 0, '') ON CONFLICT DO NOTHING",
                [.. id, ("request", request), ("now", now)]);
            if (claimed == 0)
            {
                var (hash, oldStatus, oldBody) = await s.One("SELECT request_hash, status, body FROM idempotency_keys WHERE tenant_id = @tenant AND caller = @caller AND key = @key",
                    r => (r.GetString(0), r.GetInt64(1), r.GetString(2)), id);
                return hash == request ? ((int)oldStatus, oldBody) : throw new Refusal(HttpErrors.IdempotencyReused);
            }
            var answer = await work(s);
            var json = WireJson.Text(answer, type);
            await s.Execute("UPDATE idempotency_keys SET status = @status, body = @body WHERE tenant_id = @tenant AND caller = @caller AND key = @key",
                [("status", (long)status), ("body", kept is null ? json : WireJson.Text(kept(answer), type)), .. id]);
            return (status, json);
        }, ctx.RequestAborted);
    }

    private static string? Key(HttpContext ctx)
    {
        var value = ctx.Request.Headers[Header].ToString();
        if (value.Length == 0)
            return null;
        return value.Length <= 128 && value.All(c => c is > ' ' and < '\x7f') ? value : throw Refusal.Field(Header, "field.idempotency_key");
    }

    private static string RequestHash(HttpContext ctx, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{ctx.Request.Method} {ctx.Request.Path}{ctx.Request.QueryString}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
