using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Probe;

/// <summary>Comes to a DERP server as a client does, step by step, and says which step fails and why.</summary>
public sealed class DerpProber
{
    private const string Tcp = "tcp";
    private const string Tls = "tls";
    private const string Certificate = "certificate";
    private const string StunV4 = "stun_v4";
    private const string StunV6 = "stun_v6";
    private const string Handshake = "handshake";
    private const string Ping = "ping";
    private const string Relay = "relay";
    private const int PacketSize = 8;

    /// <summary>The steps' names, in their order.</summary>
    public static readonly IReadOnlyList<string> Steps = [Tcp, Tls, Certificate, StunV4, StunV6, Handshake, Ping, Relay];

    private readonly ProbeTarget _target;
    private readonly CancellationToken _ct;
    private readonly ReadOnlyMemory<byte>[] _keys;
    private readonly List<ProbeStep> _steps = [];
    // Which steps did not come about, and through which one's failure.
    private readonly Dictionary<string, string> _blocked = [];
    private IPAddress[] _addresses = [];

    private DerpProber(ProbeTarget target, CancellationToken ct)
    {
        _target = target;
        _ct = ct;
        _keys = target.Keys.Count > 0 ? [.. target.Keys] : [RandomNumberGenerator.GetBytes(Box.KeySize), RandomNumberGenerator.GetBytes(Box.KeySize)];
    }

    /// <summary>Takes every step that the earlier ones allow. What goes wrong is in the report, not thrown.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; every connection is closed.</exception>
    public static Task<ProbeReport> Probe(ProbeTarget target, CancellationToken ct) => new DerpProber(target, ct).Run();

    // What a step found; without a time of its own, the whole step's counts.
    private sealed record Found(string Detail, TimeSpan? Time = null, ProbeResult Result = ProbeResult.Ok);

    private async Task<ProbeReport> Run()
    {
        await using var line = new DerpLine(_target);
        await Step(Tcp, null, async ct =>
        {
            _addresses = await line.Resolve(ct);
            await line.Dial(_addresses, ct);
            return new Found(line.RemoteEndPoint);
        });
        await Step(Tls, Tcp, async ct => _target.Tls ? new Found(await line.StartTls(ct)) : Skip("plain HTTP"));
        await Step(Certificate, Tls, _ =>
        {
            if (line.Certificate is not { } certificate)
                return Task.FromResult(Skip("plain HTTP"));
            var (result, detail) = certificate.Judge(_target, TimeProvider.System.GetUtcNow());
            return Task.FromResult(new Found(detail, TimeSpan.Zero, result));
        });
        await Step(StunV4, null, ct => Stun(AddressFamily.InterNetwork, "IPv4", ct));
        await Step(StunV6, null, ct => Stun(AddressFamily.InterNetworkV6, "IPv6", ct));
        DerpClient? client = null;
        if (_target.Enters)
        {
            await Step(Handshake, Certificate, async ct =>
            {
                client = await line.Connect(_keys[0], ct);
                return new Found($"the relay's key is {client.ServerKey.Hex()}");
            });
            await Step(Ping, Handshake, ct => SendPing(client!, ct));
            await Step(Relay, Handshake, ct => SendPacket(client!, ct));
        }
        return new ProbeReport(_target.Authority, _steps)
        {
            CertName = line.Certificate?.CertName,
            CertExpiresAt = line.Certificate?.ExpiresAt,
            RelayKey = client?.ServerKey.Hex(),
        };
    }

    private async Task<Found> Stun(AddressFamily family, string name, CancellationToken ct)
    {
        if (_target.StunPort <= 0)
            return Skip("switched off");
        if (_addresses.Length == 0)
            return Skip("the name was not resolved");
        if (_addresses.FirstOrDefault(a => a.AddressFamily == family) is not { } address)
            return Skip($"the host has no {name} address");
        var server = new IPEndPoint(address, _target.StunPort);
        using var socket = await StunProbe.Open(server, ct);
        if (socket is null)
            return Skip($"this machine has no {name}");
        try
        {
            // It keeps to the step's time by itself, and so can say what was missing.
            if (await StunProbe.Ask(socket, _target.Patience, _ct) is not var (trip, seen, sent))
                return Fail($"no answer over UDP from {server}");
            return new Found($"seen as {seen}" + (sent > 1 ? $", after {sent} tries" : ""), trip);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return Fail($"nobody listens on UDP {server}");
        }
    }

