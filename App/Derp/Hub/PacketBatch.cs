using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Hub;

/// <summary>
/// The packets of one or several reads, sorted by receiver, so that each receiver gets all of its own in one system call, straight
/// from the buffers they were read into, which must stay as they are until <see cref="Flush"/>. Used by one thread.
/// </summary>
internal sealed unsafe class PacketBatch
{
    private const int MaxReceivers = 128, MaxVectors = 64, MaxHeld = 512 * 1024;
    private readonly List<Batch> _batches = [];

    // By the receiver's number: the place of its batch and one more, 0 for none. Never more than half full.
    private readonly byte[] _places = new byte[2 * MaxReceivers];
    private readonly List<byte[]> _held = [];
    private int _used, _heldBytes;

    /// <summary>Nothing waits, and all memory that was added may be used anew.</summary>
    public bool IsEmpty => _used == 0;

    public void Add(DerpConnection receiver, byte* frame, int size)
    {
        var place = Place(receiver);
        if (_places[place] == 0)
        {
            if (_used == MaxReceivers)
            {
                Flush();
                place = Place(receiver);
            }
            if (_used == _batches.Count)
                _batches.Add(new Batch());
            var batch = _batches[_used++];
            (batch.Receiver, batch.Place) = (receiver, place);
            _places[place] = (byte)_used;
        }
        _batches[_places[place] - 1].Add(frame, size);
    }

    /// <summary>Keeps a buffer of the pool until its packets are delivered, and gives it back then.</summary>
    public void Hold(byte[] buffer)
    {
        _held.Add(buffer);
        _heldBytes += buffer.Length;
        if (IsEmpty || _heldBytes > MaxHeld)
            Flush();
    }

    /// <summary>Delivers everything.</summary>
    public void Flush()
    {
        for (var i = 0; i < _used; i++)
        {
            _places[_batches[i].Place] = 0;
            _batches[i].Deliver();
        }
        _used = 0;
        GiveBack();
    }

    private void GiveBack()
    {
        foreach (var buffer in _held)
            BufferPool.Return(buffer);
        _held.Clear();
        _heldBytes = 0;
    }

    // Where the receiver's is, or would be.
    private int Place(DerpConnection receiver)
    {
        var at = receiver.Number % _places.Length;
        while (_places[at] is > 0 and var taken && _batches[taken - 1].Receiver != receiver)
            at = (at + 1) % _places.Length;
        return at;
    }

    /// <summary>Forgets everything: what was added to it failed.</summary>
    public void Clear()
    {
        foreach (var batch in _batches)
            batch.Clear();
        Array.Clear(_places);
        _used = 0;
        GiveBack();
    }

    private sealed class Batch
    {
        private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(MaxVectors, pinned: true);
        private int _count, _packets;

        public DerpConnection? Receiver { get; set; }
        public int Place { get; set; }

        public void Add(byte* frame, int size)
        {
            if (_count > 0)
            {
                ref var last = ref _vectors[_count - 1];
                if (last.Start + last.Length == frame)
                {
                    last.Length += size;
                    _packets++;
                    return;
                }
                if (_count == MaxVectors)
                    Send();
            }
            _vectors[_count++] = new IoVector(frame, size);
            _packets++;
        }

        public void Deliver()
        {
            Send();
            Receiver = null;
        }

        public void Clear()
        {
            _count = _packets = 0;
            Receiver = null;
        }

        private void Send()
        {
            if (_count == 0)
                return;
            // Whatever fails, nothing is sent twice.
            var (count, packets) = (_count, _packets);
            _count = _packets = 0;
            fixed (IoVector* vectors = _vectors)
                Receiver!.Deliver(vectors, count, packets);
        }
    }
}
