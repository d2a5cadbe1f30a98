using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Tests.Derp;

/// <summary>One frame as it came.</summary>
internal sealed record DerpFrame(byte Type, byte[] Body)
{
    public override string ToString() => $"frame {Type:x2} of {Body.Length} bytes";

    /// <summary>The body as text, of a Health frame.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A packet that another device sent.</summary>
internal sealed record DerpPacket(string From, byte[] Data);

/// <summary>DERP's frames, written from the description of the protocol and not from the relay's code.</summary>
internal static class Wire
{
    public const byte ServerKey = 0x01, ClientInfo = 0x02, ServerInfo = 0x03, SendPacket = 0x04, RecvPacket = 0x05, KeepAlive = 0x06, NotePreferred = 0x07,
        PeerGone = 0x08, PeerPresent = 0x09, ForwardPacket = 0x0a, WatchConns = 0x10, ClosePeer = 0x11, Ping = 0x12, Pong = 0x13, Health = 0x14, Restarting = 0x15;

    public const int HeaderBytes = 5, KeyBytes = 32, MaxPacket = 65536;

    public const byte GoneDisconnected = 0, GoneNotHere = 1;

    public static byte[] Magic => [0x44, 0x45, 0x52, 0x50, 0xF0, 0x9F, 0x94, 0x91];

    /// <summary>What packets of path discovery begin with.</summary>
    public static byte[] Disco => [0x54, 0x53, 0xF0, 0x9F, 0x92, 0xAC];

    public static byte[] Frame(byte type, params ReadOnlySpan<byte[]> parts)
    {
        var length = 0;
        foreach (var part in parts)
            length += part.Length;
        var frame = new byte[HeaderBytes + length];
        Header(type, (uint)length).CopyTo(frame, 0);
        var at = HeaderBytes;
        foreach (var part in parts)
        {
            part.CopyTo(frame, at);
            at += part.Length;
        }
        return frame;
    }

    /// <summary>A header alone, which may promise more than follows.</summary>
    public static byte[] Header(byte type, uint length)
    {
        var header = new byte[HeaderBytes];
        header[0] = type;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), length);
        return header;
    }

    public static byte[] Packet(TestKey to, byte[] data) => Frame(SendPacket, to.Public, data);

    /// <summary>The body of a PeerGone.</summary>
    public static byte[] Gone(TestKey peer, byte reason) => [.. peer.Public, reason];

    public static byte[] Hello(TestKey key, byte[] relay, string json = "{\"version\":2,\"CanAckPings\":true}") =>
        Frame(ClientInfo, key.Public, key.Seal(Encoding.UTF8.GetBytes(json), relay));

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
