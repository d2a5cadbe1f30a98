using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench;

/// <summary>A sender and a receiver, a thread each. At most <c>window</c> packets are on their way, so the relay need drop none.</summary>
internal sealed class Pair(IPEndPoint relay, bool tls, int size, int window)
{
    /// <summary>Latencies are counted by the microsecond; what takes longer is in the last one.</summary>
    public const int Slowest = 200_000;

    private const byte SendPacket = 4, RecvPacket = 5;
    private readonly Wire _sender = new(relay, tls), _receiver = new(relay, tls);
    private readonly object _gate = new();
    private long _sent, _received, _bytes;
    private volatile bool _waiting;

    public long Received => Volatile.Read(ref _received);
    public long Bytes => Volatile.Read(ref _bytes);
    public int[] Latencies { get; } = new int[Slowest + 1];

    public void Start(Action<Exception> failed)
    {
        foreach (var work in new Action[] { Receive, Send })
        {
            new Thread(() =>
            {
                try { work(); }
                catch (Exception e) { failed(e); }
            }, 256 * 1024) { IsBackground = true }.Start();
        }
    }

    private void Send()
    {
        var frame = Wire.Header + Wire.Key + size;
        var buffer = new byte[frame * window];
        for (var at = 0; at < buffer.Length; at += frame)
        {
            buffer[at] = SendPacket;
            BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(at + 1), frame - Wire.Header);
            _receiver.PublicKey.CopyTo(buffer, at + Wire.Header);
            buffer.AsSpan(at + Wire.Header + Wire.Key, size).Fill(7);
        }
        while (true)
        {
            AwaitRoom();
            var count = (int)Math.Min(window, window - (_sent - Received));
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
                MemoryMarshal.Write(buffer.AsSpan(i * frame + Wire.Header + Wire.Key), now);
            Interlocked.Add(ref _sent, count);
            _sender.Send(buffer.AsSpan(0, count * frame));
        }
    }

    private void AwaitRoom()
    {
        if (_sent - Received <= window / 2) return;
        lock (_gate)
        {
            _waiting = true;
            // A full fence between the flag and the look at the count, as in Receive: one of the two sees the other.
            Interlocked.MemoryBarrier();
            while (_sent - Received > window / 2)
            {
                // Nothing for so long: the relay dropped what is missing.
                if (!Monitor.Wait(_gate, 100)) Interlocked.Exchange(ref _sent, Received);
            }
            _waiting = false;
        }
    }

    private void Receive()
    {
        var buffer = new byte[1 << 20];
        var have = 0;
        while (true)
        {
            have += _receiver.Receive(buffer.AsSpan(have));
            int at = 0, packets = 0;
            long bytes = 0, now = Stopwatch.GetTimestamp();
            while (have - at >= Wire.Header)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at + 1));
                if (have - at < Wire.Header + length) break;
                if (buffer[at] == RecvPacket)
                {
                    packets++;
                    bytes += length - Wire.Key;
                    var took = now - MemoryMarshal.Read<long>(buffer.AsSpan(at + Wire.Header + Wire.Key));
                    Latencies[Math.Clamp(took * 1_000_000 / Stopwatch.Frequency, 0, Slowest)]++;
                }
                at += Wire.Header + length;
            }
            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
            if (packets == 0) continue;
            Volatile.Write(ref _bytes, _bytes + bytes);
            Interlocked.Add(ref _received, packets);
            if (!_waiting || Volatile.Read(ref _sent) - _received > window / 2) continue;
            lock (_gate) Monitor.Pulse(_gate);
        }
    }
}
