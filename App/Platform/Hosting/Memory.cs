using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Hosting;

/// <summary>How the process takes memory from the system, and gives back what will not be used again.</summary>
internal static partial class Memory
{
    private const string Mappings = "/proc/self/smaps";

    /// <summary>
    /// What only the start needed: by itself the collector waits until tens of MB are in use, which an idle server never is, and half of
    /// the binary is read to start it and not again. Takes a few milliseconds; call it when the first request can be answered already.
    /// </summary>
    public static void EndOfStart()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            if (File.Exists(Mappings))
                GiveBackProgram(File.ReadLines(Mappings));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where it may not see them, it keeps what it has.
        }
    }

    /// <summary>
    /// The C library takes and gives back its heap in larger pieces: while a password is checked the kernel is busy with the process's memory
    /// for milliseconds, and whoever asks it for a piece meanwhile waits, an answer among them. Call it first of all.
    /// </summary>
    public static void InLargePieces()
    {
        const int trimThreshold = -1, topPad = -2;
        try
        {
            _ = Option(topPad, 4 << 20);
            _ = Option(trimThreshold, 32 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no such options.
        }
    }

    // The program's own mappings come first. What may be written to is left alone, and so is all of a mapping in which a page was: the
    // runtime writes to one of its constants while it starts, and the file has it as it was before.
    private static unsafe void GiveBackProgram(IEnumerable<string> mappings)
    {
        var (program, begin, end) = ("", 0L, 0L);
        foreach (var line in mappings)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [var range, ['r', '-', _, 'p'] or ['r', 'w', _, 'p'], _, _, _, ..] && range.Split('-') is [var from, var to])
            {
                var path = words.Length > 5 ? words[5] : program;
                if (program.Length > 0 && path != program)
                    return;
                program = path;
                (begin, end) = words[1][1] == '-' && words.Length > 5 ? (Convert.ToInt64(from, 16), Convert.ToInt64(to, 16)) : (0, 0);
            }
            else if (words is ["Anonymous:", "0", ..] && end > begin)
            {
                ReadForTheLastTime((byte*)begin, end - begin);
            }
        }
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

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Option(int name, int value);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
