using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Platform.Hosting;

/// <summary>The server cannot listen on an address it was given.</summary>
public sealed class ListenException(string message, Exception inner) : Exception(message, inner);

/// <summary>The web server, set up from the options.</summary>
public static class KestrelSetup
{
    private const long MaxBody = 1024 * 1024;
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(10);

    /// <summary>Its addresses, and what a request and a connection may take.</summary>
    public static void AddKestrel(this WebApplicationBuilder builder, IConfiguration config)
    {
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(ConfigRules.Addresses(ConfigOptions.Value(config, "Server:Urls")));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            // What one connection may keep in memory: heads and bodies that are on their way, streams that are open at once.
            kestrel.Limits.MaxRequestBufferSize = 64 * 1024;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1024, TimeSpan.FromSeconds(10));
            kestrel.Limits.Http2.MaxStreamsPerConnection = 32;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 128 * 1024;
            kestrel.Limits.Http2.InitialStreamWindowSize = 96 * 1024;
        });
        builder.Services.Configure<HostOptions>(o =>
        {
            o.ShutdownTimeout = ShutdownTime;
            // One that fails is logged, and the rest goes on: the default ends the process.
            o.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
    }

    /// <summary>Believes X-Forwarded-For and X-Forwarded-Proto from the configured proxies and from nobody else.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var networks = ConfigRules.Networks(ConfigOptions.Value(app.Configuration, "Server:TrustedProxies")).ToList();
        if (networks.Count == 0)
            return;
        // No limit on the hops: the first address from the right that is no trusted proxy is the client.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        networks.ForEach(options.KnownIPNetworks.Add);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="ListenException">An address is in use, not this machine's, or needs more rights.</exception>
    public static async Task Listen(this WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await End(app);
            throw new ListenException($"Another program already listens there: {Short(e)}. Stop it, or give other addresses with --urls.", e);
        }
        catch (SocketException e)
        {
            await End(app);
            throw new ListenException(
                $"{ConfigOptions.Value(app.Configuration, "Server:Urls")} cannot be listened on: {e.Message}. " + (e.SocketErrorCode == SocketError.AccessDenied
                    ? "Ports below 1024 need the right CAP_NET_BIND_SERVICE." : "Is it an address of this machine? Give others with --urls."), e);
        }
    }

    // What runs in the background has begun already and would report being cut off.
    private static Task End(WebApplication app) => app.StopAsync(CancellationToken.None);

    private static string Short(IOException e) => e.Message.Replace("Failed to bind to address ", "").TrimEnd('.');
}
