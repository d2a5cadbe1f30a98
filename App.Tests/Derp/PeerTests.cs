using System.Diagnostics;

namespace Gatehouse.Tests.Derp;

/// <summary>What a client hears of peers that are not there, that go, and that are there twice.</summary>
public sealed class PeerTests
{
    [Fact]
    public async Task A_disco_packet_to_nobody_is_answered_three_times_at_once_and_then_once_a_second()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Connect(relay);
        await using var other = await DerpTestClient.Connect(relay);
        var absent = TestKey.New();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 50; i++)
            await client.Send(absent, [.. Wire.Disco, .. new byte[50]]);
        var answers = await client.Ping();
        // A busy machine may take more than a second over them.
        Assert.InRange(answers.Count, 3, 3 + (int)clock.Elapsed.TotalSeconds);
        Assert.All(answers, a => Assert.Equal(Wire.PeerGone, a.Type));
        Assert.All(answers, a => Assert.Equal(Wire.Gone(absent, Wire.GoneNotHere), a.Body));
        Assert.Empty(await client.Ping());
        await Task.Delay(1300);
        await client.Send(absent, Wire.Disco);
        Assert.Equal(Wire.Gone(absent, Wire.GoneNotHere), (await client.Expect(Wire.PeerGone)).Body);
        await relay.Control.Until(s => s["drops.not_here"] == 51);

        // Each connection has its own.
        for (var i = 0; i < 3; i++)
            await other.Send(absent, Wire.Disco);
        Assert.Equal(3, (await other.Ping()).Count);
    }

    [Fact]
    public async Task Any_other_packet_to_nobody_is_dropped_in_silence_and_counted()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Connect(relay);
        foreach (var data in new byte[][] { [], [0x54], Wire.Disco[..5], [0, .. Wire.Disco], new byte[1200], [.. Wire.Disco[..5], 0xAD, 1, 2] })
            await client.Send(TestKey.New(), data);
        Assert.Empty(await client.Ping());
        // One counter after the other is read while packets come in.
        var state = await relay.Control.Until(s => s["drops.not_here"] == 6 && s["total.packets_in"] == 6);
        Assert.Equal(0, state["total.packets_out"]);
    }

    [Fact]
    public async Task Who_talked_with_a_peer_hears_that_it_went_and_nobody_else_does()
    {
        await using var relay = await RelayProcess.Open();
        await using var talked = await DerpTestClient.Connect(relay);
        await using var stranger = await DerpTestClient.Connect(relay);
        var peer = await DerpTestClient.Connect(relay);
        await Exchange.BothWays(talked, peer, [10, 20], 1);
        await peer.DisposeAsync();
        Assert.Equal(Wire.Gone(peer.Key, Wire.GoneDisconnected), (await talked.Expect(Wire.PeerGone)).Body);
        Assert.Empty(await stranger.Ping());
        Assert.Empty(await talked.Ping());
    }

    [Fact]
    public async Task A_peer_that_comes_back_can_be_talked_to_again()
    {
        await using var relay = await RelayProcess.Open();
        await using var a = await DerpTestClient.Connect(relay);
        var key = TestKey.New();
        for (var i = 0; i < 3; i++)
        {
            await using (var b = await DerpTestClient.Connect(relay, key))
                await Exchange.Works(a, b);
            Assert.Equal(Wire.Gone(key, Wire.GoneDisconnected), (await a.Expect(Wire.PeerGone)).Body);
        }
        Assert.Equal(3, (await relay.Control.State()).Device(key)["connects"]);
    }

    [Fact]
    public async Task Of_two_connections_with_one_key_the_newer_gets_the_packets_until_it_goes()
    {
        await using var relay = await RelayProcess.Open();
        await using var sender = await DerpTestClient.Connect(relay);
        var key = TestKey.New();
        await using var older = await DerpTestClient.Connect(relay, key);
        var newer = await DerpTestClient.Connect(relay, key);
        await sender.Send(key, [1]);
        Assert.Equal([1], (await PacketOf(newer)).Data);
        await newer.DisposeAsync();
        await relay.Control.Until(s => s.Device(key)["connections"] == 1);
        await sender.Send(key, [2]);
        Assert.Equal([2], (await PacketOf(older)).Data);
        Assert.DoesNotContain(await sender.Ping(), f => f.Type == Wire.PeerGone);
    }

    [Fact]
    public async Task Of_two_connections_with_one_key_the_last_to_write_gets_the_packets()
    {
        await using var relay = await RelayProcess.Open();
        await using var sender = await DerpTestClient.Connect(relay);
        var key = TestKey.New();
        await using var older = await DerpTestClient.Connect(relay, key);
        await using var newer = await DerpTestClient.Connect(relay, key);
        foreach (var writer in new[] { older, newer, older })
        {
            await writer.Send(sender.Key, [7]);
            await sender.Packet();
            await sender.Send(key, [8]);
            Assert.Equal([8], (await PacketOf(writer)).Data);
        }
        var other = await newer.Ping();
        Assert.DoesNotContain(other, f => f.Type == Wire.RecvPacket);
    }

    [Fact]
    public async Task The_older_of_two_connections_can_go_without_harm_to_the_newer()
    {
        await using var relay = await RelayProcess.Open();
        await using var sender = await DerpTestClient.Connect(relay);
        var key = TestKey.New();
        var older = await DerpTestClient.Connect(relay, key);
        await Exchange.Works(sender, older);
        await using var newer = await DerpTestClient.Connect(relay, key);
        await older.DisposeAsync();
        await relay.Control.Until(s => s.Device(key)["connections"] == 1);
        await sender.Send(key, [9]);
        Assert.Equal([9], (await PacketOf(newer)).Data);
        Assert.DoesNotContain(await sender.Ping(), f => f.Type == Wire.PeerGone);
    }

    /// <summary>The next packet; a relay may first say by a Health frame that the key is there twice.</summary>
    private static async Task<DerpPacket> PacketOf(DerpTestClient client)
    {
        while (await client.Read() is { } frame)
        {
            if (frame.Type == Wire.RecvPacket)
                return new DerpPacket(Wire.Hex(frame.Body.AsSpan(0, Wire.KeyBytes)), frame.Body[Wire.KeyBytes..]);
            Assert.Contains(frame.Type, new[] { Wire.Health, Wire.KeepAlive });
        }
        throw new NotAdmittedException("Closed instead of a packet.");
    }
}
