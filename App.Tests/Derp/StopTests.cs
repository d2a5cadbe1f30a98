using System.Buffers.Binary;

namespace Gatehouse.Tests.Derp;

/// <summary>Many that say nothing, and the end.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    [InlineData(Via.WebSocket)]
    public async Task At_stop_clients_are_told_that_it_restarts_and_are_closed(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var client = await DerpTestClient.Connect(relay, via: via);
        await using var unready = await DerpTestClient.Dial(relay, via: via);
        var stopping = relay.StopWell();
        var frame = await client.Expect(Wire.Restarting);
        Assert.Equal(8, frame.Body.Length);
        Assert.InRange(BinaryPrimitives.ReadUInt32BigEndian(frame.Body.AsSpan(4)), 1u, 600_000u);
        Assert.Empty(await client.Closed(5));
        await stopping;
        Assert.DoesNotContain(await unready.Closed(5), f => f.Type == Wire.ServerInfo);
        await Assert.ThrowsAnyAsync<Exception>(() => DerpTestClient.Connect(relay, via: via));
    }

    [Fact]
    public async Task One_that_does_not_read_does_not_hold_up_the_stop()
    {
        await using var relay = await RelayProcess.Open();
        await using var sender = await DerpTestClient.Connect(relay);
        await using var slow = await DerpTestClient.Connect(relay, receiveBuffer: 4096);
        for (var i = 0; i < 400; i++)
            await sender.Send(slow.Key, new byte[32 * 1024]);
        await relay.StopWell().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Three_hundred_idle_connections_are_held_and_closed()
    {
        await using var relay = await RelayProcess.Open();
        var clients = new List<DerpTestClient>();
        for (var i = 0; i < 10; i++)
            clients.AddRange(await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => DerpTestClient.Connect(relay))));
        Assert.Equal(300, (await relay.Control.State()).Connections);
        await Task.WhenAll(clients.Select(c => c.Ping()));
        await Exchange.Works(clients[0], clients[299]);
        foreach (var client in clients[..150])
            await client.DisposeAsync();
        await relay.Control.Until(s => s.Connections == 150);
        await relay.StopWell();
        var ends = await Task.WhenAll(clients[150..].Select(c => c.Closed(5)));
        Assert.All(ends, e => Assert.Contains(e, f => f.Type == Wire.Restarting));
        foreach (var client in clients)
            await client.DisposeAsync();
    }
}
