using System.Text.Json;

namespace Gatehouse.Tests.Derp;

/// <summary>Limits on connections, and the quota of bytes.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_key_has_no_more_connections_than_its_limit()
    {
        await using var relay = await RelayProcess.Open("--max-per-key", "2");
        var key = TestKey.New();
        await using var first = await DerpTestClient.Connect(relay, key);
        var second = await DerpTestClient.Connect(relay, key);
        Assert.Null(await DerpTestClient.TryConnect(relay, key));
        await relay.Control.Until(s => s.Sum("refused") == 1 && s.Device(key)["connections"] == 2);
        await using var other = await DerpTestClient.Connect(relay);
        await second.DisposeAsync();
        await relay.Control.Until(s => s.Device(key)["connections"] == 1);
        await using var third = await DerpTestClient.Connect(relay, key);
        Assert.DoesNotContain(await third.Ping(), f => f.Type == Wire.RecvPacket);
    }

    [Theory]
    [InlineData("--max-per-ip")]
    [InlineData("--max-connections")]
    public async Task An_address_and_the_relay_have_no_more_connections_than_their_limits(string limit)
    {
        await using var relay = await RelayProcess.Open(limit, "3");
        var clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DerpTestClient.Connect(relay)));
        for (var i = 0; i < 5; i++)
            Assert.Null(await DerpTestClient.TryConnect(relay));
        await relay.Control.Until(s => s.Sum("refused") == 5 && s.Connections == 3);
        Assert.Empty(await clients[0].Ping());
        await clients[1].DisposeAsync();
        await relay.Control.Until(s => s.Connections == 2);
        await using var again = await DerpTestClient.Connect(relay);
        await Exchange.Works(clients[0], again);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Many_that_connect_at_once_do_not_pass_a_limit_together()
    {
        await using var relay = await RelayProcess.Open("--max-per-key", "3");
        var key = TestKey.New();
        var clients = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => DerpTestClient.TryConnect(relay, key)));
        Assert.Equal(3, clients.Count(c => c is not null));
        await relay.Control.Until(s => s.Sum("refused") == 21 && s.Connections == 3);
        foreach (var client in clients.OfType<DerpTestClient>())
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Limits_can_be_set_and_lifted_while_it_runs()
    {
        await using var relay = await RelayProcess.Open();
        var key = TestKey.New();
        await using var first = await DerpTestClient.Connect(relay, key);
        var set = await relay.Control.Limits("""{"max_per_key":1,"max_per_ip":50}""");
        Assert.Equal((1, 50), (set.GetProperty("max_per_key").GetInt64(), set.GetProperty("max_per_ip").GetInt64()));
        Assert.Null(await DerpTestClient.TryConnect(relay, key));
        var lifted = await relay.Control.Limits("""{"max_per_key":null}""");
        Assert.Equal((JsonValueKind.Null, 50), (lifted.GetProperty("max_per_key").ValueKind, lifted.GetProperty("max_per_ip").GetInt64()));
        await using var second = await DerpTestClient.Connect(relay, key);
        Assert.Equal(2, (await relay.Control.State()).Connections);
    }

    [Fact]
    public async Task The_quota_ends_with_a_reason_and_refuses_from_then_on()
    {
        const long quota = 50_000_000;
        await using var relay = await RelayProcess.Open("--quota", $"{quota}");
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        await using var idle = await DerpTestClient.Connect(relay);
        Assert.False((await relay.Control.State()).Root.GetProperty("quota_reached").GetBoolean());
        var sending = Task.Run(async () =>
        {
            var frames = Enumerable.Repeat(Wire.Packet(b.Key, new byte[1200]), 8).SelectMany(f => f).ToArray();
            for (long sent = 0; sent < quota; sent += frames.Length)
                await a.TrySendRaw(frames);
        });
        foreach (var client in new[] { b, a, idle })
        {
            var last = (await client.Closed()).LastOrDefault();
            Assert.True(last is { Type: Wire.Health, Body.Length: > 0 }, $"The last frame before the end was {last?.ToString() ?? "none"}.");
            Assert.Contains("quota", last!.Text, StringComparison.OrdinalIgnoreCase);
        }
        await sending;
        var state = await relay.Control.Until(s => s.Connections == 0);
        Assert.True(state.Root.GetProperty("quota_reached").GetBoolean());
        Assert.InRange(state["quota_used"], quota, quota * 1.02);
        Assert.Equal(state["total.bytes_in"] + state["total.bytes_out"], state["quota_used"]);

        Assert.Null(await DerpTestClient.TryConnect(relay));
        var refused = await relay.Control.Until(s => s["refused.quota"] == 1);
        Assert.InRange(refused["quota_used"], quota, quota * 1.02);

        await relay.Control.Limits($$"""{"quota":{{2 * quota}}}""");
        Assert.False((await relay.Control.State()).Root.GetProperty("quota_reached").GetBoolean());
        await using var again = await DerpTestClient.Connect(relay);
        Assert.Empty(await again.Ping());
    }

    [Fact]
    public async Task A_quota_below_what_is_used_ends_it_at_once()
    {
        await using var relay = await RelayProcess.Open();
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        await Exchange.Works(a, b);
        await relay.Control.Limits("""{"quota":1000}""");
        await Task.WhenAll(a.Closed(3), b.Closed(3));
        Assert.Null(await DerpTestClient.TryConnect(relay));
    }
}
