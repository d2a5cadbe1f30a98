using System.Text.RegularExpressions;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The relay counts what its clients sent and received, to the byte.</summary>
public sealed partial class CounterTests
{
    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    [InlineData(Via.WebSocket)]
    [InlineData(Via.SecureWebSocket)]
    public async Task Counters_equal_what_clients_sent_and_received(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var a = await DerpTestClient.Connect(relay, via: via);
        await using var b = await DerpTestClient.Connect(relay, via: via);
        var random = new Random(1000 + (int)via);
        var sizes = Enumerable.Range(0, 200).Select(_ => random.Next(3000)).Append(Wire.MaxPacket).ToArray();
        await Exchange.OneWay(a, b, sizes, 1);
        await Exchange.BothWays(a, b, sizes[..50], 2);
        await a.SendRaw(Wire.Frame(Wire.NotePreferred, [1]));
        await b.SendRaw(Wire.Frame(0x70, new byte[123]));
        await a.Send(TestKey.New(), new byte[77]);
        await a.Send(TestKey.New(), Wire.Disco);
        await a.Ping();
        await b.Ping();
        await Same(relay, a, b);
    }

    [Fact]
    public async Task Counters_of_a_device_add_up_over_its_connections()
    {
        await using var relay = await RelayProcess.Open();
        var key = TestKey.New();
        long sent = 0, received = 0;
        for (var i = 0; i < 3; i++)
        {
            await using var client = await DerpTestClient.Connect(relay, key);
            await Exchange.OneWay(client, client, [100, 200], i);
            await client.Ping();
            (sent, received) = (sent + client.BytesSent, received + client.BytesReceived);
        }
        var state = await relay.Control.Until(s => s.Connections == 0);
        var device = state.Device(key);
        Assert.Equal((3, 0, sent, received, 6, 6),
            (device["connects"], device["connections"], device["bytes_in"], device["bytes_out"], device["packets_in"], device["packets_out"]));
        Assert.Equal((3, sent, received), (state["total.connects"], state["total.bytes_in"], state["total.bytes_out"]));
    }

    [Fact]
    public async Task Counters_never_go_back_while_clients_come_and_go()
    {
        await using var relay = await RelayProcess.Open();
        string[] names = ["total.bytes_in", "total.bytes_out", "total.packets_in", "total.packets_out", "total.connects"];
        using var stop = new CancellationTokenSource();
        var busy = Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            var key = TestKey.New();
            for (var i = 0; i < 20; i++)
            {
                await using var client = await DerpTestClient.Connect(relay, key);
                await Exchange.OneWay(client, client, [1000, 1000], i);
            }
        })));
        var last = await relay.Control.State();
        while (!busy.IsCompleted)
        {
            var now = await relay.Control.State();
            Assert.All(names, n => Assert.True(now[n] >= last[n], $"{n} went from {last[n]} to {now[n]}"));
            last = now;
        }
        await busy;
        await relay.Control.Until(s => s["total.connects"] == 80 && s["total.packets_out"] == 160 && s.Connections == 0);
    }

    [Fact]
    public async Task A_restart_keeps_the_key_and_begins_a_new_epoch_at_zero()
    {
        using var folder = new TestFolder();
        DerpState before;
        byte[] key;
        await using (var first = await RelayProcess.StartIn(folder))
        {
            key = first.Key;
            await first.Control.Everyone();
            await using var client = await DerpTestClient.Connect(first);
            before = await first.Control.State();
            Assert.NotEqual(0, before["total.bytes_in"]);
            Assert.Equal(before.Epoch, (await first.Control.State()).Epoch);
            await first.StopWell();
        }
        await using var second = await RelayProcess.StartIn(folder);
        var after = await second.Control.State();
        Assert.Equal(key, second.Key);
        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.All(new[] { before.Epoch, after.Epoch }, e => Assert.Matches(Epoch(), e));
        Assert.Equal((0, 0, 0, 0), (after["total.bytes_in"], after["total.bytes_out"], after["total.connects"], after.Connections));
        Assert.Empty(after.Root.GetProperty("devices").EnumerateArray());
        Assert.Null(await DerpTestClient.TryConnect(second));
    }

    [Fact]
    public async Task The_key_file_is_the_usual_relays_own_form()
    {
        using var folder = new TestFolder();
        var secret = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        await File.WriteAllTextAsync(folder.File("relay.key"), $$"""{"PrivateKey":"privkey:{{Wire.Hex(secret)}}"}""");
        await using (var relay = await RelayProcess.StartIn(folder))
            Assert.Equal(TestKey.Of(secret).Public, relay.Key);
        File.Delete(folder.File("relay.key"));
        await using var fresh = await RelayProcess.StartIn(folder);
        var made = KeyFile().Match(await File.ReadAllTextAsync(folder.File("relay.key")));
        Assert.Equal(TestKey.Of(Convert.FromHexString(made.Groups[1].Value)).Public, fresh.Key);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("relay.key")));
    }

    /// <summary>Waits until the relay has counted what was last written, then compares all.</summary>
    private static async Task Same(RelayProcess relay, params DerpTestClient[] clients)
    {
        var state = await relay.Control.State();
        for (var i = 0; i < 1500 && state["total.bytes_out"] < clients.Sum(c => c.BytesReceived); i++)
        {
            await Task.Delay(20);
            state = await relay.Control.State();
        }
        foreach (var client in clients)
        {
            var device = state.Device(client.Key);
            Assert.Equal((client.BytesSent, client.BytesReceived, client.PacketsSent, client.PacketsReceived, 1, 1),
                (device["bytes_in"], device["bytes_out"], device["packets_in"], device["packets_out"], device["connections"], device["connects"]));
        }
        Assert.Equal((clients.Sum(c => c.BytesSent), clients.Sum(c => c.BytesReceived), clients.Sum(c => c.PacketsSent), clients.Sum(c => c.PacketsReceived)),
            (state["total.bytes_in"], state["total.bytes_out"], state["total.packets_in"], state["total.packets_out"]));
        Assert.Equal(state["total.bytes_in"] + state["total.bytes_out"], state["quota_used"]);
        Assert.Equal((clients.Length, clients.Length), (state.Connections, state["total.connects"]));
    }

    [GeneratedRegex("^[0-9]{13}-[0-9a-f]{16}$")]
    private static partial Regex Epoch();

    [GeneratedRegex("^\\s*\\{\\s*\"PrivateKey\":\\s*\"privkey:([0-9a-f]{64})\"\\s*\\}\\s*$")]
    private static partial Regex KeyFile();
}
