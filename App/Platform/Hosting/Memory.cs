using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Hosting;

/// <summary>Gives memory back that will not be used again.</summary>
internal static partial class Memory
{
    /// <summary>
    /// What only the start needed: by itself the collector waits until tens of MB are in use, which an idle server never is. Takes a
    /// few milliseconds; call it when the first request can be answered already.
    /// </summary>
    public static void EndOfStart() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Whole pages of the binary's own file, read for the last time: if they are wanted after all, the kernel reads them again.</summary>
    public static unsafe void ReadForTheLastTime(byte* from, long length)
    {
        const int dontNeed = 4;
        var page = Environment.SystemPageSize;
        var (begin, end) = (((nint)from + page - 1) / page * page, ((nint)from + (nint)length) / page * page);
        if (end > begin)
            _ = Advise(begin, (nuint)(end - begin), dontNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
