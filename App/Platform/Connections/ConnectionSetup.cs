using System.Net;
using Gatehouse.Platform.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gatehouse.Platform.Connections;

/// <summary>Puts the gate in front of Kestrel.</summary>
public static partial class ConnectionSetup
{
    /// <summary>Call it after Kestrel's own set-up, whose listeners it takes the place of.</summary>
    public static void AddConnectionLimits(this WebApplicationBuilder builder, IConfiguration config)
    {
        builder.WebHost.ConfigureKestrel(StrictHeads.Apply);
        builder.Services.AddSingleton(new ConnectionGate(ConnectionLimits.Of(config), TimeProvider.System));
        builder.Services.AddHostedService<ConnectionKeeper>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(s =>
            new GatedListenerFactory(s.GetRequiredService<ConnectionGate>(), TlsPorts(config), s.GetRequiredService<ILoggerFactory>()));
    }

    /// <summary>Lets the gate know which connections have a request under way.</summary>
    public static void UseConnectionLimits(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<ConnectionGate>();
        app.Use((ctx, next) => ctx.Features.Get<ConnectionPlace>() is { } place ? Counted(ctx, next, gate, place) : next(ctx));
    }

    /// <summary>Tells how many connections there is room for, where that is fewer than was asked for.</summary>
    public static void TellConnectionLimits(this WebApplication app, ILogger log)
    {
        var (room, wanted) = (app.Services.GetRequiredService<ConnectionGate>().Limits.Total, ConfigOptions.Number(app.Configuration, "Connections:Total"));
        if (room < wanted)
            Fewer(log, room, wanted);
    }

    private static async Task Counted(HttpContext ctx, RequestDelegate next, ConnectionGate gate, ConnectionPlace place)
    {
        place.Begin();
        try
        {
            await next(ctx);
        }
        finally
        {
            gate.Answered(place);
        }
    }

    private static HashSet<int> TlsPorts(IConfiguration config) =>
        [.. ConfigRules.Addresses(ConfigOptions.Value(config, "Server:Urls")).Select(BindingAddress.Parse).Where(a => a.Scheme == "https").Select(a => a.Port)];

    private sealed class GatedListenerFactory(ConnectionGate gate, HashSet<int> tlsPorts, ILoggerFactory logs) : IConnectionListenerFactory
    {
        // Kestrel's own lets 1 MB wait of each.
        private const int MaxReadBuffer = 64 * 1024;
        private readonly Refusals _refusals = new();

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new GatedListener(
            endpoint, gate, new SocketConnectionFactoryOptions { MaxReadBufferSize = MaxReadBuffer },
            endpoint is IPEndPoint ip && tlsPorts.Contains(ip.Port) ? null : _refusals, logs.CreateLogger<GatedListener>()));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Room for {Room} connections at once, not {Wanted} (Connections:Total): more need more open files (ulimit -n) or more memory")]
    private static partial void Fewer(ILogger log, int room, int wanted);
}
