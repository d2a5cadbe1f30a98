using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench;

/// <summary>
/// A sender and a receiver on one thread, so that the machine is busy with the relay and not with waking threads: what has arrived
/// makes room for what is sent next. At most <c>window</c> packets are on their way, so the relay need drop none.
/// </summary>
internal sealed class Pair(IPEndPoint relay, bool tls, int size, int window)
{
    /// <summary>Latencies are counted by the microsecond; what takes longer is in the last one.</summary>
    public const int Slowest = 200_000;

    private const byte SendPacket = 4, RecvPacket = 5;
    private readonly Wire _sender = new(relay, tls), _receiver = new(relay, tls);
    private readonly Lock _gate = new();
    private readonly byte[] _frames = new byte[(Wire.Header + Wire.Key + size) * window];
    private long _inFlight, _received, _bytes, _seen;

    public long Received => Volatile.Read(ref _received);
    public long Bytes => Volatile.Read(ref _bytes);
    public int[] Latencies { get; } = new int[Slowest + 1];

    public void Start(Action<Exception> failed) => new Thread(() =>
    {
        try
        {
            Fill();
            Send();
            Receive();
        }
        catch (Exception e) { failed(e); }
    }, 256 * 1024) { IsBackground = true }.Start();

    /// <summary>Sends anew if nothing has arrived since the last call: the relay dropped what is missing.</summary>
    public void Revive()
    {
        lock (_gate)
        {
            if (_seen == _received)
            {
                _inFlight = 0;
                Send();
            }
            _seen = _received;
        }
    }

    private void Fill()
    {
        var frame = Wire.Header + Wire.Key + size;
        for (var at = 0; at < _frames.Length; at += frame)
        {
            _frames[at] = SendPacket;
            BinaryPrimitives.WriteInt32BigEndian(_frames.AsSpan(at + 1), frame - Wire.Header);
            _receiver.PublicKey.CopyTo(_frames, at + Wire.Header);
            _frames.AsSpan(at + Wire.Header + Wire.Key, size).Fill(7);
        }
    }

    private void Send()
    {
        lock (_gate)
        {
            if (_inFlight > window / 2) return;
            var count = (int)(window - _inFlight);
            _inFlight = window;
            var frame = Wire.Header + Wire.Key + size;
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
                MemoryMarshal.Write(_frames.AsSpan(i * frame + Wire.Header + Wire.Key), now);
            _sender.Send(_frames.AsSpan(0, count * frame));
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
            lock (_gate)
            {
                _received += packets;
                _bytes += bytes;
                _inFlight = Math.Max(0, _inFlight - packets);
                Send();
            }
        }
    }
}
