using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Hub;

/// <summary>
/// The packets of one read, sorted by receiver, so that each receiver gets all of its own in one system call, straight from the
/// buffer they were read into. Used by one thread.
/// </summary>
internal sealed unsafe class PacketBatch
{
    private const int MaxReceivers = 16, MaxVectors = 64;
    private readonly Batch[] _batches = [.. Enumerable.Range(0, MaxReceivers).Select(_ => new Batch())];
    private int _used;

    public void Add(DerpConnection receiver, byte* frame, int size)
    {
        for (var i = _used - 1; i >= 0; i--)
        {
            if (_batches[i].Receiver == receiver)
            {
                _batches[i].Add(frame, size);
                return;
            }
        }
        if (_used == MaxReceivers)
            Flush();
        var batch = _batches[_used++];
        batch.Receiver = receiver;
        batch.Add(frame, size);
    }

    /// <summary>Delivers everything. The memory that was added may be used anew afterwards.</summary>
    public void Flush()
    {
        for (var i = 0; i < _used; i++)
            _batches[i].Deliver();
        _used = 0;
    }

    /// <summary>Forgets everything: what was added to it failed.</summary>
    public void Clear()
    {
        foreach (var batch in _batches)
            batch.Clear();
        _used = 0;
    }

    private sealed class Batch
    {
        private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(MaxVectors, pinned: true);
        private int _count, _packets;

        public DerpConnection? Receiver { get; set; }

        public void Add(byte* frame, int size)
        {
            _packets++;
            if (_count > 0)
            {
                ref var last = ref _vectors[_count - 1];
                if (last.Start + last.Length == frame)
                {
                    last.Length += size;
                    return;
                }
                if (_count == MaxVectors)
                {
                    Send();
                    _packets = 1;
                }
            }
            _vectors[_count++] = new IoVector(frame, size);
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
            fixed (IoVector* vectors = _vectors)
                Receiver!.Deliver(vectors, _count, _packets);
            _count = _packets = 0;
        }
    }
}
