using System.Net;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;
using Gatehouse.Derp.Tls;
using Gatehouse.Derp.Transport;
using Gatehouse.Platform.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Derp.Server;

/// <summary>A running relay: devices connect to it and exchange packets; needs no database.</summary>
public sealed class DerpServer : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectIn = TimeSpan.FromSeconds(1), TryFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);
    private const int TrimEvery = 10, WorthCollecting = 1024 * 1024;
    private readonly DerpOptions _settings;
    private readonly DerpHub _hub;
    private readonly List<RelayLoop> _loops = [];
    private readonly TrustedProxies _proxies;
    private readonly AddressCounts _addresses;
    private readonly CancellationTokenSource _stop = new();
    private readonly RelayCertificate? _certificate;
    private readonly HttpPort _httpPort;
    private readonly WebApplication _web;
    private readonly AllowFile? _allowFile;
    private readonly Timer _tick;
    private StunServer? _stun;
    private int _ticks;
    private bool _disposed;

    private DerpServer(DerpOptions settings, ILoggerFactory logs)
    {
        _settings = settings;
        _proxies = new TrustedProxies(settings.TrustedProxies);
        _addresses = new AddressCounts(_proxies);
        var log = logs.CreateLogger<DerpServer>();
        Admission admission = settings.Admit is { } url ? new UrlAdmission(url, log) : new AllowList(settings.AllowFile is null ? "list" : "file");
        _hub = new DerpHub(settings.Identity is { } known ? Convert.FromHexString(known.Key) : DerpKey.LoadOrCreate(settings.Data), admission, settings.Limits, MemoryCeilings.Of(settings.Memory), log);
        _certificate = settings.Identity is { } own ? new OwnedCertificate(settings.Hostname, own.Certificate, own.CertificateKey, TimeProvider.System, log)
            : settings.SelfSigned ? new SelfSignedCertificate(settings.Data, settings.Hostname, TimeProvider.System, log)
            : settings.CertificateFile is { } file ? new GivenCertificate(file, settings.KeyFile!, settings.Hostname, settings.MetaCertificate ? _hub.PublicKey : null, TimeProvider.System, log) : null;
        _httpPort = new HttpPort(settings.Hostname, _hub, _proxies);
        _web = BuildWeb(logs);
        if (settings.AllowFile is { } path)
            _allowFile = AllowFile.Watch(path, _hub.Allow, log);
        _tick = new Timer(_ => Tick(), null, 1000, 1000);
    }

    private void Tick()
    {
        try
        {
            // Sockets have the clocks of their loops; streams have this one.
            _hub.Clients().OfType<StreamConnection>().ToList().ForEach(c => c.Tick(Environment.TickCount64));
            // What a load needed goes back when it is over; the collector would wait for the next.
            if (++_ticks % TrimEvery == 0 && BufferPool.Trim() > WorthCollecting)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
        catch (OutOfMemoryException e)
        {
            _hub.Fault(e);
        }
    }

    public string PublicKey => Convert.ToHexStringLower(_hub.PublicKey);

    /// <summary>The <c>CertName</c> of a self-signed relay; else null.</summary>
    public string? CertificateName => _certificate?.InForce.Name;

    /// <summary>The <c>CertName</c> that takes its place, and when; null while there is time.</summary>
    public (string Name, DateTimeOffset At)? NextCertificate => _certificate?.InForce is { NextName: { } name, NextAt: { } at } ? (name, at) : null;

    /// <summary>Where devices connect; known once it has started.</summary>
    public string Address => _web.Urls.First().Replace("http://", _settings.Tls ? "https://" : "http://", StringComparison.Ordinal);

    /// <summary>Where plain HTTP is beside TLS; null without.</summary>
    public string? HttpAddress => _settings.Http is null ? null : _web.Urls.ElementAt(1);

    /// <summary>Null without STUN.</summary>
    public int? StunPort => _stun?.Port;

    /// <summary>Where the control channel is; null without one.</summary>
    public string? ControlAddress => _settings.Control is null ? null : _settings.Control.SocketPath is { } path ? "unix:" + path : _web.Urls.Last();

    /// <summary>Cancelled when the process is told to end (SIGTERM, Ctrl+C).</summary>
    public CancellationToken Stopping => _web.Lifetime.ApplicationStopping;

    /// <summary>Starts a relay.</summary>
    /// <exception cref="ListenException">An address cannot be listened on.</exception>
    /// <exception cref="InvalidDataException">The key or the allow file is not one.</exception>
    /// <exception cref="IOException">The data folder or a file cannot be used.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The certificate cannot be used.</exception>
    public static async Task<DerpServer> Start(DerpOptions settings, ILoggerFactory logs, CancellationToken ct = default)
    {
        var server = new DerpServer(settings, logs);
        try
        {
            for (var i = 0; i < (settings.Loops ?? Environment.ProcessorCount); i++)
                server._loops.Add(new RelayLoop(i, server._hub.Fault));
            server._loops.ForEach(l => l.All = server._loops);
            if (settings.Stun is { } stun)
                server._stun = Listening.Tell(() => StunServer.Start(stun, open: settings.StunOpen), $"udp {stun}");
            if (settings.Control?.SocketPath is { } path)
                File.Delete(path);
            await Listening.Tell(() => server._web.StartAsync(ct), settings.Listen);
            server._certificate?.Watch();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private WebApplication BuildWeb(ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new PassedListenerFactory(_settings.Listen, others => Open(others, logs)));
        builder.WebHost.ConfigureKestrel(Configure);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var app = builder.Build();
        app.Use(Answered);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        var control = _settings.Control is null ? null : new ControlChannel(_hub, _settings.ControlToken!, _certificate);
        var web = new DerpWeb(_hub, _settings.ControlToken, () => _stun, _certificate, control, _proxies, _addresses, _stop.Token);
        app.Run(ctx => HttpPort.IsMarked(ctx) ? _httpPort.Answer(ctx) : web.Answer(ctx));
        return app;
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestBodySize = ControlChannel.MaxBody;
        // A device that has nothing to say is no slow client.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(_settings.Listen, listen =>
        {
            // WebSocket and DERP are upgrades of HTTP/1.1.
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(Counted);
        });
        // Second of all addresses, and the control channel's last.
        if (_settings.Http is { } http)
            kestrel.Listen(http, _httpPort.Listen);
        if (_settings.Control is { SocketPath: { } path })
            kestrel.ListenUnixSocket(path, ControlChannel.Mark);
        else if (_settings.Control is { EndPoint: { } endPoint })
            kestrel.Listen(endPoint, ControlChannel.Mark);
    }

    // As many take connections as there are loops, beside them: the system shares the processors among handshakes and packets.
    private ConnectionListener Open(Action<ConnectionContext> others, ILoggerFactory logs)
    {
        var log = logs.CreateLogger<ConnectionListener>();
        return new(_settings.Listen, () => [.. _loops.Select((_, i) => new ConnectionAcceptor(i, _hub, _loops, _addresses, _proxies, _certificate?.Tls, others, log))], log);
    }

    // Whoever asks something else than to be a device has the web server's deadlines between its requests.
    private static RequestDelegate Answered(RequestDelegate next) => async ctx =>
    {
        await next(ctx);
        ctx.Features.Get<PendingConnection>()?.Answered();
    };

    // The door has counted it when it came in.
    private ConnectionDelegate Counted(ConnectionDelegate next) => async connection =>
    {
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Features.Get<PendingConnection>()?.Leave();
            _addresses.Leave(Sockets.Plain(((IPEndPoint)connection.RemoteEndPoint!).Address));
        }
    };

    /// <summary>Puts another list of devices in force and cuts those whom it leaves out; returns how many connections that were. For a relay that has a list and asks nobody.</summary>
    public int Allow(IEnumerable<string> keys) => _hub.Allow(false, keys.Select(text => NodeKey.TryParse(text, out var key) ? key : throw new ArgumentException("not a node key", nameof(keys))));

    /// <summary>Puts other limits in force, for those who are connected too.</summary>
    public void Limit(Func<DerpLimits, DerpLimits> change) => _hub.Limit(change);

    /// <summary>What has been counted in this run, and who is connected.</summary>
    public DerpState State() => _hub.State(null, ProgramVersion.Current);

    /// <summary>The devices that were refused after that (<see cref="Environment.TickCount64"/>) for not being on the list: the last few, the last one first.</summary>
    public IReadOnlyList<RefusedDevice> Refused(long after) => _hub.Refused.Since(after);

    /// <summary>Reads again what stands in files: the certificate and the list of devices. Nobody is cut off but whom the list leaves out.</summary>
    public void Reread()
    {
        _certificate?.Look(atOnce: true);
        _allowFile?.Reread();
    }

    /// <summary>Tells the devices to come back in a moment, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_hub.Stop(ReconnectIn, TryFor) > 0)
            await Task.Delay(LastWords);
        await _stop.CancelAsync();
        await _tick.DisposeAsync();
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        // It tells the loops whose turn it is.
        _hub.Share.Dispose();
        _loops.ForEach(l => l.Stop());
        _loops.ForEach(l => l.Dispose());
        if (_stun is not null)
            await _stun.DisposeAsync();
        _allowFile?.Dispose();
        (_hub.Admission as IDisposable)?.Dispose();
        _certificate?.Dispose();
        _stop.Dispose();
    }
}
