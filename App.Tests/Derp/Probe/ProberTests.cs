using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Probe;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Tests.Derp.Probe;

/// <summary>The prober against relays that are right, and wrong in one way each.</summary>
public sealed class ProberTests
{
    [Fact]
    public async Task A_relay_without_fault_passes_every_step_over_plain_HTTP()
    {
        await using var relay = new FakeRelay();
        await using var stun = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0));
        var report = await Probe(Plain(relay) with { StunPort = stun.Port });
        Assert.True(report.Ok, Message(report));
        Assert.Equal(["tcp", "tls", "certificate", "stun_v4", "stun_v6", "handshake", "ping", "relay"], report.Steps.Select(s => s.Name));
        Assert.Equal(report.Steps.Select(s => s.Name), DerpProber.Steps);
        Assert.Equal(["tls", "certificate", "stun_v6"], report.Steps.Where(s => s.Result == ProbeResult.Skipped).Select(s => s.Name));
        Assert.All(report.Steps, s => Assert.True(s.Result == ProbeResult.Ok == s.Ms > 0, Message(report)));
        Assert.Contains("127.0.0.1:", Step(report, "stun_v4").Detail);
        Assert.Equal(relay.PublicKey, report.RelayKey);
        Assert.Equal($"127.0.0.1:{relay.Port}", report.Target);
        Assert.Null(report.CertName);
    }

    [Fact]
    public async Task It_says_what_clients_say_and_answers_pings()
    {
        await using var relay = new FakeRelay();
        await Probe(Plain(relay));
        Assert.Equal(2, relay.Keys.Distinct().Count());
        Assert.All(relay.Heads, h => Assert.Contains($"\r\nHost: 127.0.0.1:{relay.Port}\r\n", h));
        using var info = JsonDocument.Parse(relay.Infos.First());
        Assert.Equal(2, info.RootElement.GetProperty("version").GetInt32());
        Assert.True(info.RootElement.GetProperty("CanAckPings").GetBoolean());
        Assert.True(info.RootElement.GetProperty("IsProber").GetBoolean());
        Assert.Contains("0102030405060708", relay.Pongs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task It_comes_by_the_keys_it_was_given(int count)
    {
        var keys = Enumerable.Range(0, count).Select(_ => RandomNumberGenerator.GetBytes(32)).ToArray();
        await using var relay = new FakeRelay();
        var report = await Probe(Plain(relay) with { Keys = [.. keys] });
        Assert.True(report.Ok, Message(report));
        Assert.Equal(keys.Select(k => Convert.ToHexStringLower(Box.PublicKey(k))), relay.Keys);
        Assert.Contains(count == 1 ? "to itself" : "from one key to another", Step(report, "relay").Detail);
    }

    [Theory]
    [InlineData(Quirk.Silent, "handshake", "no answer within 1 s")]
    [InlineData(Quirk.NotHttp, "handshake", "GET /derp was answered \"SSH-2.0-OpenSSH_9.2\"")]
    [InlineData(Quirk.WantsNoUpgrade, "handshake", "GET /derp was answered \"HTTP/1.1 426 Upgrade Required\"")]
    [InlineData(Quirk.EndlessHead, "handshake", "has no end")]
    [InlineData(Quirk.SilentAfterUpgrade, "handshake", "no answer within")]
    [InlineData(Quirk.WrongMagic, "handshake", "greeting is not that of a DERP server")]
    [InlineData(Quirk.Refuses, "handshake", "the relay refused the key nodekey:")]
    [InlineData(Quirk.RefusesSaying, "handshake", ": the quota? is used up")]
    [InlineData(Quirk.WrongSeal, "handshake", "not sealed with the key")]
    [InlineData(Quirk.InfoIsNoJson, "handshake", "ServerInfo is not JSON")]
    [InlineData(Quirk.ClosesAfterHandshake, "ping", "the relay closed the connection")]
    [InlineData(Quirk.Restarts, "ping", "the relay is restarting")]
    [InlineData(Quirk.HugeFrame, "ping", "announced a frame of 2147483647 bytes")]
    [InlineData(Quirk.ShortPacket, "ping", "too short to hold a key")]
    [InlineData(Quirk.NoPong, "ping", "no answer within")]
    [InlineData(Quirk.WrongPong, "ping", "other bytes than the ping")]
    [InlineData(Quirk.LosesPackets, "relay", "no answer within")]
    [InlineData(Quirk.AltersPackets, "relay", "altered")]
    public async Task The_step_that_fails_is_named_with_the_reason(Quirk quirk, string step, string says)
    {
        await using var relay = new FakeRelay(quirk);
        var report = await Patiently(p => Probe(Plain(relay) with { Patience = says.StartsWith("no answer", StringComparison.Ordinal) ? p : TimeSpan.FromSeconds(30) }),
            r => r.Steps.FirstOrDefault(s => s.Result == ProbeResult.Failed)?.Name == step);
        Assert.False(report.Ok);
        Assert.Equal(step, report.Steps.First(s => s.Result == ProbeResult.Failed).Name);
        Assert.Contains(says, Step(report, step).Detail);
        Assert.DoesNotContain(Step(report, step).Detail, char.IsControl);
        if (step == "handshake")
            Assert.All(["ping", "relay"], s => Assert.Equal((ProbeResult.Skipped, "handshake failed"), (Step(report, s).Result, Step(report, s).Detail)));
    }

    [Fact]
    public async Task Nobody_there_fails_TCP_skips_the_rest_and_still_asks_STUN()
    {
        await using var stun = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var deaf = Deaf(SocketType.Stream, out var port);
        var report = await Probe(new ProbeTarget("127.0.0.1", port) { StunPort = stun.Port });
        Assert.Equal(ProbeResult.Failed, Step(report, "tcp").Result);
        Assert.Contains("refused", Step(report, "tcp").Detail);
        Assert.All(["tls", "certificate", "handshake", "ping", "relay"], s => Assert.Equal("tcp failed", Step(report, s).Detail));
        Assert.Equal(ProbeResult.Ok, Step(report, "stun_v4").Result);
        Assert.Equal(1, stun.Answered);
    }

    [Fact]
    public async Task A_name_that_is_none_fails_TCP_and_STUN_has_nothing_to_ask()
    {
        var report = await Probe(new ProbeTarget("relay.invalid", 443));
        Assert.Equal(ProbeResult.Failed, Step(report, "tcp").Result);
        Assert.All(["stun_v4", "stun_v6"], s => Assert.Equal("the name was not resolved", Step(report, s).Detail));
    }

    [Fact]
    public async Task A_name_is_resolved_and_STUN_asks_each_family_that_it_has()
    {
        // On many machines localhost is ::1 too, where the relay is not.
        await using var relay = new FakeRelay();
        await using var stun = StunServer.Start(new IPEndPoint(IPAddress.IPv6Any, 0));
        var report = await Probe(new ProbeTarget("localhost", relay.Port) { Tls = false, StunPort = stun.Port });
        Assert.True(report.Ok, Message(report));
        Assert.Contains("127.0.0.1", Step(report, "tcp").Detail);
        Assert.Equal(stun.Answered, report.Steps.Count(s => s.Name.StartsWith("stun", StringComparison.Ordinal) && s.Result == ProbeResult.Ok));
        Assert.StartsWith("seen as [::1]:", Step(await Probe(new ProbeTarget("::1", relay.Port) { StunPort = stun.Port }), "stun_v6").Detail);
    }

    [Fact]
    public async Task An_address_that_swallows_everything_leaves_the_next_one_its_time()
    {
        await using var relay = new FakeRelay();
        using var hole = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        hole.Bind(new IPEndPoint(IPAddress.IPv6Loopback, relay.Port));
        // Its queue is full: Linux then drops what else comes.
        hole.Listen(0);
        using var first = new TcpClient(AddressFamily.InterNetworkV6);
        await first.ConnectAsync(IPAddress.IPv6Loopback, relay.Port);
        await using var line = new DerpLine(Plain(relay) with { Patience = TimeSpan.FromSeconds(1) });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await line.Dial([IPAddress.IPv6Loopback, IPAddress.Loopback], limit.Token);
        Assert.Equal($"127.0.0.1:{relay.Port}", line.RemoteEndPoint);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => line.Dial([IPAddress.IPv6Loopback], new CancellationTokenSource(300).Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_STUN_server_that_is_silent_or_answers_others_fails(bool answers)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var stop = new CancellationTokenSource();
        var echo = answers ? Echo() : Task.CompletedTask;
        await using var relay = new FakeRelay();
        var report = await Patiently(p => Probe(Plain(relay) with { StunPort = ((IPEndPoint)server.LocalEndPoint!).Port, Patience = p }),
            r => Step(r, "relay").Result == ProbeResult.Ok);
        Assert.Equal((ProbeResult.Failed, $"no answer over UDP from {server.LocalEndPoint}"), (Step(report, "stun_v4").Result, Step(report, "stun_v4").Detail));
        Assert.Equal(ProbeResult.Ok, Step(report, "relay").Result);
        await stop.CancelAsync();
        await echo;

        async Task Echo()
        {
            var (request, answer) = (new byte[100], new byte[Stun.MaxAnswer]);
            try
            {
                while (true)
                {
                    var got = await server.ReceiveFromAsync(request, new IPEndPoint(IPAddress.Any, 0), stop.Token);
                    var length = Stun.WriteAnswer(answer, new byte[12], [127, 0, 0, 1], 1);
                    await server.SendToAsync(answer.AsMemory(0, length), got.RemoteEndPoint, stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The test has seen enough.
            }
        }
    }

    [Fact]
    public async Task A_STUN_port_where_nobody_listens_is_told_at_once()
    {
        await using var relay = new FakeRelay();
        using var deaf = Deaf(SocketType.Dgram, out var port);
        var report = await Probe(Plain(relay) with { StunPort = port });
        Assert.Contains("nobody listens on UDP", Step(report, "stun_v4").Detail);
        Assert.False(report.Ok);
    }

    [Fact]
    public async Task It_stops_when_it_is_told_to()
    {
        await using var relay = new FakeRelay(Quirk.SilentAfterUpgrade);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var begun = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DerpProber.Probe(Plain(relay) with { Patience = TimeSpan.FromSeconds(30) }, stop.Token));
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(10));
    }

    /// <summary>Where the prober waits in vain it waits a second; on a busy machine that is too short for the other steps, and it is given more.</summary>
    private static async Task<ProbeReport> Patiently(Func<TimeSpan, Task<ProbeReport>> probe, Func<ProbeReport, bool> others)
    {
        var report = await probe(TimeSpan.FromSeconds(1));
        foreach (var seconds in new[] { 5, 25 })
            if (!others(report))
                report = await probe(TimeSpan.FromSeconds(seconds));
        return report;
    }

    private static ProbeTarget Plain(FakeRelay relay) => new("127.0.0.1", relay.Port) { Tls = false, StunPort = 0 };

    private static Task<ProbeReport> Probe(ProbeTarget target) => DerpProber.Probe(target, CancellationToken.None);

    private static ProbeStep Step(ProbeReport report, string name) => report.Steps.Single(s => s.Name == name);

    private static string Message(ProbeReport report) => string.Join('\n', report.Steps);

    /// <summary>A port where nobody answers, held for as long as the socket: one that is merely free may be anybody's a moment later.</summary>
    private static Socket Deaf(SocketType type, out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        // Of UDP it hears itself alone.
        if (type == SocketType.Dgram)
            socket.Connect(socket.LocalEndPoint);
        return socket;
    }
}
