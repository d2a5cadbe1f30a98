using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>A request as a vendor's server sees it.</summary>
/// <param name="Target">Path and query as they came.</param>
public sealed record Got(string Method, string Target, string Host, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Path => Target.Split('?')[0];

    public string Query => Target.Contains('?', StringComparison.Ordinal) ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";
}

/// <summary>A vendor's server on loopback, which answers as a test says.</summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Gateway(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public ConcurrentQueue<Got> All { get; } = new();

    public Func<Got, Task<(int Status, string Body)>> Answer { get; set; } = _ => Task.FromResult((200, "ok"));

    public Dictionary<string, string> AnswerHeaders { get; } = [];

    public void Says(int status, string body) => Answer = _ => Task.FromResult((status, body));

    public static async Task<Gateway> Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var gateway = new Gateway(app);
        app.Run(gateway.Take);
        await app.StartAsync();
        return gateway;
    }

    private async Task Take(HttpContext ctx)
    {
        using var reader = new StreamReader(ctx.Request.Body);
        var got = new Got(ctx.Request.Method, ctx.Features.Get<IHttpRequestFeature>()!.RawTarget, ctx.Request.Host.Value!,
            ctx.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync());
        var (status, body) = await Answer(got);
        All.Enqueue(got);
        foreach (var (name, value) in AnswerHeaders)
            ctx.Response.Headers[name] = value;
        ctx.Response.StatusCode = status;
        if (status != 204)
            await ctx.Response.WriteAsync(body);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(true));
        await _app.DisposeAsync();
    }
}
