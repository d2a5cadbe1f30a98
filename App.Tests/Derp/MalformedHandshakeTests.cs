using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Tests.Derp;

/// <summary>Clients that do not shake hands as they should are cut, and counted.</summary>
public sealed class MalformedHandshakeTests
{
    private static readonly string[] Kinds = ["ping first", "packet first", "unknown first", "no payload", "short", "noise for a box", "box for another key",
        "key of zeros", "key of low order", "nonce altered", "not JSON", "300 KiB", "length of 4 GiB", "HTTP again"];

    public static TheoryData<string, Via> Malformed
    {
        get
        {
            var rows = new TheoryData<string, Via>();
            foreach (var kind in Kinds)
            {
                rows.Add(kind, Via.Plain);
                rows.Add(kind, Via.Tls);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_handshake_is_cut_and_counted(string kind, Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var client = await DerpTestClient.Dial(relay, via: via);
        await client.ReadServerKey();
        await client.TrySendRaw(Bytes(kind, client.Key, client.RelayKey));
        Assert.DoesNotContain(await client.Closed(5), f => f.Type is Wire.ServerInfo or Wire.Pong);
        var state = await relay.Control.Until(s => s.Sum("cut") == 1 && s.Connections == 0);
        Assert.True(state["cut.fault"] == 0, $"It was a fault of the relay's: {state}");
        await using var good = await DerpTestClient.Connect(relay, via: via);
        Assert.Empty(await good.Ping());
    }

    private static byte[] Bytes(string kind, TestKey key, byte[] relay)
    {
        switch (kind)
        {
            case "ping first":
                return Wire.Frame(Wire.Ping, new byte[8]);
            case "packet first":
                return Wire.Packet(TestKey.New(), new byte[100]);
            case "unknown first":
                return Wire.Frame(0x7f, new byte[100]);
            case "no payload":
                return Wire.Frame(Wire.ClientInfo);
            case "short":
                return Wire.Frame(Wire.ClientInfo, key.Public, new byte[24 + 15]);
            case "noise for a box":
                return Wire.Frame(Wire.ClientInfo, key.Public, RandomNumberGenerator.GetBytes(80));
            case "box for another key":
                return Wire.Hello(key, TestKey.New().Public);
            case "key of zeros":
                return Wire.Frame(Wire.ClientInfo, new byte[32], key.Seal("{}"u8.ToArray(), relay));
            case "key of low order":
                return Wire.Frame(Wire.ClientInfo, [1, .. new byte[31]], key.Seal("{}"u8.ToArray(), relay));
            case "nonce altered":
                var hello = Wire.Hello(key, relay);
                hello[Wire.HeaderBytes + Wire.KeyBytes] ^= 1;
                return hello;
            case "not JSON":
                return Wire.Hello(key, relay, "not JSON");
            case "300 KiB":
                return Wire.Hello(key, relay, "{\"AppName\":\"" + new string('x', 300 * 1024) + "\"}");
            case "length of 4 GiB":
                return [.. Wire.Header(Wire.ClientInfo, uint.MaxValue), .. new byte[1000]];
            case "HTTP again":
                return Encoding.ASCII.GetBytes("GET /derp HTTP/1.1\r\nHost: localhost\r\n\r\n");
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }
    }

    [Fact]
    public async Task Somebody_elses_key_cannot_be_used_without_its_secret()
    {
        await using var relay = await RelayProcess.Open();
        await using var victim = await DerpTestClient.Connect(relay);
        await using var thief = await DerpTestClient.Dial(relay);
        await thief.ReadServerKey();
        await thief.TrySendRaw(Wire.Frame(Wire.ClientInfo, victim.Key.Public, thief.Key.Seal("{}"u8.ToArray(), thief.RelayKey)));
        Assert.DoesNotContain(await thief.Closed(5), f => f.Type == Wire.ServerInfo);
        Assert.Empty(await victim.Ping());
        Assert.Equal(1, (await relay.Control.State()).Device(victim.Key)["connects"]);
    }

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public async Task A_client_that_goes_amid_the_handshake_leaves_nothing_behind(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        for (var i = 0; i < 20; i++)
        {
            await using var client = await DerpTestClient.Dial(relay, via: via);
            await client.ReadServerKey();
            await client.SendRaw(Wire.Hello(client.Key, client.RelayKey).AsMemory(0, 1 + (i * 4)));
        }
        var state = await relay.Control.Until(s => s.Connections == 0);
        Assert.Equal(0, state["total.connects"]);
    }
}
