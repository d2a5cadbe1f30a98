using System.Diagnostics;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Crash;

/// <summary>The binary as a process of its own, over one data folder.</summary>
internal sealed class Appliance(string binary, string data) : IAsyncDisposable
{
    private const string Variable = "GATEHOUSE_TEST_BINARY";
    private const string Listening = "Listening on ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private Process? _process;
    private TaskCompletionSource<Uri> _address = new();

    /// <summary>What it says by the JSON log, one line a call; set before it serves.</summary>
    public Action<string>? Logged { get; init; }

    /// <summary>Further options, by key as <see cref="TestServer"/> takes them.</summary>
    public Dictionary<string, string?> Settings { get; } = new() { ["RateLimits:Enabled"] = "false" };

    /// <summary>How many files it may have open; null: as many as these tests.</summary>
    public int? Files { get; init; }

    /// <summary>While it serves and is ready.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>While it serves.</summary>
    public Process Process => _process!;

    /// <summary>The binary that the environment names; null when it names none.</summary>
    /// <exception cref="InvalidOperationException">There is no such file.</exception>
    public static string? Named => Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } named ? null
        : File.Exists(named) ? named : throw new InvalidOperationException($"{Variable} names {named}, and there is no such file.");

    /// <summary>The binary that the environment names, else the one that lies beside these tests, compiled just in time.</summary>
    public static string NamedOrOwn => Named ?? Path.Combine(AppContext.BaseDirectory, "gatehouse");

    /// <summary>The binary that the environment names, else <c>out/gatehouse</c>, published first where there is none.</summary>
    public static async Task<string> Binary()
    {
        if (Named is { } named)
            return named;
        var path = Repository.Path("out", "gatehouse");
        if (!File.Exists(path))
        {
            using var publish = Process.Start(new ProcessStartInfo("sh", [Repository.Path("packaging", "publish.sh")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = await Task.WhenAll(publish.StandardOutput.ReadToEndAsync(), publish.StandardError.ReadToEndAsync());
            await publish.WaitForExitAsync();
            Assert.True(publish.ExitCode == 0, string.Concat(said));
        }
        return path;
    }

    /// <summary>Runs a command to its end and returns what it printed.</summary>
    public async Task<string> Run(params string[] args)
    {
        using var process = Start([.. args, "--data", data]);
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', args)}: {process.ExitCode}\n{string.Concat(said)}");
        return said[0].Trim();
    }

    /// <summary>Runs a command and kills it (SIGKILL) after so long. Returns whether it had not ended by itself.</summary>
    public async Task<bool> RunAndKill(TimeSpan after, params string[] args)
    {
        using var process = Start([.. args, "--data", data]);
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(after));
        var killed = !process.HasExited;
        process.Kill();
        await process.WaitForExitAsync();
        Assert.True(killed || process.ExitCode == 0, $"{string.Join(' ', args)}: {process.ExitCode}\n{string.Concat(await said)}");
        return killed;
    }

    /// <summary>Starts serving; does not wait until it does.</summary>
    public void Serve()
    {
        // The port is the system's choice, and said: one that is free now might be another's by then.
        _process = Start("serve", "--data", data, "--urls", "http://127.0.0.1:0");
        var address = _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is ['{', ..])
                Logged?.Invoke(line.Data);
            else if (line.Data?.StartsWith(Listening, StringComparison.Ordinal) == true)
                address.TrySetResult(new Uri(line.Data[Listening.Length..line.Data.IndexOf(';')]));
        };
        // Read away, so that a full pipe does not hold it up.
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it answers.</summary>
    public async Task Ready()
    {
        var patience = Stopwatch.StartNew();
        await Task.WhenAny(_address.Task, _process!.WaitForExitAsync(), Task.Delay(Patience));
        Assert.True(_address.Task.IsCompleted, _process.HasExited ? $"It ended by itself with code {_process.ExitCode}." : $"It did not listen within {Patience}.");
        Http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20) }) { BaseAddress = await _address.Task, Timeout = Patience };
        while (true)
        {
            Assert.False(_process!.HasExited, $"It ended by itself with code {(_process.HasExited ? _process.ExitCode : 0)}.");
            try
            {
                if ((await Http.GetAsync("/api/public-key")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            Assert.True(patience.Elapsed < Patience, $"It did not answer within {Patience}.");
            await Task.Delay(20);
        }
    }

    /// <summary>SIGKILL: no goodbye, no flush.</summary>
    public async Task Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        Http?.Dispose();
    }

    public async ValueTask DisposeAsync() => await Kill();

    private Process Start(params string[] args)
    {
        var start = Files is { } files
            ? new ProcessStartInfo("sh", ["-c", $"ulimit -n {files}; exec \"$0\" \"$@\"", binary, .. args])
            : new ProcessStartInfo(binary, args);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var (key, value) in Settings)
            start.Environment["GATEHOUSE__" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(start)!;
    }
}
