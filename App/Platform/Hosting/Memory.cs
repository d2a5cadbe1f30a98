using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Hosting;

/// <summary>Gives memory back that will not be used again.</summary>
internal static partial class Memory
{
    /// <summary>
    /// What only the start needed: by itself the collector waits until tens of MB are in use, which an idle server never is, and half of
    /// the binary is read to start it and not again. Takes a few milliseconds; call it when the first request can be answered already.
    /// </summary>
    public static unsafe void EndOfStart()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux())
            _ = EachBinary(&ReadProgram, null);
    }

    /// <summary>Whole pages of the binary's own file, read for the last time: if they are wanted after all, the kernel reads them again.</summary>
    public static unsafe void ReadForTheLastTime(byte* from, long length)
    {
        const int dontNeed = 4;
        var page = Environment.SystemPageSize;
        var (begin, end) = (((nint)from + page - 1) / page * page, ((nint)from + (nint)length) / page * page);
        if (end > begin)
            _ = Advise(begin, (nuint)(end - begin), dontNeed);
    }

    // The program itself comes first, and is all that is wanted. Only what is loaded so that nobody can write to it is as the file has it.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int ReadProgram(LoadedBinary* binary, nuint size, void* data)
    {
        const uint load = 1, writable = 2;
        for (var i = 0; i < binary->Count; i++)
            if (((Segment*)binary->Segments)[i] is { Type: load } segment && (segment.Flags & writable) == 0)
                ReadForTheLastTime((byte*)(binary->Address + segment.Address), segment.Memory);
        return 1;
    }

    /// <summary><c>dl_phdr_info</c> of dl_iterate_phdr(3), as far as it is read.</summary>
    private readonly record struct LoadedBinary(nint Address, nint Name, nint Segments, ushort Count);

    /// <summary><c>Elf64_Phdr</c> of elf(5).</summary>
    private readonly record struct Segment(uint Type, uint Flags, nint Offset, nint Address, nint Physical, nint InFile, nint Memory, nint Align);

    [LibraryImport("libc", EntryPoint = "dl_iterate_phdr")]
    private static unsafe partial int EachBinary(delegate* unmanaged[Cdecl]<LoadedBinary*, nuint, void*, int> each, void* data);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
