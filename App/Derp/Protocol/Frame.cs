using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Gatehouse.Derp.Protocol;

/// <summary>Frame types (reference: derp.md section 3; tailscale/derp/derp.go).</summary>
public enum FrameType : byte
{
    ServerKey = 0x01,
    ClientInfo = 0x02,
    ServerInfo = 0x03,
    SendPacket = 0x04,
    ReceivePacket = 0x05,
    KeepAlive = 0x06,
    NotePreferred = 0x07,
    PeerGone = 0x08,
    PeerPresent = 0x09,
    ForwardPacket = 0x0a,
    WatchConnections = 0x10,
    ClosePeer = 0x11,
    Ping = 0x12,
    Pong = 0x13,
    Health = 0x14,
    Restarting = 0x15,
}

/// <summary>Why a peer is gone: the last byte of a <see cref="FrameType.PeerGone"/> frame.</summary>
public enum PeerGoneReason : byte
{
    Disconnected = 0,
    NotHere = 1,
}

/// <summary>A frame is one byte of type, the payload's length as big-endian uint32, and the payload.</summary>
public static class Frame
{
    public const int HeaderSize = 5;
    public const int MaxPacket = 64 * 1024;

    /// <summary>The longest frame that a client may send after the handshake: a packet with its destination.</summary>
    public const int MaxSize = HeaderSize + NodeKey.Size + MaxPacket;

    public const int MaxClientInfo = 256 * 1024;
    public const int ProtocolVersion = 2;

    /// <summary>What a ServerKey frame begins with: DERP and a key.</summary>
    public static ReadOnlySpan<byte> Magic => [0x44, 0x45, 0x52, 0x50, 0xF0, 0x9F, 0x94, 0x91];

    /// <summary>What a discovery packet begins with: TS and a speech balloon.</summary>
    public static ReadOnlySpan<byte> DiscoMagic => [0x54, 0x53, 0xF0, 0x9F, 0x92, 0xAC];

    public static void WriteHeader(Span<byte> target, FrameType type, int length)
    {
        target[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], (uint)length);
    }

    /// <summary>The length of the frame whose header begins here.</summary>
    internal static unsafe int SizeOf(byte* header) => HeaderSize + (int)BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(header + 1));

    /// <summary>A whole frame.</summary>
    public static byte[] Of(FrameType type, params ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        WriteHeader(frame, type, payload.Length);
        payload.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }
}
