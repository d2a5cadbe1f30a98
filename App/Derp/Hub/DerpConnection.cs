using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Hub;

/// <summary>
/// One connection of a device: what it says is understood here (derp.md section 3), how its bytes travel is the business of
/// <c>SocketConnection</c> and <c>StreamConnection</c>. One thread at a time feeds it; any thread may deliver to it, and
/// none ever waits for it.
/// </summary>
internal abstract unsafe partial class DerpConnection(DerpHub hub, IPAddress address)
{
    private const int PingSize = 8;
    private const long NotHereEvery = 1000, NotHereAtOnce = 3;
    private const int MaxKnown = 512;
    private static int _numbers;
    private Dictionary<NodeKey, Device>? _known;
    private NodeKey _lastKey;
    private Device? _last;
    private long _skip, _notHereAt, _early, _earlyOut;
    private int _fed;
    private Stage _stage = Stage.Introduction;

    private enum Stage
    {
        Introduction,
        Admission,
        Open,
        Ended,
    }

    protected DerpHub Hub => hub;

    /// <summary>Another than that of any connection near it in time; not below 0.</summary>
    public int Number { get; } = Interlocked.Increment(ref _numbers) & int.MaxValue;

    public IPAddress Address => address;

    /// <summary>Null until it is admitted.</summary>
    public Device? Device { get; private set; }

    public bool IsEnded => _stage == Stage.Ended;

    /// <summary>It is not read now, whatever it sends.</summary>
    public abstract bool IsPaused { get; }

    /// <summary>Stops reading until <see cref="Resume"/>: what it sends meanwhile waits in the network.</summary>
    protected abstract void Pause();

    /// <summary>Reads on, from any thread; before that, on the thread that feeds, <paramref name="first"/>.</summary>
    protected abstract void Resume(Action? first);

