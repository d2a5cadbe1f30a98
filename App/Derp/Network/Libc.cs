using System.Runtime.InteropServices;

namespace Gatehouse.Derp.Network;

/// <summary>A stretch of memory, as <c>sendmsg(2)</c> and <c>readv(2)</c> take them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector(byte* start, nint length)
{
    public byte* Start = start;
    public nint Length = length;
}

/// <summary>The system calls of the relay's loops: they never block but in <see cref="Wait"/>. Linux on 64 bits.</summary>
internal static unsafe partial class Libc
{
    public const int Again = 11, Interrupted = 4, NetworkDown = 100, NoBuffers = 105, TimedOut = 110;
    public const uint In = 1, Out = 4, Error = 8, HangUp = 0x10, PeerHangUp = 0x2000;

    /// <summary>Told once for each time that something comes, not as long as it is there.</summary>
    public const uint EdgeTriggered = 1u << 31;

    public const int Add = 1, Delete = 2, Modify = 3;
    public const int DontWait = 0x40, NoSignal = 0x4000, Peek = 2;
    public const int ShutRead = 0, ShutWrite = 1;
    private const int CloseOnExec = 0x80000, NonBlocking = 0x800;

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct Event
    {
        public uint Events;
        public ulong Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public nint Name;
        public nint NameLength;
        public IoVector* Vectors;
        public nint Count;
        public nint Control;
        public nint ControlLength;
        public nint Flags;
    }

    public static int Poll() => epoll_create1(CloseOnExec);

    public static int Bell() => eventfd(0, CloseOnExec | NonBlocking);

    public static int Control(int poll, int operation, int fd, uint events, ulong data)
    {
        var wanted = new Event { Events = events, Data = data };
        return epoll_ctl(poll, operation, fd, &wanted);
    }

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)] public static partial int Wait(int poll, Event* events, int count, int milliseconds);
    [LibraryImport("libc", EntryPoint = "shutdown")] public static partial int Shutdown(int fd, int how);
    [LibraryImport("libc", EntryPoint = "close")] public static partial int Close(int fd);
    [LibraryImport("libc", EntryPoint = "read")] public static partial nint Read(int fd, ulong* value, nint length);
    [LibraryImport("libc", EntryPoint = "write")] public static partial nint Write(int fd, ulong* value, nint length);

    /// <summary>Sends without waiting. Returns the bytes taken, 0 when there is no room, -1 when the connection is gone.</summary>
    public static nint Send(int fd, IoVector* vectors, int count)
    {
        var message = new Message { Vectors = vectors, Count = count };
        nint sent;
        while ((sent = sendmsg(fd, &message, DontWait | NoSignal)) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                return error == Again ? 0 : -1;
        }
        return sent;
    }

    /// <summary>Receives without waiting. Returns the bytes, 0 at the end of the stream, or the error's number, negative.</summary>
    public static nint Receive(int fd, IoVector* vectors, int count, int flags = 0)
    {
        var message = new Message { Vectors = vectors, Count = count };
        nint got;
        while ((got = recvmsg(fd, &message, DontWait | flags)) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                return -error;
        }
        return got;
    }

    [LibraryImport("libc")] private static partial int epoll_create1(int flags);
    [LibraryImport("libc")] private static partial int epoll_ctl(int poll, int operation, int fd, Event* wanted);
    [LibraryImport("libc")] private static partial int eventfd(uint initial, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial nint recvmsg(int fd, Message* message, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial nint sendmsg(int fd, Message* message, int flags);
}
