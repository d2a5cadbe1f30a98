using System.Buffers.Binary;

namespace Gatehouse.Tests.Derp;

/// <summary>Over a WebSocket: no message is longer than clients read, see <see cref="MessageStream"/>, and a burst is not lost for it.</summary>
public sealed class WebSocketTests
{
    [Theory]
    [InlineData(Via.WebSocket)]
    [InlineData(Via.SecureWebSocket)]
    public async Task A_burst_and_the_longest_packet_arrive(Via via)
    {
        const int burst = 400, size = 1200;
        await using var relay = await RelayProcess.Open(via);
        await using var sender = await DerpTestClient.Connect(relay, via: via == Via.WebSocket ? Via.Plain : Via.Tls);
        await using var receiver = await DerpTestClient.Connect(relay, via: via);
        for (var round = 0; round < 3; round++)
        {
            await sender.SendRaw(Enumerable.Range(0, burst).SelectMany(i => Wire.Packet(receiver.Key, Numbered(i, size))).ToArray());
            for (var i = 0; i < burst; i++)
            {
                var data = (await receiver.Packet()).Data;
                Assert.Equal((size, i), (data.Length, BinaryPrimitives.ReadInt32BigEndian(data)));
            }
            await sender.Send(receiver.Key, Numbered(round, Wire.MaxPacket));
            Assert.Equal(Wire.MaxPacket, (await receiver.Packet()).Data.Length);
        }
        Assert.Equal(0, (await relay.Control.State()).Sum("drops"));
        await relay.Control.Until(s => s["buffered"] == 0);
    }

    private static byte[] Numbered(int number, int size)
    {
        var data = new byte[size];
        BinaryPrimitives.WriteInt32BigEndian(data, number);
        return data;
    }
}
