using System.Diagnostics;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>Who may connect, by the control channel and by a file; and that losing the right cuts at once.</summary>
[Collection(Timed.Collection)]
public sealed class AdmissionTests
{
    [Fact]
    public async Task Without_a_list_nobody_is_admitted()
    {
        await using var relay = await RelayProcess.Start();
        await Refused(relay, TestKey.New());
        var state = await relay.Control.Until(s => s["refused.denied"] == 1);
        Assert.Equal(("list", false, 0), (state.Root.GetProperty("admission").GetString(), state.Root.GetProperty("everyone").GetBoolean(), state["allowed"]));
    }

    [Fact]
    public async Task The_control_channel_says_who_is_admitted()
    {
        await using var relay = await RelayProcess.Start();
        TestKey a = TestKey.New(), b = TestKey.New();
        await relay.Control.Allow(a);
        await using (var client = await DerpTestClient.Connect(relay, a))
            Assert.Empty(await client.Ping());
        await Refused(relay, b);
        await relay.Control.Allow(a, b);
        Assert.Equal(2, (await relay.Control.State())["allowed"]);
        await (await DerpTestClient.Connect(relay, b)).DisposeAsync();
        await relay.Control.Everyone();
        await (await DerpTestClient.Connect(relay)).DisposeAsync();
        Assert.True((await relay.Control.State()).Root.GetProperty("everyone").GetBoolean());
    }

    [Fact]
    public async Task A_file_says_who_is_admitted_and_is_read_again()
    {
        using var folder = new TestFolder();
        TestKey a = TestKey.New(), b = TestKey.New();
        var list = folder.File("allow");
        await File.WriteAllTextAsync(list, $"# devices of one customer\n\n  {a.Node}  # laptop\n");
        await using var relay = await RelayProcess.StartIn(folder, "--allow", list);
        Assert.Equal("file", (await relay.Control.State()).Root.GetProperty("admission").GetString());
        await using var first = await DerpTestClient.Connect(relay, a);
        await Refused(relay, b);

        // At once: a list that is half written lets nobody in.
        await Replace(list, $"{a.Node}\n{b.Node}\n");
        await Admitted(relay, b);
        Assert.Empty(await first.Ping());

        await Within(2, async () =>
        {
            await Replace(list, $"{a.Node}\n{b.Node}\n");
            await Admitted(relay, a);
            await using var cut = await DerpTestClient.Connect(relay, a);
            var watch = Stopwatch.StartNew();
            await Replace(list, b.Node + "\n");
            await cut.Closed();
            return watch.Elapsed;
        });
        await first.Closed();
        await Refused(relay, a);

        await Replace(list, "*\n");
        await Admitted(relay, a);
    }

    [Fact]
    public async Task A_file_that_goes_admits_nobody()
    {
        using var folder = new TestFolder();
        var list = folder.File("allow");
        await File.WriteAllTextAsync(list, "*\n");
        await using var relay = await RelayProcess.StartIn(folder, "--allow", list);
        await (await DerpTestClient.Connect(relay)).DisposeAsync();
        File.Delete(list);
        await Wait.Until(async () => await DerpTestClient.TryConnect(relay) is null, "a list that is gone admits nobody");
    }

    [Fact]
    public async Task Removing_a_key_from_the_list_cuts_its_connections_within_a_second()
    {
        await using var relay = await RelayProcess.Start();
        TestKey gone = TestKey.New(), kept = TestKey.New();
        await relay.Control.Allow(kept);
        await using var other = await DerpTestClient.Connect(relay, kept);
        await Within(1, async () =>
        {
            await relay.Control.Allow(gone, kept);
            await using var first = await DerpTestClient.Connect(relay, gone);
            await using var second = await DerpTestClient.Connect(relay, gone);
            await Exchange.Works(second, other);
            var watch = Stopwatch.StartNew();
            Assert.Equal(2, await relay.Control.Allow(kept));
            await Task.WhenAll(first.Closed(), second.Closed());
            return watch.Elapsed;
        });
        await Refused(relay, gone);
        Assert.DoesNotContain(await other.Ping(), f => f.Type is not Wire.PeerGone);
        await relay.Control.Until(s => s.Connections == 1);
    }

