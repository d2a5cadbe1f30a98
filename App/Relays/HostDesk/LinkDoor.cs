using Gatehouse.Platform.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Relays.HostDesk;

/// <summary>
/// Where containers on the appliance's own machine dial in: a socket in a folder that is mounted into them. Nothing but links is served there.
/// Nobody else gets to it, since the data folder is for its owner alone.
/// </summary>
public sealed class LinkDoor(DataFolder data, IServiceProvider services, ILoggerFactory logs) : IAsyncDisposable
{
    private const string Folder = "link", Name = "appliance.sock";
    // The path of a socket has 107 bytes at most.
    private const int LongestPath = 107;
    private const UnixFileMode Seen = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode Used = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private readonly SemaphoreSlim _one = new(1);
    private WebApplication? _app;

    /// <summary>The socket's path where the folder is mounted at that place.</summary>
    public static string In(string mounted) => $"{mounted}/{Name}";

    /// <summary>Opens it, if it is not open yet; returns the folder.</summary>
    /// <exception cref="IOException">It cannot be opened: the folder's path is too long, or it cannot be written to.</exception>
    public async Task<string> Open(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var folder = Path.Combine(data.Path, Folder);
            if (_app is not null)
                return folder;
            var socket = In(folder);
            if (System.Text.Encoding.UTF8.GetByteCount(socket) > LongestPath)
                throw new IOException($"{socket} is too long for a socket.");
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, Seen);
            // What a process that was killed left behind.
            File.Delete(socket);
            var app = Build(socket);
            await app.StartAsync(ct);
            File.SetUnixFileMode(socket, Used);
            _app = app;
            return folder;
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _one.Dispose();
    }

    private WebApplication Build(string socket)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.Run(async ctx =>
        {
            if (!await LinkEndpoint.Serve(ctx, services))
                ctx.Response.StatusCode = StatusCodes.Status401Unauthorized;
        });
        return app;
    }
}
