using System.Diagnostics;

namespace Gatehouse.Tests.Support;

/// <summary>The Docker engine that the environment names, by its own command line.</summary>
public static class TestDocker
{
    private const string Variable = "GATEHOUSE_TEST_DOCKER";

    /// <summary>Such as <c>unix:///tmp/docker.sock</c>.</summary>
    /// <exception cref="InvalidOperationException">The environment names none.</exception>
    public static string Host => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } socket
        ? "unix://" + socket
        : throw new InvalidOperationException($"These tests need a Docker engine. Run ./install.sh test, or set {Variable} to the path of one's socket.");

    /// <summary>Runs a docker command that has to succeed and returns what it printed.</summary>
    public static async Task<string> Run(params string[] args)
    {
        var (code, output) = await Try(args);
        Assert.True(code == 0, $"docker {string.Join(' ', args)}: {code}\n{output}");
        return output.Trim();
    }

    /// <summary>Runs a docker command for at most a minute: its exit code, and what it printed on both channels.</summary>
    public static Task<(int Code, string Output)> Try(params string[] args) => Execute("docker", ["-H", Host, .. args]);

    /// <summary>Runs any command likewise.</summary>
    public static async Task<(int Code, string Output)> Execute(string program, string[] args)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, string.Concat(said));
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', args)} did not end within a minute.");
        }
    }
}
