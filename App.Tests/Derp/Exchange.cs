namespace Gatehouse.Tests.Derp;

/// <summary>Packets from one client to another, with at most 16 under way so that no queue of 32 drops any.</summary>
internal static class Exchange
{
    private const int Window = 16;

    /// <summary>Sends one packet of each size and fails unless each comes whole and in order.</summary>
    public static async Task OneWay(DerpTestClient from, DerpTestClient to, IReadOnlyList<int> sizes, int seed)
    {
        using var window = new SemaphoreSlim(Window);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < sizes.Count; i++)
            {
                if (!await window.WaitAsync(DerpTestClient.Patience))
                    throw new TimeoutException($"The packets before packet {i} did not arrive.");
                await from.Send(to.Key, Data(seed, i, sizes[i]));
            }
        });
        for (var i = 0; i < sizes.Count; i++)
        {
            var packet = await to.Packet();
            Assert.Equal(from.Key.Hex, packet.From);
            Assert.True(Data(seed, i, sizes[i]).AsSpan().SequenceEqual(packet.Data), $"Packet {i} of {sizes[i]} bytes came as {packet.Data.Length} bytes, altered or out of order.");
            window.Release();
        }
        await sending;
    }

    /// <summary>Both at once.</summary>
    public static Task BothWays(DerpTestClient a, DerpTestClient b, IReadOnlyList<int> sizes, int seed) =>
        Task.WhenAll(OneWay(a, b, sizes, seed), OneWay(b, a, sizes, seed + 1));

    /// <summary>A few packets both ways: that the two can talk.</summary>
    public static Task Works(DerpTestClient a, DerpTestClient b) => BothWays(a, b, [0, 1, 100, 1200, Wire.MaxPacket], 7);

    private static byte[] Data(int seed, int index, int size)
    {
        var data = new byte[size];
        new Random(unchecked((seed * 1_000_003) + index)).NextBytes(data);
        return data;
    }
}
