using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gatehouse.Derp.Network;

/// <summary>Pinned buffers, in powers of two from 256 bytes to 4 MB, handed round so that relaying allocates nothing once it runs.</summary>
internal static class BufferPool
{
    public const int Largest = 4 * 1024 * 1024;
    private const int Smallest = 256;

    // No more than this is kept of all sizes together, and less where the process may use little.
    private static readonly long KeptBytes = Math.Min(16 * 1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 32);
    private static readonly Shelf[] Shelves = [.. Enumerable.Range(0, BitOperations.Log2(Largest / Smallest) + 1).Select(i => new Shelf(Smallest << i))];
    private static long _kept;

    /// <summary>At least as long as asked, which is at most 4 MB.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for it, even without what was kept of other sizes.</exception>
    public static byte[] Rent(int length)
    {
        try
        {
            return Of(length).Rent();
        }
        catch (OutOfMemoryException)
        {
            // What is kept of other sizes may be what is missing. The first time leaves what was used lately.
            Trim();
            Trim();
            return Of(length).Rent();
        }
    }

    public static void Return(byte[] buffer) => Of(buffer.Length).Return(buffer);

    /// <summary>How long a buffer is that is rented for so many bytes.</summary>
    public static int SizeFor(int length) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Smallest));

    /// <summary>Forgets the buffers that nobody asked for since the last call; returns their bytes.</summary>
    public static long Trim() => Shelves.Sum(s => s.Trim());

    /// <summary>Where a buffer of the pool lies: it is pinned.</summary>
    public static unsafe byte* Address(byte[] buffer) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(buffer));

    private static Shelf Of(int length) => Shelves[BitOperations.Log2((uint)SizeFor(length) / Smallest)];

    private sealed class Shelf(int size)
    {
        private readonly Lock _lock = new();
        private readonly Stack<byte[]> _free = new();

        // The fewest that lay here since the last trim: so many nobody needed.
        private int _idle;

        public byte[] Rent()
        {
            lock (_lock)
            {
                if (_free.TryPop(out var buffer))
                {
                    _idle = Math.Min(_idle, _free.Count);
                    Interlocked.Add(ref _kept, -size);
                    return buffer;
                }
            }
            return GC.AllocateUninitializedArray<byte>(size, pinned: true);
        }

        public void Return(byte[] buffer)
        {
            if (Interlocked.Add(ref _kept, size) > KeptBytes)
            {
                Interlocked.Add(ref _kept, -size);
                return;
            }
            lock (_lock)
                _free.Push(buffer);
        }

        public long Trim()
        {
            lock (_lock)
            {
                var forgotten = (long)_idle * size;
                for (; _idle > 0; _idle--)
                    _free.Pop();
                Interlocked.Add(ref _kept, -forgotten);
                _idle = _free.Count;
                return forgotten;
            }
        }
    }
}