    private static async Task<Found> SendPing(DerpClient client, CancellationToken ct)
    {
        var data = RandomNumberGenerator.GetBytes(PacketSize);
        var sent = Stopwatch.GetTimestamp();
        await client.Send(FrameType.Ping, data, ct);
        while (true)
        {
            var frame = await client.Receive(ct);
            if (frame.Type == FrameType.Pong)
                return frame.Payload.AsSpan().SequenceEqual(data) ? new Found("pong", Stopwatch.GetElapsedTime(sent))
                    : throw new DerpException("the pong carries other bytes than the ping");
            Gone(frame, null);
        }
    }

    private async Task<Found> SendPacket(DerpClient client, CancellationToken ct)
    {
        if (_keys.Length == 1)
            return await Pass(client, client, "to itself", ct);
        await using var line = new DerpLine(_target);
        await line.Dial(_addresses, ct);
        if (_target.Tls)
            await line.StartTls(ct);
        if (line.Certificate?.Judge(_target, TimeProvider.System.GetUtcNow()) is (ProbeResult.Failed, var fault))
            return Fail($"the second connection's certificate: {fault}");
        var other = await line.Connect(_keys[1], ct);
        return await Pass(client, other, "from one key to another", ct);
    }

    private static async Task<Found> Pass(DerpClient from, DerpClient to, string way, CancellationToken ct)
    {
        var packet = RandomNumberGenerator.GetBytes(PacketSize);
        var sent = Stopwatch.GetTimestamp();
        await from.SendPacket(to.Key, packet, ct);
        while (true)
        {
            var frame = await to.Receive(ct);
            Gone(frame, from.Key);
            // Others who know the key may send to it too.
            if (frame.Type != FrameType.ReceivePacket || new NodeKey(frame.Payload) != from.Key)
                continue;
            return frame.Payload.AsSpan(NodeKey.Size).SequenceEqual(packet) ? new Found($"{PacketSize} bytes {way}", Stopwatch.GetElapsedTime(sent))
                : throw new DerpException("the packet came out altered");
        }
    }

    private static void Gone(DerpFrame frame, NodeKey? peer)
    {
        if (frame.Type == FrameType.Restarting)
            throw new DerpException("the relay is restarting");
        if (frame.Type == FrameType.PeerGone && new NodeKey(frame.Payload) == peer)
            throw new DerpException("the relay says that the sending key is gone");
    }

    private static Found Skip(string why) => new(why, TimeSpan.Zero, ProbeResult.Skipped);

    private static Found Fail(string why) => new(why, null, ProbeResult.Failed);

    private async Task Step(string name, string? needs, Func<CancellationToken, Task<Found>> take)
    {
        if (needs is not null && _blocked.TryGetValue(needs, out var why))
        {
            _blocked[name] = why;
            _steps.Add(new ProbeStep(name, ProbeResult.Skipped, 0, why));
            return;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        limit.CancelAfter(_target.Patience);
        var begun = Stopwatch.GetTimestamp();
        Found found;
        try
        {
            found = await take(limit.Token);
        }
        catch (OperationCanceledException) when (!_ct.IsCancellationRequested)
        {
            found = Fail(string.Create(CultureInfo.InvariantCulture, $"no answer within {_target.Patience.TotalSeconds:0.#} s"));
        }
        catch (Exception e) when (e is DerpException or SocketException or IOException or AuthenticationException)
        {
            // What TLS says by itself is "see the inner exception".
            found = Fail(e is AuthenticationException { InnerException: { } inner } ? $"{e.Message} {inner.Message}" : e.Message);
        }
        if (found.Result == ProbeResult.Failed)
            _blocked[name] = $"{name} failed";
        var time = found.Time ?? Stopwatch.GetElapsedTime(begun);
        _steps.Add(new ProbeStep(name, found.Result, Math.Round(time.TotalMilliseconds, 3), found.Detail));
    }
}
