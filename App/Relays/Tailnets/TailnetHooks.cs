using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Tailnets;

/// <summary>Where a tailnet says that something has happened in it. What it says is no more than a reason to look: it holds no keys.</summary>
public static class TailnetHooks
{
    private const string Header = "Tailscale-Webhook-Signature";
    private const long Drift = 300;

    internal static string Path(string rental) => "/hooks/tailnet/" + rental;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/hooks/tailnet/{rental}", Take).OpenToAll(asks: false).RequireRateLimiting(RateLimits.Api).ExcludeFromDescription().TakesFormsFromElsewhere();

    // It says the same of what is unknown and of what is not signed: the page says when one came that was.
    private static async Task Take(HttpContext ctx, string rental, Database db, SecretBox box, TailnetSync sync, TimeProvider clock)
    {
        var (body, now) = (await RequestBody.Bytes(ctx), clock.GetUtcNow());
        var known = rental.Length <= 64 ? await db.Read(s => TailnetStore.Find(s, rental), ctx.RequestAborted) : null;
        var good = known is not null && box.OpenTailnet(known.Hook) is { } secret && Signed(secret, ctx.Request.Headers[Header].ToString(), body, now.ToUnixTimeSeconds());
        if (good)
            await db.Write(async s =>
            {
                await TailnetStore.Heard(s, rental, now.ToUnixTimeMilliseconds());
                await sync.Hurry(s, rental, now.ToUnixTimeMilliseconds());
            }, ctx.RequestAborted);
        ctx.Response.ContentType = "text/plain; charset=utf-8";
        await ctx.Response.WriteAsync("ok\n", ctx.RequestAborted);
    }

    /// <summary>Is it signed, and not long ago? <c>t=UNIX,v1=HEX[,v1=HEX]</c>: HMAC-SHA256 over the time, a dot and the body, by the secret as it is. Source: Tailscale's documentation of webhooks.</summary>
    internal static bool Signed(string secret, string header, ReadOnlySpan<byte> body, long now)
    {
        if (header.Length > 2000)
            return false;
        var parts = header.Split(',', StringSplitOptions.TrimEntries).Select(p => p.Split('=', 2)).Where(p => p.Length == 2).ToList();
        if (parts.Find(p => p[0] == "t") is not { } at || !long.TryParse(at[1], NumberStyles.None, CultureInfo.InvariantCulture, out var when) || Math.Abs(now - when) > Drift)
            return false;
        var right = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes(at[1] + "."), .. body]);
        var text = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(right));
        return parts.Exists(p => p[0] == "v1" && CryptographicOperations.FixedTimeEquals(text, Encoding.ASCII.GetBytes(p[1])));
    }
}
