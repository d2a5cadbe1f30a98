using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Connections;

/// <summary>How many files, sockets among them, this process may have open (<c>RLIMIT_NOFILE</c> of getrlimit(2)).</summary>
internal static partial class FileLimit
{
    private const int Files = 7;
    private const ulong Most = 1 << 20;

    // What a process is given where nobody says otherwise.
    private const int Usual = 1024;

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft, Hard;
    }

    /// <summary>Raises the soft limit as far as this user may, up to about a million, and returns the limit then in force.</summary>
    public static int Raise()
    {
        if (Get(Files, out var limit) != 0)
            return Usual;
        var wanted = limit with { Soft = Math.Max(limit.Soft, Math.Min(limit.Hard, Most)) };
        if (wanted.Soft > limit.Soft && Set(Files, wanted) == 0)
            limit = wanted;
        return (int)Math.Min(limit.Soft, Most);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int Get(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int Set(int resource, in Limit limit);
}
