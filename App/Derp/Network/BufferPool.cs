using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gatehouse.Derp.Network;

/// <summary>Pinned buffers, in powers of two from 4 KB to 4 MB, handed round so that relaying allocates nothing once it runs.</summary>
internal static class BufferPool
{
    public const int Largest = 4 * 1024 * 1024;
    private const int Smallest = 4096;

    // No more than this is kept of one size.
    private const int KeptBytes = 16 * 1024 * 1024;
    private static readonly Shelf[] Shelves = [.. Enumerable.Range(0, BitOperations.Log2(Largest / Smallest) + 1).Select(i => new Shelf(Smallest << i))];

    /// <summary>At least as long as asked, which is at most 4 MB.</summary>
    public static byte[] Rent(int length) => Of(length).Rent();

    public static void Return(byte[] buffer) => Of(buffer.Length).Return(buffer);

    /// <summary>Where a buffer of the pool lies: it is pinned.</summary>
    public static unsafe byte* Address(byte[] buffer) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(buffer));

    private static Shelf Of(int length) => Shelves[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Smallest)) / Smallest)];

    private sealed class Shelf(int size)
    {
        private readonly Lock _lock = new();
        private readonly Stack<byte[]> _free = new();

        public byte[] Rent()
        {
            lock (_lock)
            {
                if (_free.TryPop(out var buffer))
                    return buffer;
            }
            return GC.AllocateUninitializedArray<byte>(size, pinned: true);
        }

        public void Return(byte[] buffer)
        {
            lock (_lock)
            {
                if (_free.Count < Math.Max(2, KeptBytes / size))
                    _free.Push(buffer);
            }
        }
    }
}
