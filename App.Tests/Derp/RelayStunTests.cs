using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Gatehouse.Tests.Derp;

/// <summary>STUN of the whole relay at the address it printed, asked by bytes of the test's own.</summary>
public sealed class RelayStunTests
{
    private const uint Cookie = 0x2112A442;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task A_binding_request_is_answered_with_the_senders_address(string address)
    {
        await using var relay = await RelayProcess.Start("--stun", address + ":0");
        using var socket = Socket(relay);
        var id = RandomNumberGenerator.GetBytes(12);
        await socket.SendAsync(Request(id));
        var answer = await Receive(socket);
        var own = (IPEndPoint)socket.LocalEndPoint!;
        var ip = own.Address.GetAddressBytes();
        byte[] mask = [0x21, 0x12, 0xA4, 0x42, .. id];
        var port = own.Port ^ 0x2112;
        byte[] expected =
        [
            0x01, 0x01, 0x00, (byte)(8 + ip.Length), 0x21, 0x12, 0xA4, 0x42, .. id, 0x00, 0x20, 0x00, (byte)(4 + ip.Length), 0x00, (byte)(ip.Length == 4 ? 1 : 2),
            (byte)(port >> 8), (byte)port, .. ip.Select((b, i) => (byte)(b ^ mask[i])),
        ];
        Assert.Equal(Wire.Hex(expected), Wire.Hex(answer!));
    }

    [Fact]
    public async Task Anything_else_is_met_with_silence()
    {
        await using var relay = await RelayProcess.Start("--stun", "127.0.0.1:0");
        using var socket = Socket(relay);
        var good = Request(new byte[12]);
        byte[][] others = [[0], good[..39], [.. good, 0], Altered(good, 0, 0x01), Altered(good, 4, 0), Altered(good, 24, (byte)'x'), Altered(good, 39, (byte)(good[39] ^ 1)), good[..20], new byte[1400]];
        foreach (var other in others)
            await socket.SendAsync(other);
        Assert.Null(await Receive(socket, 400));
        await socket.SendAsync(good);
        Assert.NotNull(await Receive(socket));
    }

    [Fact]
    public async Task Answers_to_one_source_are_capped()
    {
        await using var relay = await RelayProcess.Start("--stun", "127.0.0.1:0");
        using var socket = Socket(relay);
        var answers = 0;
        for (var i = 0; i < 3000; i++)
        {
            await socket.SendAsync(Request(BitConverter.GetBytes((long)i).Concat(new byte[4]).ToArray()));
            while (socket.Available > 0)
            {
                await Receive(socket);
                answers++;
            }
        }
        // However long the first takes; all that come have come when none has for a while.
        Assert.True(answers > 0 || await Receive(socket) is not null, "No answer at all.");
        while (await Receive(socket, 500) is not null)
            answers++;
        Assert.InRange(answers, 0, 2000);
    }

    private static Socket Socket(RelayProcess relay)
    {
        var socket = new Socket(relay.Stun!.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Connect(relay.Stun);
        return socket;
    }

    private static async Task<byte[]?> Receive(Socket socket, int milliseconds = 30_000)
    {
        using var stop = new CancellationTokenSource(milliseconds);
        var buffer = new byte[1500];
        try
        {
            return buffer[..await socket.ReceiveAsync(buffer, stop.Token)];
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static byte[] Altered(byte[] request, int at, byte value)
    {
        var altered = request.ToArray();
        altered[at] = value;
        return altered;
    }

    private static byte[] Request(byte[] id)
    {
        var request = new byte[40];
        BinaryPrimitives.WriteUInt32BigEndian(request, 0x0001_0014);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), Cookie);
        id.CopyTo(request, 8);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(20), 0x8022_0008);
        "tailnode"u8.CopyTo(request.AsSpan(24));
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(32), 0x8028_0004);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(36), Crc32(request.AsSpan(0, 32)) ^ 0x5354554E);
        return request;
    }

    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
