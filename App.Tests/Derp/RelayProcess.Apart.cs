using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>The relay as a process of its own, where its memory is what a test is about.</summary>
internal sealed partial class RelayProcess
{
    private const int Terminate = 15;

    /// <summary>The process; 0 for one within that of the tests.</summary>
    public int Id { get; private set; }

    /// <summary>It still runs.</summary>
    public bool IsRunning => !_run.IsCompleted;

    /// <summary>Starts one that admits everyone, with at most so many MB of heap. The binary that the environment names, else the one that the tests stand on.</summary>
    public static async Task<RelayProcess> OpenApart(int heap, params string[] args)
    {
        var folder = new TestFolder();
        var relay = await StartIn(folder, folder, args, heap);
        await relay.Control.Everyone();
        return relay;
    }

    /// <summary>Bytes of memory that the process has.</summary>
    public long Resident() => long.Parse(File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    private async Task<int> RunApart(string[] args, int heap, TextWriter error)
    {
        var (program, first) = Appliance.Named is { } binary ? (binary, Array.Empty<string>()) : ("dotnet", [Path.Combine(AppContext.BaseDirectory, "gatehouse.dll")]);
        var start = new ProcessStartInfo(program, [.. first, "relay", .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Hexadecimal, and compiled ahead of time without a 0x.
        start.Environment["DOTNET_GCHeapHardLimit"] = $"{(long)heap << 20:x}";
        // So that what is resident follows what is in use.
        start.Environment["DOTNET_GCgen0size"] = "200000";
        using var process = Process.Start(start)!;
        Id = process.Id;
        process.OutputDataReceived += (_, line) => _output.Write(Encoding.UTF8.GetBytes(line.Data + "\n"));
        process.ErrorDataReceived += (_, line) => error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var told = _stop.Token.Register(() => _ = Kill(process.Id, Terminate));
        var exit = process.WaitForExitAsync();
        await Task.WhenAny(exit, Task.Delay(Timeout.Infinite, _stop.Token));
        try
        {
            await exit.WaitAsync(DerpTestClient.Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