    /// <summary>
    /// Understands the whole frames at the beginning of the data and returns how many bytes they are. The data is written over,
    /// and packets are in the outbox until it is flushed.
    /// </summary>
    public int Feed(byte* data, int length, PacketBatch outbox)
    {
        if (_stage == Stage.Open && hub.QuotaReached)
            End(Cut.Quota, Frame.Of(FrameType.Health, Encoding.UTF8.GetBytes(DerpHub.QuotaText)));
        if (Device is { } device && device.Active != this && _stage == Stage.Open)
            hub.Activate(this);
        int at = 0, begun = 0;
        while (_stage is Stage.Introduction or Stage.Open)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, length - at);
                _skip -= skipped;
                at += skipped;
                if (_skip > 0)
                    break;
            }
            if (length - at < Frame.HeaderSize)
                break;
            var frame = data + at;
            var payload = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(frame + 1));
            var type = (FrameType)frame[0];
            if (!Acceptable(type, payload))
                break;
            if (_stage == Stage.Open && type is not (FrameType.SendPacket or FrameType.Ping or FrameType.NotePreferred))
            {
                // Skipped as it comes, whatever its length: nothing of it is kept.
                at += Frame.HeaderSize;
                _skip = payload;
                continue;
            }
            var size = Frame.HeaderSize + (int)payload;
            if (length - at < size)
            {
                begun = size;
                break;
            }
            at += size;
            if (_stage == Stage.Open)
                Understand(type, frame, size, outbox);
            else
                Introduce(new ReadOnlySpan<byte>(frame + Frame.HeaderSize, (int)payload));
        }
        NoteFrame(at < length || _skip > 0, at > 0, Math.Max(begun, _skip));
        if (_fed > 0)
            Interlocked.Add(ref Device!.PacketsIn, _fed);
        hub.CountPackets(_fed);
        _fed = 0;
        return IsEnded ? length : at;
    }

    private bool Acceptable(FrameType type, uint payload)
    {
        if (_stage == Stage.Introduction)
        {
            if (type == FrameType.ClientInfo && payload <= Frame.MaxClientInfo)
                return true;
            End(payload > Frame.MaxClientInfo ? Cut.Oversize : Cut.Handshake);
            return false;
        }
        switch (type)
        {
            case FrameType.SendPacket when payload < NodeKey.Size:
            case FrameType.Ping when payload < PingSize:
                End(Cut.Malformed);
                return false;
            case FrameType.SendPacket or FrameType.Ping or FrameType.NotePreferred when payload > NodeKey.Size + Frame.MaxPacket:
                End(Cut.Oversize);
                return false;
            // Of the mesh: whoever asks for it takes us for something we are not.
            case FrameType.WatchConnections or FrameType.ClosePeer or FrameType.ForwardPacket or FrameType.PeerPresent:
                End(Cut.Mesh);
                return false;
            case FrameType.SendPacket or FrameType.Ping or FrameType.NotePreferred or FrameType.KeepAlive:
                return true;
            default:
                hub.CountUnknown();
                if (payload <= NodeKey.Size + Frame.MaxPacket)
                    return true;
                End(Cut.Oversize);
                return false;
        }
    }

    private void Understand(FrameType type, byte* frame, int size, PacketBatch outbox)
    {
        switch (type)
        {
            case FrameType.SendPacket:
                Relay(frame, size, outbox);
                break;
            case FrameType.Ping:
                Span<byte> pong = stackalloc byte[Frame.HeaderSize + PingSize];
                Frame.WriteHeader(pong, FrameType.Pong, PingSize);
                new ReadOnlySpan<byte>(frame + Frame.HeaderSize, PingSize).CopyTo(pong[Frame.HeaderSize..]);
                Send(pong);
                break;
            default:
                // NotePreferred tells which relay is the device's home. Nothing here depends on it.
                break;
        }
    }

    // A packet goes out as it came in, but for its type and for the key in it: the sender's in place of the receiver's.
    private void Relay(byte* frame, int size, PacketBatch outbox)
    {
        var key = Unsafe.ReadUnaligned<NodeKey>(frame + Frame.HeaderSize);
        if (_last is null || _lastKey != key)
            (_lastKey, _last) = (key, Receiver(key));
        _fed++;
        var to = _last?.Active;
        if (to is null)
        {
            _last = null;
            _known?.Remove(key);
            NotHere(key, frame, size);
            return;
        }
        frame[0] = (byte)FrameType.ReceivePacket;
        fixed (byte* own = Device!.Bytes)
            Unsafe.CopyBlockUnaligned(frame + Frame.HeaderSize, own, NodeKey.Size);
        outbox.Add(to, frame, size);
    }

    // Whom it sent to before is found without the hub's lock, which all devices share.
    private Device? Receiver(NodeKey key)
    {
        _known ??= [];
        if (_known.TryGetValue(key, out var receiver) || (receiver = hub.Find(key)) is null)
            return receiver;
        hub.NoteTalk(Device!, receiver);
        if (_known.Count >= MaxKnown)
            _known.Clear();
        return _known[key] = receiver;
    }

    private void NotHere(NodeKey key, byte* frame, int size)
    {
        hub.CountDrop(PacketDrop.NotHere, 1, Device!);
        var data = new ReadOnlySpan<byte>(frame + Frame.HeaderSize + NodeKey.Size, size - Frame.HeaderSize - NodeKey.Size);
        if (data.StartsWith(Frame.DiscoMagic) && MayTellNotHere(Environment.TickCount64))
            SendPeerGone(key, PeerGoneReason.NotHere);
    }

    // When all it has been told would be due at one a second may lie as far ahead as those that go at once.
    private bool MayTellNotHere(long now)
    {
        var due = Math.Max(_notHereAt, now);
        if (due - now > (NotHereAtOnce - 1) * NotHereEvery)
            return false;
        _notHereAt = due + NotHereEvery;
        return true;
    }

    public void SendPeerGone(NodeKey key, PeerGoneReason reason)
    {
        Span<byte> gone = stackalloc byte[Frame.HeaderSize + NodeKey.Size + 1];
        Frame.WriteHeader(gone, FrameType.PeerGone, NodeKey.Size + 1);
        key.Write(gone[Frame.HeaderSize..]);
        gone[^1] = (byte)reason;
        Send(gone);
    }
}
