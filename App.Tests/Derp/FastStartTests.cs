using System.Text;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Tests.Derp;

/// <summary>A client that knows the relay's key already waits for no answer to its upgrade, however the network cuts its request.</summary>
public sealed class FastStartTests
{
    /// <summary>Not quite every byte over TLS, where each costs a handshake.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 7)]
    public async Task A_request_in_two_segments_is_answered_with_the_protocol_at_once(bool tls, int step)
    {
        await using var relay = await RelayProcess.Open(tls ? Via.Tls : Via.Plain);
        var cuts = Enumerable.Range(0, (Stranger.FastStart.Length - 1) / step).Select(i => 1 + (i * step));
        await Parallel.ForEachAsync(cuts, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (cut, _) =>
        {
            await using var client = await Stranger.Connect(relay, tls: tls);
            await client.Say(Stranger.FastStart.AsMemory(0, cut));
            await Task.Delay(30);
            await client.Say(Stranger.FastStart.AsMemory(cut));
            var first = await client.Hear(Wire.HeaderBytes + 40);
            Assert.True(first[0] == Wire.ServerKey, $"Cut after {cut}: {Encoding.ASCII.GetString(first)}");
        });
        await relay.Control.Until(s => s["pending.connections"] == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_follows_a_request_in_three_segments_is_understood(bool tls)
    {
        await using var relay = await RelayProcess.Open(tls ? Via.Tls : Via.Plain);
        await using var client = await Stranger.Connect(relay, tls: tls);
        var key = TestKey.New();
        var all = Stranger.Introduced(relay, key, Wire.Packet(key, [1, 2, 3]));
        foreach (var part in new[] { all[..9], all[9..50], all[50..] })
        {
            await client.Say(part);
            await Task.Delay(50);
        }
        await relay.Control.Until(s => s["total.packets_out"] == 1 && s.Connections == 1);
        Assert.Equal(Wire.ServerKey, (await client.Hear())[0]);
    }

    [Theory]
    [InlineData("upgrade: derp\r\nconnection: upgrade\r\nderp-fast-start: 1", true)]
    [InlineData("Upgrade:DERP\r\nConnection: keep-alive, Upgrade\r\nDerp-Fast-Start:\t1 ", true)]
    [InlineData("Upgrade: DERP\r\nConnection: Upgrade\r\nDerp-Fast-Start: 0", false)]
    [InlineData("Upgrade: DERP\r\nConnection: Upgrade\r\nX-Derp-Fast-Start: 1", false)]
    public void It_is_told_by_the_header(string headers, bool fast)
    {
        var request = Encoding.ASCII.GetBytes($"GET /derp HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n");
        Assert.Equal(new UpgradeRequest(request.Length, fast, null), UpgradeRequest.Parse([.. request, 1, 2]));
        Assert.All(Enumerable.Range(1, request.Length - 1), n => Assert.True(UpgradeRequest.IsBegun(request.AsSpan(0, n)), $"{n} bytes"));
        Assert.False(UpgradeRequest.IsBegun(request));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("GET /derp/probe HTTP/1.1\r\n")]
    [InlineData("POST /derp HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003")]
    public void Another_request_waits_for_nothing(string begun) => Assert.False(UpgradeRequest.IsBegun(Encoding.ASCII.GetBytes(begun)));
}
