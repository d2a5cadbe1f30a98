namespace Gatehouse.Tests.Derp;

/// <summary>Frames that a client may not send, or that the relay does not know.</summary>
public sealed class FrameTests
{
    public static TheoryData<string> Oversize => ["packet of 64 KiB and one byte", "packet of 4 GiB", "packet without a destination", "ping of 4 GiB"];

    [Theory]
    [MemberData(nameof(Oversize))]
    public async Task A_frame_of_impossible_length_is_cut_and_counted(string kind)
    {
        await using var relay = await RelayProcess.Open();
        await using var other = await DerpTestClient.Connect(relay);
        await using var client = await DerpTestClient.Connect(relay);
        await client.TrySendRaw(kind switch
        {
            "packet of 64 KiB and one byte" => Wire.Packet(other.Key, new byte[Wire.MaxPacket + 1]),
            "packet of 4 GiB" => [.. Wire.Header(Wire.SendPacket, uint.MaxValue), .. other.Key.Public, .. new byte[1000]],
            "packet without a destination" => Wire.Frame(Wire.SendPacket, new byte[31]),
            _ => [.. Wire.Header(Wire.Ping, uint.MaxValue), .. new byte[1000]],
        });
        Assert.DoesNotContain(await client.Closed(5), f => f.Type == Wire.Pong);
        await relay.Control.Until(s => s.Sum("cut") == 1 && s.Connections == 1);
        Assert.Empty(await other.Ping());
    }

    [Fact]
    public async Task Unknown_frames_are_skipped_and_counted()
    {
        await using var relay = await RelayProcess.Open();
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        var random = new Random(11);
        var count = 0;
        foreach (var type in new byte[] { 0x00, 0x0b, 0x0f, 0x16, 0x40, 0x7f, 0xfe, 0xff })
        {
            foreach (var size in new[] { 0, 1, 1000, 60_000 })
            {
                var body = new byte[size];
                random.NextBytes(body);
                await a.SendRaw(Wire.Frame(type, body));
                count++;
            }
            await a.Send(b.Key, [type]);
            Assert.Equal([type], (await b.Packet()).Data);
        }
        await relay.Control.Until(s => s["unknown_frames"] == count && s.Sum("cut") == 0);
    }

    [Fact]
    public async Task KeepAlive_and_NotePreferred_are_taken()
    {
        await using var relay = await RelayProcess.Open();
        await using var client = await DerpTestClient.Connect(relay);
        foreach (var preferred in new byte[] { 1, 0, 1 })
            await client.SendRaw(Wire.Frame(Wire.NotePreferred, [preferred]));
        Assert.Empty(await client.Ping());
        var state = await relay.Control.State();
        Assert.Equal((0, 0), (state["unknown_frames"], state.Sum("cut")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"version":2,"meshKey":"0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"version":2,"meshKey":""}""")]
    public async Task Mesh_frames_of_a_client_are_never_obeyed(string? info)
    {
        await using var relay = await RelayProcess.Open();
        await using var victim = await DerpTestClient.Connect(relay);
        var key = TestKey.New();
        byte[][] attempts =
        [
            Wire.Frame(Wire.WatchConns),
            Wire.Frame(Wire.ClosePeer, victim.Key.Public),
            Wire.Frame(Wire.ForwardPacket, TestKey.New().Public, victim.Key.Public, new byte[10]),
            Wire.Frame(Wire.PeerPresent, new byte[51]),
            Wire.Frame(Wire.PeerGone, victim.Key.Public, [0]),
            Wire.Frame(Wire.RecvPacket, victim.Key.Public, new byte[10]),
            Wire.Frame(Wire.Health, "bad"u8.ToArray()),
            Wire.Frame(Wire.Restarting, new byte[8]),
            Wire.Frame(Wire.ServerInfo, new byte[60]),
        ];
        foreach (var attempt in attempts)
        {
            await using var client = await Greeted(relay, key, info);
            if (client is null)
                continue;
            await client.TrySendRaw(attempt);
            await using var newcomer = await DerpTestClient.Connect(relay);
            await client.TrySendRaw(Wire.Frame(Wire.Ping, new byte[8]));
            DerpFrame? frame;
            do
            {
                frame = await client.Read();
                Assert.False(frame?.Type is Wire.PeerPresent or Wire.PeerGone or Wire.RecvPacket, $"The client was told of others: {frame}.");
            }
            while (frame is not null and not { Type: Wire.Pong });
        }
        Assert.Empty(await victim.Ping());
    }

    private static async Task<DerpTestClient?> Greeted(RelayProcess relay, TestKey key, string? info)
    {
        if (info is null)
            return await DerpTestClient.Connect(relay, key);
        var client = await DerpTestClient.Dial(relay, key);
        await client.ReadServerKey();
        await client.SendRaw(Wire.Hello(key, client.RelayKey, info));
        if (await client.Read() is { Type: Wire.ServerInfo })
            return client;
        await client.DisposeAsync();
        return null;
    }
}
