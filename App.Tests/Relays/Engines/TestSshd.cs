using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>An OpenSSH server of the tests' own on loopback, which lets this user in by one key.</summary>
internal sealed class TestSshd : IAsyncDisposable
{
    private const string Program = "/usr/sbin/sshd";
    private readonly TestFolder _folder = new();
    private Process? _process;
    private Task<string> _said = Task.FromResult("");

    public int Port { get; private set; }
    public string Key { get; private set; } = null!;

    /// <param name="settings">Further lines of its configuration.</param>
    public static async Task<TestSshd> Start(params string[] settings)
    {
        var made = new TestSshd();
        try
        {
            await made.Make("user");
            await made.Make("host");
            made.Key = await File.ReadAllTextAsync(made._folder.File("user"));
            made.Port = EngineSample.FreePort(SocketType.Stream, ProtocolType.Tcp);
            // Its package makes this at boot, and there is none here.
            if (Environment.IsPrivilegedProcess)
                Directory.CreateDirectory("/run/sshd");
            await File.WriteAllLinesAsync(made._folder.File("config"), [.. settings,
                $"HostKey {made._folder.File("host")}", $"AuthorizedKeysFile {made._folder.File("user.pub")}", "ListenAddress 127.0.0.1", $"Port {made.Port}",
                "StrictModes no", "UsePAM no", "PidFile none", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin yes", "MaxStartups 100"]);
            await made.Up();
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address by what it shows now.</summary>
    public async Task<SshAddress> Address(string socket) =>
        new(Environment.UserName, "127.0.0.1", Port, (await SshHostKeys.Ask("127.0.0.1", Port, default)).Line, "srv-test", Key, null, socket);

    /// <summary>The same server with another key of its own.</summary>
    public async Task ChangeKey()
    {
        await Down();
        File.Delete(_folder.File("host"));
        await Make("host");
        await Up();
    }

    /// <summary>All connections through it are cut.</summary>
    public async Task Restart()
    {
        await Down();
        await Up();
    }

    public async Task<string> Fingerprint() => (await TestDocker.Execute("ssh-keygen", ["-l", "-f", _folder.File("host.pub")])).Output.Split(' ')[1];

    public async ValueTask DisposeAsync()
    {
        await Down();
        _folder.Dispose();
    }

    private async Task Make(string name)
    {
        var (code, said) = await TestDocker.Execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", _folder.File(name)]);
        Assert.True(code == 0, said);
    }

    private async Task Up()
    {
        if (!File.Exists(Program))
            throw new InvalidOperationException($"These tests need {Program}. Run ./install.sh test, or install openssh-server.");
        _process = Process.Start(new ProcessStartInfo(Program, ["-D", "-e", "-f", _folder.File("config")]) { RedirectStandardError = true })!;
        _said = _process.StandardError.ReadToEndAsync();
        await Wait.Until(async () =>
        {
            Assert.False(_process.HasExited, _process.HasExited ? await _said : "");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, "sshd listens");
    }

    private async Task Down()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }
}
