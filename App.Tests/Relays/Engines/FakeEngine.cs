using System.Collections.Concurrent;
using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>An engine that answers as it is told: what a real one does only when it is broken, old or of another make.</summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private WebApplication _app = null!;

    /// <summary>By method and path without its version; whatever has none is answered with 404.</summary>
    public Dictionary<string, Func<HttpContext, Task>> Answers { get; } = [];

    /// <summary>Who answers in its stead: by the path without its version, and what was sent.</summary>
    public Func<HttpContext, string, byte[], Task>? Else { get; set; }

    /// <summary>All that was asked, in its order, with the version.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public UnixAddress Address => new(_folder.File("engine.sock"));

    public static async Task<FakeEngine> Start(string api = "1.47", string least = "1.24")
    {
        var made = new FakeEngine();
        made.Says("GET /version", 200, $$"""{"Version":"27.5.1","ApiVersion":"{{api}}","MinAPIVersion":"{{least}}","Arch":"amd64","Os":"linux"}""");
        made.Says("GET /info", 200, """{"ServerVersion":"27.5.1","NCPU":2,"MemTotal":1000,"MemoryLimit":true,"PidsLimit":true,"SecurityOptions":["name=rootless"],"Warnings":["WARNING: No swap limit support"]}""");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.ListenUnixSocket(made.Address.Path);
            k.Limits.MaxRequestBodySize = null;
        });
        made._app = builder.Build();
        made._app.Run(async ctx =>
        {
            made.Asked.Enqueue($"{ctx.Request.Method} {ctx.Request.Path}");
            var path = ctx.Request.Path.Value!;
            if (path.StartsWith("/v1.", StringComparison.Ordinal))
                path = path[path.IndexOf('/', 1)..];
            using var body = new MemoryStream();
            await ctx.Request.Body.CopyToAsync(body);
            if (made.Else is { } other)
                await other(ctx, path, body.ToArray());
            else if (made.Answers.TryGetValue($"{ctx.Request.Method} {path}", out var answer))
                await answer(ctx);
            else
                await Say(ctx, 404, """{"message":"page not found"}""");
        });
        await made._app.StartAsync();
        return made;
    }

    public void Says(string call, int status, string body) => Answers[call] = ctx => Say(ctx, status, body);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task Say(HttpContext ctx, int status, string body)
    {
        ctx.Response.StatusCode = status;
        ctx.Response.ContentType = body.StartsWith('{') ? "application/json" : "text/plain";
        await ctx.Response.WriteAsync(body);
    }
}
