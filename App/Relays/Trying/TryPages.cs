using System.Globalization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Relays.Trying;

/// <summary><c>/admin/servers/tries/{key}</c>: how far a server that is being tried has come, for the page that waits for it.</summary>
public sealed class TryPages(TryWatch watch, PageRenderer pages, IHostApplicationLifetime life)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    // A stream ends so often: the page begins another.
    private const int Looks = 80;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(ServerPages.Tries).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(RelayPermissions.ServersWrite);
        group.MapGet("/{key}", (HttpContext ctx, string key, TryPages own) => own.Show(ctx, key));
        group.MapGet("/{key}/live", (HttpContext ctx, string key, TryPages own) => own.Live(ctx, key));
    }

    private Task Show(HttpContext ctx, string key) => pages.Render<TryPage, TryModel>(ctx, new(key, watch.Of(ctx.Caller().TenantId, key).At));

    // Server-sent events: one when it has come further. The stream ends by itself, and the page comes back with where it was.
    private async Task Live(HttpContext ctx, string key)
    {
        var (tenant, came) = (ctx.Caller().TenantId, long.TryParse(ctx.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id));
        ctx.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        ctx.Response.ContentType = "text/event-stream";
        ctx.Response.Headers.CacheControl = "no-store";
        ctx.Response.Headers["X-Accel-Buffering"] = "no";
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ctx.RequestAborted, life.ApplicationStopping);
        try
        {
            var seq = watch.Of(tenant, key).Seq;
            for (var looks = 0; came && seq <= id && looks < Looks; looks++)
            {
                await Task.Delay(Look, ends.Token);
                seq = watch.Of(tenant, key).Seq;
            }
            await ctx.Response.WriteAsync(!came ? $"retry: 500\nid: {seq}\nevent: hello\ndata: {seq}\n\n" : seq > id ? $"retry: 500\nid: {seq}\nevent: moved\ndata: {seq}\n\n" : ": still\n\n", ends.Token);
            await ctx.Response.Body.FlushAsync(ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The page was left, or the server goes.
        }
    }
}

/// <param name="At">Null: nothing is tried.</param>
public sealed record TryModel(string Key, TryProgress? At);
