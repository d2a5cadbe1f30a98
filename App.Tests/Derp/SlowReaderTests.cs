using System.Buffers.Binary;

namespace Gatehouse.Tests.Derp;

public sealed class SlowReaderTests
{
    private const int Size = 32 * 1024;

    /// <summary>More than the kernel's buffers hold for one that does not read.</summary>
    private const int Flood = 600;

    // Less than the ten seconds after which the slow one is cut.
    private static readonly TimeSpan NotHeldUp = TimeSpan.FromSeconds(8);

    private static readonly Together Begun = new(
        ("Plain", () => NeverReads(Via.Plain)), ("Tls", () => NeverReads(Via.Tls)), ("WebSocket", () => NeverReads(Via.WebSocket)));

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public async Task One_that_does_not_read_loses_its_oldest_packets_and_gets_the_newest(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var sender = await DerpTestClient.Connect(relay, via: via);
        await using var slow = await DerpTestClient.Connect(relay, via: via, receiveBuffer: 4096);
        for (var i = 0; i < Flood; i++)
            await sender.Send(slow.Key, Numbered(i));
        Assert.Empty(await sender.Ping());
        var got = new List<int>();
        while (got.Count == 0 || got[^1] != Flood - 1)
        {
            var packet = await slow.Packet();
            Assert.Equal(Size, packet.Data.Length);
            got.Add(BinaryPrimitives.ReadInt32BigEndian(packet.Data));
        }
        Assert.Equal(got.Order().Distinct(), got);
        Assert.Equal(Enumerable.Range(Flood - 30, 30), got[^30..]);
        var lost = Flood - got.Count;
        Assert.True(lost > 0, "The kernel took them all: the test floods too little.");
        var state = await relay.Control.Until(s => s["total.packets_out"] == got.Count);
        Assert.Equal((lost, lost, Flood), (state["drops.queue_full"], state.Device(slow.Key)["drops"], state["total.packets_in"]));
    }

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public async Task One_that_does_not_read_holds_up_nobody_else(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var sender = await DerpTestClient.Connect(relay, via: via);
        await using var reader = await DerpTestClient.Connect(relay, via: via);
        await using var slow = await DerpTestClient.Connect(relay, via: via, receiveBuffer: 4096);
        var flooded = 0;
        // Through the sender that also serves the slow one, since that is whom a relay would be tempted to hold up.
        for (var i = 0; i < 1500; i++)
        {
            if (i % 2 == 0)
            {
                await sender.TrySendRaw(Wire.Packet(slow.Key, new byte[Size]));
                flooded++;
            }
            await sender.Send(reader.Key, Numbered(i));
            if (i % 8 == 7)
            {
                for (var back = 7; back >= 0; back--)
                    Assert.Equal(i - back, BinaryPrimitives.ReadInt32BigEndian((await reader.Packet(NotHeldUp)).Data));
            }
        }
        var state = await relay.Control.State();
        Assert.Equal(0, state.Device(reader.Key)["drops"]);
        Assert.True(state["drops.queue_full"] + state["drops.not_here"] > 0, $"{flooded} packets were flooded and none was dropped.");
    }

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    [InlineData(Via.WebSocket)]
    public Task One_that_never_reads_is_cut_and_counted_and_costs_nothing_then(Via via) => Begun[$"{via}"];

    private static async Task NeverReads(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var sender = await DerpTestClient.Connect(relay, via: via == Via.WebSocket ? Via.Plain : via);
        await using var slow = await DerpTestClient.Connect(relay, via: via, receiveBuffer: 4096);
        var until = DateTime.UtcNow.AddSeconds(25);
        while ((await relay.Control.State()).Device(slow.Key)["connections"] > 0)
        {
            Assert.True(DateTime.UtcNow < until, "It is still connected.");
            for (var i = 0; i < 50; i++)
                await sender.Send(slow.Key, new byte[Size]);
            await Task.Delay(100);
        }
        await relay.Control.Until(s => s.Sum("cut") == 1 && s["cut.slow_reader"] == 1 && s["buffered"] == 0);
    }

    private static byte[] Numbered(int number)
    {
        var data = new byte[Size];
        BinaryPrimitives.WriteInt32BigEndian(data, number);
        return data;
    }
}
