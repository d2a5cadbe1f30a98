using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gatehouse.Derp.Network;

// Datagrams that are answered from the address they were sent to: a machine has several, and left to itself the system takes the
// one that lies on the way back, from which no client expects an answer. By IP_PKTINFO and IPV6_PKTINFO: see ip(7), ipv6(7), cmsg(3).
internal static unsafe partial class Libc
{
    private const int Ip = 0, PacketInfo = 8, Ip6 = 41, WantPacketInfo6 = 49, PacketInfo6 = 50;
    private const int LevelAt = 8, TypeAt = 12, InfoAt = 16, AddressSize6 = 16;

    /// <summary>Who sent a datagram, as a <c>sockaddr</c>, and to which of this machine's addresses, as a control message.</summary>
    public struct Envelope
    {
        public const int MaxSender = 28, MaxControl = 64;
        public fixed byte Sender[MaxSender];
        public int SenderLength;
        public fixed byte Control[MaxControl];
        public nint ControlLength;
    }

    /// <summary>Asks the system to say with each datagram to which address it was sent.</summary>
    public static void TellDestinations(Socket socket) =>
        socket.SetRawSocketOption(socket.AddressFamily == AddressFamily.InterNetwork ? Ip : Ip6, socket.AddressFamily == AddressFamily.InterNetwork ? PacketInfo : WantPacketInfo6, BitConverter.GetBytes(1));

    /// <summary>Receives one without waiting. Returns its length, or the error's number, negative.</summary>
    public static nint ReceiveFrom(int fd, byte* packet, int size, Envelope* envelope)
    {
        var vector = new IoVector(packet, size);
        var message = new Message
        {
            Name = (nint)envelope->Sender, NameLength = Envelope.MaxSender, Vectors = &vector, Count = 1, Control = (nint)envelope->Control, ControlLength = Envelope.MaxControl,
        };
        nint got;
        while ((got = recvmsg(fd, &message, DontWait)) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                return -error;
        }
        (envelope->SenderLength, envelope->ControlLength) = ((int)message.NameLength, message.ControlLength);
        return got;
    }

    /// <summary>Sends one to the sender of another, from the address that one was sent to, without waiting. As <see cref="ReceiveFrom"/>.</summary>
    public static nint SendBack(int fd, byte* packet, int length, Envelope* envelope)
    {
        LeaveInterface(new Span<byte>(envelope->Control, (int)envelope->ControlLength));
        var vector = new IoVector(packet, length);
        var message = new Message
        {
            Name = (nint)envelope->Sender, NameLength = envelope->SenderLength, Vectors = &vector, Count = 1, Control = (nint)envelope->Control, ControlLength = envelope->ControlLength,
        };
        nint sent;
        while ((sent = sendmsg(fd, &message, DontWait | NoSignal)) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                return -error;
        }
        return sent;
    }

    // The way back need not be the way here. Only a link-local address says nothing without its interface.
    private static void LeaveInterface(Span<byte> control)
    {
        if (control.Length < InfoAt + AddressSize6)
            return;
        var (level, type) = (MemoryMarshal.Read<int>(control[LevelAt..]), MemoryMarshal.Read<int>(control[TypeAt..]));
        var info = control[InfoAt..];
        if ((level, type) == (Ip, PacketInfo))
            info[..sizeof(int)].Clear();
        else if ((level, type) == (Ip6, PacketInfo6) && (BinaryPrimitives.ReadUInt16BigEndian(info) & 0xFFC0) != 0xFE80)
            info.Slice(AddressSize6, sizeof(int)).Clear();
    }
}
