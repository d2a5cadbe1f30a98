using System.Net;
using System.Security.Cryptography;
using Gatehouse.Cli;
using Gatehouse.Cli.Shell;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>
/// <c>gatehouse relay</c> in this process on free ports, until it is disposed of. Seen from outside only: what it prints, its
/// ports and its control channel.
/// </summary>
internal sealed partial class RelayProcess : IAsyncDisposable
{
    public const string Token = "token-of-the-tests-1234567890";

    private readonly CancellationTokenSource _stop = new();
    private readonly OutputLog _output = new();
    private readonly StringWriter _error = new();
    private readonly TestFolder? _own;
    private readonly Task<int> _run;

    private RelayProcess(TestFolder? own, string[] args, int? heap)
    {
        _own = own;
        var error = TextWriter.Synchronized(_error);
        _run = heap is { } megabytes ? RunApart(args, megabytes, error)
            : Task.Run(() => CommandLine.Run(["relay", .. args], new Terminal(TextReader.Null, _output, error, interactive: false), _stop.Token));
    }

    public string Out => _output.Text;

    public string Error => _error.ToString();

    /// <summary>Its root, as it printed it.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where it answers STUN; null when off.</summary>
    public IPEndPoint? Stun { get; private set; }

    /// <summary>The public key it printed.</summary>
    public byte[] Key { get; private set; } = null!;

    /// <summary><c>sha256-raw:...</c>; null without <c>--self-signed</c>.</summary>
    public string? CertName { get; private set; }

    /// <summary>Where the control channel is, as it printed it.</summary>
    public string ControlAt { get; private set; } = null!;

    public ControlChannel Control { get; private set; } = null!;

    /// <summary>HTTP to the relay itself. Over TLS it trusts the printed CertName alone.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Starts one that admits everyone.</summary>
    public static Task<RelayProcess> Open(params string[] args) => Open(Via.Plain, args);

    /// <summary>Starts one that admits everyone, reached that way.</summary>
    public static async Task<RelayProcess> Open(Via via, params string[] args)
    {
        var relay = await Start([.. via is not (Via.Plain or Via.WebSocket) ? new[] { "--self-signed" } : [], .. args]);
        await relay.Control.Everyone();
        return relay;
    }

    /// <summary>Starts one with a folder of its own; options given here replace the usual ones.</summary>
    public static Task<RelayProcess> Start(params string[] args)
    {
        var folder = new TestFolder();
        return StartIn(folder, folder, args, null);
    }

    /// <summary>Starts one in a folder that outlives it.</summary>
    public static Task<RelayProcess> StartIn(TestFolder folder, params string[] args) => StartIn(folder, null, args, null);

    private static async Task<RelayProcess> StartIn(TestFolder folder, TestFolder? own, string[] args, int? heap)
    {
        await File.WriteAllTextAsync(folder.File("token"), Token + "\n");
        string[] usual =
        [
            "--listen", "127.0.0.1:0", "--stun", "off", "--data", folder.Path, "--control", "unix:" + folder.File("control.sock"),
            "--control-token-file", folder.File("token"),
        ];
        var kept = usual.Chunk(2).Where(pair => !args.Contains(pair[0])).SelectMany(pair => pair);
        var relay = new RelayProcess(own, [.. kept, .. args], heap);
        try
        {
            await relay.Ready();
            return relay;
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }
    }

    private async Task Ready()
    {
        for (var i = 0; i < 6000 && !_run.IsCompleted && Line("Control: ") is null; i++)
            await Task.Delay(10);
        if (Line("Control: ") is null)
            throw new InvalidOperationException(_run.IsCompleted ? $"relay ended with {await _run}: {Error}" : $"relay is not ready after a minute: {Out}{Error}");
        var ready = Out.Split('\n')[0];
        Address = new Uri(ready[(ready.IndexOf(" is ready at ", StringComparison.Ordinal) + 13)..].Trim());
        Stun = Line("STUN: udp ") is { } stun ? IPEndPoint.Parse(stun) : null;
        Key = Convert.FromHexString(Line("Key: ")!);
        CertName = Line("CertName: ");
        ControlAt = Line("Control: ")!;
        if (ControlAt != "off")
            Control = new ControlChannel(this, Token);
        Http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && IsOurs(certificate.GetRawCertData()) },
        })
        { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The <c>CertName</c> of those that are trusted beside the printed one.</summary>
    public List<string> AlsoOurs { get; } = [];

    /// <summary>Whether it is the certificate that the relay printed the name of, or another that is trusted.</summary>
    public bool IsOurs(byte[] certificate) => "sha256-raw:" + Wire.Hex(SHA256.HashData(certificate)) is var name && (name == CertName || AlsoOurs.Contains(name));

    /// <summary>What a whole line says after its name; null while it is not there.</summary>
    private string? Line(string name) =>
        Out.Split('\n') is { } lines && Array.FindIndex(lines, l => l.StartsWith(name, StringComparison.Ordinal)) is >= 0 and var at && at < lines.Length - 1
            ? lines[at][name.Length..].Trim()
            : null;

    /// <summary>Tells it to stop, as SIGTERM does, and returns its exit code.</summary>
    public Task<int> Stop()
    {
        _stop.Cancel();
        return _run.WaitAsync(DerpTestClient.Patience);
    }

    /// <summary>The same, and fails unless it ended well.</summary>
    public async Task StopWell() => Assert.True(await Stop() == 0, $"relay ended with {await _run}: {Error}");

    public async ValueTask DisposeAsync()
    {
        Control?.Dispose();
        Http?.Dispose();
        try
        {
            await Stop();
        }
        finally
        {
            _own?.Dispose();
        }
    }
}
