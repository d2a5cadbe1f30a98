using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Platform.Hosting;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Links;

namespace Gatehouse.Relays.Hosts;

/// <summary>A host's way to its appliance: it dials, again and again with a growing pause, tells how the relays do and takes orders.</summary>
public sealed partial class HostLine(RelayHost host, ILogger<HostLine> log)
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(15), FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(60);
    private const int LastWords = 30;
    private int _sampleSeconds;
    private bool _open;

    /// <summary>Runs a host with its line until it is told to stop; what was counted last is told while there is somebody to tell.</summary>
    public static async Task Serve(RelayHost host, ILoggerFactory logs, CancellationToken stop)
    {
        var line = new HostLine(host, logs.CreateLogger<HostLine>());
        using var end = new CancellationTokenSource();
        var dialling = line.Run(end.Token);
        await host.Run(stop);
        for (var i = 0; i < LastWords && Volatile.Read(ref line._open) && host.Last.Uncounted; i++)
            await Task.Delay(100, CancellationToken.None);
        await end.CancelAsync();
        await dialling;
    }

    private async Task Run(CancellationToken end)
    {
        for (var pause = FirstPause; !end.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var why = "it ended the link";
            try
            {
                await Once(end);
            }
            catch (Exception e) when (e is LinkException or WebSocketException or HttpRequestException or IOException or OperationCanceledException)
            {
                // However a line tears when it is let go of.
                if (end.IsCancellationRequested)
                    return;
                why = e.InnerException is { } inner && e is not LinkException ? $"{e.Message} {inner.Message}" : e.Message;
            }
            finally
            {
                if (Volatile.Read(ref _open))
                    pause = FirstPause;
                Volatile.Write(ref _open, false);
            }
            Away(log, host.Join.Url, why, host.Lease.Holds() ? "The relays go on with what they know" : "The relays admit nobody until it is heard again");
            // Not all of an appliance's hosts at once.
            await Task.WhenAny(Task.Delay(pause * (0.5 + Random.Shared.NextDouble() / 2), end));
        }
    }

    /// <summary>Dials once, and serves the link until it ends.</summary>
    internal async Task Once(CancellationToken end)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", "Bearer " + host.Join.Secret);
        using var local = host.Join.Socket is { } path ? Local(path) : null;
        // A socket has no certificate to look at.
        if (local is null)
            socket.Options.RemoteCertificateValidationCallback = (_, shown, _, wrong) => wrong == System.Net.Security.SslPolicyErrors.None || shown is X509Certificate2 own && host.Join.Pin == PinOf(own);
        using (var late = CancellationTokenSource.CreateLinkedTokenSource(end))
        {
            late.CancelAfter(ConnectWithin);
            try
            {
                await socket.ConnectAsync(host.Join.Link, local, late.Token);
            }
            catch (WebSocketException e) when (socket.HttpStatusCode == HttpStatusCode.Unauthorized)
            {
                throw new LinkException("it does not know this host's join token any more: make a new one on the server's page, and start this host with it", e);
            }
        }
        using var link = new LinkSocket(socket, LinkSocket.Silence);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(end);
        host.Begin();
        Volatile.Write(ref _sampleSeconds, 0);
        var (tells, hears) = (Tell(link, cut.Token), Hear(link, cut.Token));
        var ended = await Task.WhenAny(tells, hears);
        await cut.CancelAsync();
        await Task.WhenAll(tells, hears).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await link.Close("The link is over.");
        await ended;
    }

    // The appliance's own socket, mounted into a container.
    private static HttpMessageInvoker Local(string path) => new(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });

    private async Task Hear(LinkSocket link, CancellationToken ct)
    {
        while (await link.Receive(LinkJson.Default.LinkOrders, ct) is { } orders)
        {
            host.Take(orders);
            if (Interlocked.Exchange(ref _sampleSeconds, Math.Clamp(orders.SampleSeconds, 1, 3600)) == 0)
            {
                Volatile.Write(ref _open, true);
                Connected(log, host.Join.Url);
                host.Told.Wake();
            }
        }
    }

    private async Task Tell(LinkSocket link, CancellationToken ct)
    {
        var (told, first, saidAt, sampledAt) = ((RelayHost.HostStates?)null, true, 0L, (long?)null);
        while (true)
        {
            var sample = Volatile.Read(ref _sampleSeconds);
            var due = sample > 0 && (sampledAt is not { } last || TimeProvider.System.GetElapsedTime(last) >= TimeSpan.FromSeconds(sample) || host.Last.Untold);
            var states = host.States;
            // What there is no room for is told when it tries again.
            var refused = sample > 0 ? host.Refused().Take(RefusedBook.MostAtOnce).ToList() : [];
            if (first || due || refused.Count > 0 || states != told || TimeProvider.System.GetElapsedTime(saidAt) >= LinkSocket.Beat)
            {
                var (readings, mark) = due ? host.Readings() : ([], 0);
                await link.Send(new(states.Seq, host.Lease.Now(), first ? ProgramVersion.Current : null, states != told ? states.Relays : null, readings, mark, refused.Count > 0 ? refused : null), LinkJson.Default.LinkReport, ct);
                (told, first, saidAt, sampledAt) = (states, false, TimeProvider.System.GetTimestamp(), due ? TimeProvider.System.GetTimestamp() : sampledAt);
            }
            await host.Told.Wait(TimeSpan.FromSeconds(1), ct);
        }
    }

    private static string PinOf(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected with {Appliance}")]
    private static partial void Connected(ILogger log, string appliance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The appliance at {Appliance} is away: {Why}. {Then}")]
    private static partial void Away(ILogger log, string appliance, string why, string then);
}