    [Fact]
    public async Task Removing_a_key_cuts_one_that_sends_without_reading()
    {
        await using var relay = await RelayProcess.Start();
        TestKey gone = TestKey.New(), kept = TestKey.New();
        await Within(1, async () =>
        {
            await relay.Control.Allow(gone, kept);
            await using var sender = await DerpTestClient.Connect(relay, gone);
            await using var receiver = await DerpTestClient.Connect(relay, kept, receiveBuffer: 4096);
            using var stop = new CancellationTokenSource();
            var flood = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                    await sender.TrySendRaw(Wire.Packet(kept, new byte[10_000]));
            });
            await Task.Delay(200);
            var watch = Stopwatch.StartNew();
            await relay.Control.Allow(kept);
            await relay.Control.Until(s => s.Device(gone)["connections"] == 0);
            var took = watch.Elapsed;
            var counted = (await relay.Control.State()).Device(gone)["bytes_in"];
            await Task.Delay(300);
            Assert.Equal(counted, (await relay.Control.State()).Device(gone)["bytes_in"]);
            await stop.CancelAsync();
            await flood;
            return took;
        });
    }

    [Fact]
    public async Task A_kick_cuts_a_key_that_may_come_back()
    {
        await using var relay = await RelayProcess.Open();
        var key = TestKey.New();
        await using var other = await DerpTestClient.Connect(relay);
        await Within(1, async () =>
        {
            await using var client = await DerpTestClient.Connect(relay, key);
            var watch = Stopwatch.StartNew();
            Assert.Equal(1, await relay.Control.Kick(key));
            await client.Closed();
            return watch.Elapsed;
        });
        Assert.Equal(0, await relay.Control.Kick(key));
        Assert.Empty(await other.Ping());
        await using var again = await DerpTestClient.Connect(relay, key);
        Assert.Empty(await again.Ping());
    }

    /// <summary>No connection of a removed key slips in while the list changes under it.</summary>
    [Fact]
    public async Task A_key_that_is_removed_while_it_connects_does_not_stay()
    {
        await using var relay = await RelayProcess.Start();
        var key = TestKey.New();
        for (var round = 0; round < 20; round++)
        {
            await relay.Control.Allow(key);
            var connecting = Enumerable.Range(0, 6).Select(_ => DerpTestClient.TryConnect(relay, key)).ToList();
            await relay.Control.Allow();
            foreach (var client in await Task.WhenAll(connecting))
            {
                if (client is null)
                    continue;
                await client.Closed();
                await client.DisposeAsync();
            }
            await relay.Control.Until(s => s.Connections == 0);
        }
    }

    /// <summary>A busy machine may hold up its own clients: what counts is that it takes no longer when it has time for them.</summary>
    private static async Task Within(double seconds, Func<Task<TimeSpan>> once)
    {
        for (var attempt = 1; await once() is var took && took.TotalSeconds > seconds; attempt++)
            Assert.True(attempt < 3, $"It took {took.TotalSeconds:F1} s.");
    }

    /// <summary>A refused client gets no ServerInfo, or is told why, and is closed.</summary>
    private static async Task Refused(RelayProcess relay, TestKey key)
    {
        await using var client = await DerpTestClient.Dial(relay, key);
        await client.ReadServerKey();
        await client.SendRaw(Wire.Hello(key, client.RelayKey));
        await client.TrySendRaw(Wire.Frame(Wire.Ping, new byte[8]));
        var frames = await client.Closed(5);
        Assert.DoesNotContain(frames, f => f.Type is Wire.Pong or Wire.RecvPacket);
        Assert.True(frames.All(f => f.Type != Wire.ServerInfo) || frames[^1].Type == Wire.Health, $"A refused client got {string.Join(", ", frames)}.");
    }

    private static Task Admitted(RelayProcess relay, TestKey key) => Wait.Until(async () =>
    {
        await using var client = await DerpTestClient.TryConnect(relay, key);
        return client is not null;
    }, $"{key.Node} is admitted");

    /// <summary>As careful tools change a file.</summary>
    private static async Task Replace(string path, string text)
    {
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
