using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Gatehouse.Tests.Derp;

/// <summary>
/// Bytes that no client should send, from a seed that the test prints. Set <c>GATEHOUSE_FUZZ_SEED</c> and
/// <c>GATEHOUSE_FUZZ_CONNECTIONS</c> to look elsewhere and for longer.
/// </summary>
[Collection(Timed.Collection)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const long SaneGrowth = 100 << 20;

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public async Task Random_and_mutated_streams_neither_crash_it_nor_leak(Via via)
    {
        var seed = ConfigValue("GATEHOUSE_FUZZ_SEED", 20261121);
        var count = ConfigValue("GATEHOUSE_FUZZ_CONNECTIONS", 480);
        output.WriteLine($"seed {seed}, {count} connections");
        await using var relay = await RelayProcess.Open(via);
        await using var watcher = await DerpTestClient.Connect(relay, via: via);
        await using var witness = await DerpTestClient.Connect(relay, via: via);
        await Exchange.Works(watcher, witness);
        var before = Memory();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (i, _) =>
        {
            var random = new Random(unchecked((seed * 7919) + i));
            if (i % 4 == 0)
                await AnyBytes(relay, random);
            else
                await MutatedStream(relay, via, random, Kind(i % 4));
        });
        Assert.Empty(await watcher.Ping());
        await Exchange.Works(watcher, witness);
        var state = await relay.Control.Until(s => s.Connections == 2, 15);
        output.WriteLine(state.Root.GetProperty("cut").ToString());
        Assert.NotEqual(0, state.Sum("cut"));
        Assert.NotEqual(0, state["unknown_frames"]);
        Assert.InRange(Memory() - before, long.MinValue, SaneGrowth);
        Assert.DoesNotContain("Exception", relay.Error + relay.Out);
        await relay.StopWell();
    }

    private enum Stage { Handshake, Frames, Truncated }

    private static Stage Kind(int rest) => rest switch { 1 => Stage.Handshake, 2 => Stage.Frames, _ => Stage.Truncated };

    /// <summary>Bytes to the port itself: noise, or an upgrade with noise behind and in it.</summary>
    private static async Task AnyBytes(RelayProcess relay, Random random)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(relay.Address.Host, relay.Address.Port);
        var noise = Noise(random, random.Next(1, 3000));
        var upgrade = Encoding.ASCII.GetBytes("GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n");
        byte[] bytes = random.Next(3) switch { 0 => noise, 1 => [.. upgrade, .. noise], _ => Mutate(random, [.. upgrade, .. noise]) };
        try
        {
            foreach (var piece in Pieces(random, bytes))
                await socket.SendAsync(piece);
        }
        catch (SocketException)
        {
        }
    }

    private static async Task MutatedStream(RelayProcess relay, Via via, Random random, Stage stage)
    {
        await using var client = await DerpTestClient.Dial(relay, via: via);
        await client.ReadServerKey();
        var hello = Wire.Hello(client.Key, client.RelayKey);
        byte[] bytes = stage switch
        {
            Stage.Handshake => [.. Mutate(random, hello), .. Frames(random, client)],
            Stage.Frames => [.. hello, .. Mutate(random, Frames(random, client))],
            _ => [.. hello, .. Frames(random, client)],
        };
        if (stage == Stage.Truncated)
            bytes = bytes[..random.Next(hello.Length, bytes.Length)];
        foreach (var piece in Pieces(random, bytes))
            await client.TrySendRaw(piece);
        // Some go at once, some leave what they were sent unread, some read a little.
        if (random.Next(2) == 0)
        {
            try
            {
                await client.Read(TimeSpan.FromMilliseconds(20));
            }
            catch (TimeoutException)
            {
            }
        }
    }

    /// <summary>Frames of every type with bodies of odd lengths; packets go to nobody or back to the sender.</summary>
    private static byte[] Frames(Random random, DerpTestClient client)
    {
        var stream = new MemoryStream();
        for (var i = random.Next(1, 30); i > 0; i--)
        {
            var type = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)random.Next(0x16);
            var body = Noise(random, random.Next(6) switch { 0 => 0, 1 => 8, 2 => 32, 3 => random.Next(5000), _ => random.Next(100) });
            if (type == Wire.SendPacket && body.Length >= 32 && random.Next(2) == 0)
                client.Key.Public.CopyTo(body, 0);
            stream.Write(Wire.Frame(type, body));
        }
        return stream.ToArray();
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        var list = bytes.ToList();
        for (var i = random.Next(1, 8); i > 0 && list.Count > 0; i--)
        {
            var at = random.Next(list.Count);
            switch (random.Next(4))
            {
                case 0: list[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: list[at] = (byte)random.Next(256); break;
                case 2: list.RemoveRange(at, Math.Min(random.Next(1, 40), list.Count - at)); break;
                default: list.InsertRange(at, Noise(random, random.Next(1, 40))); break;
            }
        }
        return [.. list];
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(Random random, byte[] bytes)
    {
        var most = random.Next(3) switch { 0 => 7, 1 => 300, _ => bytes.Length + 1 };
        for (int at = 0, piece; at < bytes.Length; at += piece)
        {
            // Piece by piece only at the beginning, where the boundaries of frames are.
            piece = Math.Min(at < 500 ? random.Next(1, Math.Max(2, most)) : bytes.Length, bytes.Length - at);
            yield return bytes.AsMemory(at, piece);
        }
    }

    private static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int ConfigValue(string name, int usual) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? int.Parse(set) : usual;
}
