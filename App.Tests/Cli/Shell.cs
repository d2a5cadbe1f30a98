using System.Text;
using Gatehouse.Cli;
using Gatehouse.Cli.Shell;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Cli;

/// <summary>Runs commands in this process and keeps what they print.</summary>
internal sealed record Ran(int Code, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

internal static class Shell
{
    public static Task<Ran> Run(params string[] args) => RunWith("", args);

    public static async Task<Ran> RunWith(string input, params string[] args)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var code = await CommandLine.Run(args, new Terminal(new StringReader(input), output, error, interactive: false));
        return new Ran(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>A data folder with a migrated SQLite database that nobody serves.</summary>
    public static async Task<TestDatabase> Installation()
    {
        var test = await TestDatabase.Open(Engine.Sqlite);
        await test.Database.DisposeAsync();
        return test;
    }
}

/// <summary><c>serve</c> in this process, until it is disposed of.</summary>
internal sealed class Serving : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly OutputLog _output = new();
    private readonly StringWriter _error = new();
    private readonly Task<int> _run;

    private Serving(string[] args) => _run = Task.Run(() =>
        CommandLine.Run(["serve", .. args], new Terminal(TextReader.Null, _output, TextWriter.Synchronized(_error), interactive: false), _stop.Token));

    public string Out => _output.Text;

    public string Error => _error.ToString();

    /// <summary>The address it printed.</summary>
    public string Address => Out.Split('\n')[0].Split(" is ready at ")[1];

    /// <summary>Starts on a free port and waits until it has said all it says.</summary>
    public static async Task<Serving> Start(string folder, params string[] args)
    {
        var serving = new Serving(["--data", folder, .. args.Contains("--urls") ? [] : new[] { "--urls", "http://127.0.0.1:0" }, .. args]);
        await Wait.Until(() => Task.FromResult(serving.Out.Contains("; data in ") || serving._run.IsCompleted), () => serving.Out + serving.Error);
        return serving.Out.Contains("; data in ") ? serving : throw new InvalidOperationException($"serve ended with {await serving._run}: {serving.Error}");
    }

    /// <summary>Tells it to stop and returns its exit code.</summary>
    public Task<int> Stop()
    {
        _stop.Cancel();
        return _run;
    }

    public async ValueTask DisposeAsync() => await Stop();
}
