using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Gatehouse.Tests.Derp;

/// <summary>
/// A long life in short: devices and strangers that come and go. Ten seconds; <c>GATEHOUSE_CHURN_SECONDS=1800</c> makes it half an
/// hour, and <c>GATEHOUSE_CHURN_RATE</c> another number of connections a second than 1,000.
/// </summary>
[Collection(Timed.Collection)]
public sealed class ChurnTests(ITestOutputHelper output)
{
    private const int AtOnce = 64, Addresses = 100, PerAddress = 900;
    private const long SaneGrowth = 32 << 20;
    private static readonly byte[] Asked = Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Coming_and_going_leaves_nothing_behind(bool tls)
    {
        int seconds = ConfigValue("GATEHOUSE_CHURN_SECONDS", 10), rate = ConfigValue("GATEHOUSE_CHURN_RATE", 1000);
        var via = tls ? Via.Tls : Via.Plain;
        await using var relay = await RelayProcess.OpenApart(192, tls ? ["--self-signed"] : []);
        await using var talker = await DerpTestClient.Connect(relay, via: via);
        await using var listener = await DerpTestClient.Connect(relay, via: via);
        var listening = Drain(listener);
        var deaf = Drain(talker);
        using var slots = new SemaphoreSlim(AtOnce);
        using var talk = new SemaphoreSlim(1);
        var resident = new List<long>();
        var clock = Stopwatch.StartNew();
        var made = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; made++)
        {
            if (resident.Count <= clock.Elapsed.TotalSeconds * 10 / seconds)
                resident.Add(relay.Resident());
            if (made > clock.Elapsed.TotalSeconds * rate)
                await Task.Delay(5);
            await slots.WaitAsync();
            _ = Visit(made);
        }
        for (var i = 0; i < AtOnce; i++)
            Assert.True(await slots.WaitAsync(DerpTestClient.Patience), "Some do not come to their end.");
        var state = await relay.Control.Until(s => s.Connections == 2 && s["pending.connections"] == 0 && s["pending.bytes"] == 0 && s["buffered"] == 0, 20);
        resident.Add(relay.Resident());
        output.WriteLine($"{made} visits, {state["total.connects"]} of devices; MB: {string.Join(' ', resident.Select(r => r >> 20))}; {state.Root.GetProperty("cut")}");
        Assert.True(made > seconds * 20, $"{made} visits in {seconds} s are too few to tell anything.");
        Assert.Equal(0, state["cut.fault"]);
        Assert.InRange(resident[^1] - resident[4], long.MinValue, SaneGrowth);
        Assert.False(listening.IsCompleted || deaf.IsCompleted, "Those who stayed were cut off.");
        await relay.StopWell();
        await Task.WhenAll(listening, deaf);

        async Task Visit(int number)
        {
            try
            {
                await Once(number);
            }
            catch (Exception e) when (e is IOException or SocketException or TimeoutException)
            {
                // Of one that went while it was spoken to.
            }
            slots.Release();
        }

        async Task Once(int number)
        {
            await using var visitor = await Stranger.Connect(relay, number % Addresses * PerAddress, tls);
            var key = TestKey.New();
            switch (number % 8)
            {
                case 0 or 1 or 2 or 3:
                    await visitor.Say(Stranger.Introduced(relay, key, Wire.Packet(listener.Key, new byte[100])));
                    // The key, and that it is let in.
                    await visitor.Hear(Wire.HeaderBytes + 41);
                    await talk.WaitAsync();
                    try
                    {
                        await talker.Send(key, new byte[100]);
                    }
                    finally
                    {
                        talk.Release();
                    }
                    if (number % 2 == 0)
                        visitor.Shut();
                    break;
                case 4:
                    await visitor.Say(Stranger.Introduced(relay, key).AsMemory(0, 150));
                    break;
                case 5:
                    await visitor.Say(Stranger.WebSocket);
                    await visitor.Hear();
                    break;
                case 6:
                    await visitor.Say(Asked);
                    await visitor.Ended(10);
                    break;
                default:
                    break;
            }
        }
    }

    private static async Task Drain(DerpTestClient client)
    {
        while (await client.Read(TimeSpan.FromDays(1)) is not null)
        {
        }
    }

    private static int ConfigValue(string name, int usual) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? int.Parse(set) : usual;
}
