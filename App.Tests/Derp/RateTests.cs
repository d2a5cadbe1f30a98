using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>
/// Limits in bytes a second, measured at the receiving clients: a packet is as long on its way out as on its way in.
/// </summary>
[Collection(Timed.Collection)]
public sealed class RateTests
{
    private const double Rate = 4_000_000;

    [Fact]
    public async Task A_device_is_held_to_the_rate()
    {
        await using var relay = await RelayProcess.Open("--rate", $"{Rate}");
        await using var pair = await RatePair.Connect(relay);
        await RateMeter.HeldTo(relay, Rate, pair);
        Assert.Equal(Rate, (await relay.Control.State())["limits.rate"]);
    }

    [Fact]
    public async Task Each_device_has_the_rate_for_itself()
    {
        await using var relay = await RelayProcess.Open("--rate", $"{Rate}");
        await using var one = await RatePair.Connect(relay);
        await using var two = await RatePair.Connect(relay);
        await RateMeter.HeldTo(relay, 2 * Rate, one, two);
    }

    [Fact]
    public async Task Connections_of_one_device_share_its_rate()
    {
        await using var relay = await RelayProcess.Open("--rate", $"{Rate}");
        var key = TestKey.New();
        await using var one = await RatePair.Connect(relay, key);
        await using var two = await RatePair.Connect(relay, key);
        await RateMeter.HeldTo(relay, Rate, one, two);
    }

    [Fact]
    public async Task Devices_share_the_relays_rate_and_neither_starves()
    {
        await using var relay = await RelayProcess.Open("--relay-rate", $"{Rate}");
        await using var one = await RatePair.Connect(relay);
        await using var two = await RatePair.Connect(relay);
        var shares = await RateMeter.HeldTo(relay, Rate, one, two);
        Assert.All(shares, s => Assert.InRange(s, 0.2 * Rate, 0.8 * Rate));
    }

    [Fact]
    public async Task A_rate_from_the_control_channel_holds_for_connections_that_are_there()
    {
        await using var relay = await RelayProcess.Open();
        await using var pair = await RatePair.Connect(relay);
        Assert.Equal(Rate / 2, (await relay.Control.Limits($$"""{"rate":{{Rate / 2}}}""")).GetProperty("rate").GetDouble());
        await RateMeter.HeldTo(relay, Rate / 2, pair);
        await relay.Control.Limits("""{"rate":null}""");
        var before = pair.To.BytesReceived;
        await Wait.Until(() => Task.FromResult(pair.To.BytesReceived - before > 4 * Rate), "without a limit it is faster", 4);
    }

    [Fact]
    public async Task The_largest_packet_passes_under_the_smallest_rate()
    {
        await using var relay = await RelayProcess.Open("--rate", "40000");
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        await a.Send(b.Key, new byte[Wire.MaxPacket]);
        Assert.Equal(Wire.MaxPacket, (await b.Packet()).Data.Length);
    }
}
