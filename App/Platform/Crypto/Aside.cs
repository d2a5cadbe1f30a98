using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Gatehouse.Platform.Crypto;

/// <summary>
/// Work that keeps a core busy for long, on threads of its own: those that answer requests are few, one a core, and must not be held up by
/// it. It gets what they leave of the core. They stay: the system moves a thread that is kept busy out of others' way once, and a new one
/// for each piece of work it would put in their way each time.
/// </summary>
/// <param name="threads">So many, begun when they are first wanted.</param>
internal sealed partial class Aside(int threads)
{
    /// <summary>By so much nicer than the program, as nice(1) counts: then it gets a tenth of what others get where all want the same core.</summary>
    internal const int Nicer = 10;

    // The longest slice that Linux 6.12 and later grant, in nanoseconds: who wants a shorter one, as all do who say nothing, need not wait
    // for its end. Those before it let the nicer thread go at once, or know no slices.
    private const ulong Slice = 100_000_000;

    private readonly BlockingCollection<Action> _work = [];
    private int _begun;

    /// <summary>Runs the work there; what awaits it goes on where it would have.</summary>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        if (Interlocked.Increment(ref _begun) <= threads)
            new Thread(Work) { IsBackground = true, Name = nameof(Aside) }.Start();
        else
            Interlocked.Decrement(ref _begun);
        return done.Task;
    }

    private void Work()
    {
        if (OperatingSystem.IsLinux())
            StandBack();
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }

    // Of this thread alone. Where a sandbox forbids the one call, the other does most of it.
    private static void StandBack()
    {
        var wanted = new Scheduling { Size = (uint)Marshal.SizeOf<Scheduling>(), Nice = Math.Min(19, Own(0, 0) + Nicer), Runtime = Slice };
        if (Call(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 274 : 314, 0, ref wanted, 0) != 0)
            Nice(Nicer);
    }

    [LibraryImport("libc", EntryPoint = "nice")]
    private static partial int Nice(int more);

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int Own(int which, int who);

    // sched_setattr(2), which the C library has no function for.
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Call(long number, int thread, ref Scheduling wanted, uint flags);

    // struct sched_attr; policy 0 is the usual one.
    [StructLayout(LayoutKind.Sequential)]
    private struct Scheduling
    {
        public uint Size, Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime, Deadline, Period;
    }
}
