using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>STUN for anybody: bytes as browsers and other programs send them.</summary>
public sealed class OpenStunTests
{
    private static readonly byte[] Transaction = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    /// <summary>Attributes in hex, after the header.</summary>
    public static TheoryData<string, bool> Requests => new()
    {
        // None, as of Chromium.
        { "", true },
        // SOFTWARE "test" and FINGERPRINT, as of Firefox.
        { "8022000474657374" + "8028000400000000", true },
        // USERNAME of 5 bytes and what fills it up; PRIORITY.
        { "00060005" + "613a62633d000000" + "002400046e001eff", true },
        // One that nobody knows.
        { "7ffe0000", true },
        { "8028000400000000" + "8022000474657374", false },
        { "8022000874657374", false },
        { "802200", false },
        { "00060005" + "613a62633d", false },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Any_well_formed_binding_request_is_answered_when_it_is_open_and_only_then(string attributes, bool wellFormed)
    {
        var request = Request(Convert.FromHexString(attributes));
        foreach (var open in new[] { true, false })
        {
            await using var server = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0), open: open);
            using var client = Client("127.0.0.1", server.Port);
            var answer = await Ask(client, request, open && wellFormed);
            Assert.Equal(open && wellFormed, answer is not null);
            await Wait.Until(() => Task.FromResult(server.Answered + server.Ignored == 1), "it is counted");
            Assert.Equal(open && wellFormed ? 1 : 0, server.Answered);
            if (answer is null)
                continue;
            var address = new byte[16];
            Assert.True(Stun.TryReadAnswer(answer, Transaction, address, out var size, out var port));
            Assert.Equal(client.LocalEndPoint, new IPEndPoint(new IPAddress(address.AsSpan(0, size)), port));
        }
    }

    [Theory]
    [InlineData("a wrong length")]
    [InlineData("a byte too many")]
    [InlineData("an answer")]
    [InlineData("an indication")]
    [InlineData("another method")]
    [InlineData("no cookie")]
    [InlineData("a wrong fingerprint")]
    public async Task What_is_no_binding_request_is_met_with_silence(string kind)
    {
        var request = Request(kind == "a wrong fingerprint" ? Convert.FromHexString("8028000400000000") : []);
        switch (kind)
        {
            case "a wrong length":
                request[3] = 4;
                break;
            case "a byte too many":
                request = [.. request, 0];
                break;
            case "an answer":
                request[0] = 1;
                break;
            case "an indication":
                request[1] = 0x11;
                break;
            case "another method":
                request[1] = 3;
                break;
            case "no cookie":
                request[4] = 0;
                break;
            default:
                request[^1] ^= 1;
                break;
        }
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0), open: true);
        using var client = Client("127.0.0.1", server.Port);
        Assert.Null(await Ask(client, request, expected: false));
        await Wait.Until(() => Task.FromResult(server.Ignored == 1), "it is counted");
    }

    [Fact]
    public async Task A_stranger_has_a_share_of_his_own_and_takes_none_of_the_clients()
    {
        var clock = new FakeClock();
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0), clock, open: true);
        using var client = Client("127.0.0.1", server.Port);
        Assert.Equal(StunServer.OpenBurst, await Answers(100));
        Assert.Equal(100 - StunServer.OpenBurst, server.Capped);
        // The address is used up for strangers; a client behind it is answered.
        var own = new byte[Stun.RequestSize];
        Stun.WriteRequest(own, Transaction);
        Assert.NotNull(await Ask(client, own));
        // An answer is counted once it has been sent.
        await Wait.Until(() => Task.FromResult(server.Answered == StunServer.OpenBurst + 1), "it is counted");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StunServer.OpenPerSecond, await Answers(100));

        async Task<int> Answers(int requests)
        {
            var before = server.Answered;
            for (var i = 0; i < requests; i++)
            {
                var seen = server.Answered + server.Capped;
                await client.SendAsync(Request([]));
                await Wait.Until(() => Task.FromResult(server.Answered + server.Capped == seen + 1), "it is counted");
            }
            while (client.Available > 0)
                await client.ReceiveAsync(new byte[100]);
            return (int)(server.Answered - before);
        }
    }

    /// <summary>Sources all over 127.0.0.0/8, each well within its share.</summary>
    [Fact]
    public async Task All_strangers_together_have_one_share()
    {
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.Any, 0), new FakeClock(), open: true);
        const int each = 20, sources = 120;
        for (var i = 0; i < sources; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            client.Bind(new IPEndPoint(new IPAddress(new byte[] { 127, 9, 0, (byte)(i + 1) }), 0));
            var seen = server.Answered + server.Capped;
            for (var n = 0; n < each; n++)
                await client.SendToAsync(Request([]), new IPEndPoint(IPAddress.Loopback, server.Port));
            await Wait.Until(() => Task.FromResult(server.Answered + server.Capped == seen + each), "they are counted");
        }
        Assert.Equal((2000, sources * each - 2000), (server.Answered, server.Capped));
    }

    [Fact]
    public async Task The_relay_is_open_when_it_is_told_to_be()
    {
        await using var relay = await RelayProcess.Start("--stun", "127.0.0.1:0", "--stun-open");
        Assert.Contains("STUN answers anybody", relay.Out);
        using var client = Client("127.0.0.1", relay.Stun!.Port);
        Assert.NotNull(await Ask(client, Request([])));
        Assert.Contains("--stun-open needs --stun", (await Assert.ThrowsAsync<InvalidOperationException>(() => RelayProcess.Start("--stun-open"))).Message);
    }

    private static byte[] Request(byte[] attributes)
    {
        byte[] request = [0, 1, 0, (byte)attributes.Length, 0x21, 0x12, 0xA4, 0x42, .. Transaction, .. attributes];
        // A fingerprint of zeros stands for the right one.
        for (var at = 20; at + 8 <= request.Length; at += 4)
        {
            if (request.AsSpan(at, 8).SequenceEqual((byte[])[0x80, 0x28, 0, 4, 0, 0, 0, 0]))
            {
                var fingerprint = RelayStunTests.Crc32(request.AsSpan(0, at)) ^ 0x5354554E;
                BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(at + 4), fingerprint);
            }
        }
        return request;
    }

    private static Socket Client(string address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }

    /// <summary>Null when nothing comes.</summary>
    private static async Task<byte[]?> Ask(Socket client, byte[] request, bool expected = true)
    {
        await client.SendAsync(request);
        using var wait = new CancellationTokenSource(expected ? 30_000 : 300);
        var buffer = new byte[100];
        try
        {
            return buffer[..await client.ReceiveAsync(buffer, wait.Token)];
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
