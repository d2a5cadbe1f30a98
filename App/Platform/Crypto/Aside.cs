using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Crypto;

/// <summary>
/// Work that keeps a core busy for long, on threads of its own: those that answer requests are few, one a core, and must not be held up by
/// it. It gets what they leave of the core.
/// </summary>
internal static partial class Aside
{
    /// <summary>By so much nicer than the program, as nice(1) counts: then it gets a tenth of what others get where all want the same core.</summary>
    internal const int Nicer = 10;

    /// <summary>Runs the work there; what awaits it goes on where it would have.</summary>
    public static Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            // Of this thread alone, on Linux.
            if (OperatingSystem.IsLinux())
                Nice(Nicer);
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = nameof(Aside) }.Start();
        return done.Task;
    }

    [LibraryImport("libc", EntryPoint = "nice")]
    private static partial int Nice(int more);
}
