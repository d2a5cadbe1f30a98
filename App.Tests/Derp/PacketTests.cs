namespace Gatehouse.Tests.Derp;

/// <summary>Nothing is lost, reordered or altered below the queue's limit.</summary>
public sealed class PacketTests
{
    [Fact]
    public async Task Every_small_size_and_every_edge_arrives_both_ways()
    {
        int[] sizes =
        [
            .. Enumerable.Range(0, 1600), .. Enumerable.Range(0, 17).SelectMany(p => new[] { (1 << p) - 1, 1 << p, (1 << p) + 1 }),
            Wire.MaxPacket - 32, Wire.MaxPacket - 37, Wire.MaxPacket - 5, Wire.MaxPacket,
        ];
        await using var relay = await RelayProcess.Open();
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        await Exchange.BothWays(a, b, [.. sizes.Where(s => s <= Wire.MaxPacket)], 1);
        Assert.Equal(0, (await relay.Control.State()).Sum("drops"));
    }

    [Theory]
    [InlineData(Via.Plain, 1500, 20261121)]
    [InlineData(Via.Tls, 500, 20261122)]
    [InlineData(Via.WebSocket, 500, 20261123)]
    public async Task Random_sizes_arrive_both_ways(Via via, int count, int seed)
    {
        var random = new Random(seed);
        var sizes = Enumerable.Range(0, count).Select(_ => random.Next(10) < 7 ? random.Next(1500) : random.Next(Wire.MaxPacket + 1)).ToArray();
        await using var relay = await RelayProcess.Open(via);
        await using var a = await DerpTestClient.Connect(relay, via: via);
        await using var b = await DerpTestClient.Connect(relay, via: via);
        await Exchange.BothWays(a, b, sizes, seed);
    }

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public async Task Eight_pairs_at_once_do_not_mix(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        var clients = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => DerpTestClient.Connect(relay, via: via)));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Exchange.BothWays(clients[2 * i], clients[(2 * i) + 1], [.. Enumerable.Range(0, 300).Select(n => n * (i + 1) % 3000)], 100 * i)));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_device_can_send_to_itself()
    {
        await using var relay = await RelayProcess.Open();
        await using var a = await DerpTestClient.Connect(relay);
        await Exchange.OneWay(a, a, [0, 8, 1200], 5);
    }

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public async Task Many_frames_in_one_write_and_frames_in_pieces_are_the_same_packets(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var a = await DerpTestClient.Connect(relay, via: via);
        await using var b = await DerpTestClient.Connect(relay, via: via);
        var random = new Random(3);
        for (var round = 0; round < 40; round++)
        {
            var packets = Enumerable.Range(0, 12).Select(i => Enumerable.Repeat((byte)((round * 12) + i), random.Next(400)).ToArray()).ToList();
            var stream = packets.SelectMany(p => Wire.Packet(b.Key, p)).ToArray();
            for (var at = 0; at < stream.Length;)
            {
                var piece = Math.Min(round % 4 == 0 ? stream.Length : random.Next(1, 500), stream.Length - at);
                await a.SendRaw(stream.AsMemory(at, piece));
                at += piece;
            }
            foreach (var packet in packets)
                Assert.Equal(packet, (await b.Packet()).Data);
        }
    }
}
