using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>A relay in a process of its own, told by signals.</summary>
[Collection(Timed.Collection)]
public sealed partial class SignalTests
{
    private const int HangUp = 1, Terminate = 15;

    [LibraryImport("libc", EntryPoint = "kill")] private static partial int Kill(int process, int signal);

    [Fact]
    public async Task A_hang_up_reads_again_and_cuts_nobody_and_a_termination_says_that_it_restarts()
    {
        using var folder = new TestFolder();
        using var first = TestCertificate.Make(TimeSpan.FromDays(9), "localhost");
        using var second = TestCertificate.Make(TimeSpan.FromDays(19), "localhost");
        first.WriteTo(folder.File("own.crt"), folder.File("own.key"));
        var key = TestKey.New();
        await File.WriteAllTextAsync(folder.File("allow"), key.Node + "\n");
        using var relay = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gatehouse.dll"), "relay", "--listen", "127.0.0.1:0", "--stun", "off",
            "--data", folder.Path, "--cert", folder.File("own.crt"), "--key", folder.File("own.key"), "--allow", folder.File("allow")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        try
        {
            var said = new StringBuilder();
            var errors = relay.StandardError.ReadToEndAsync();
            string? line;
            while ((line = await relay.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30))) is not null && !line.StartsWith("Control: ", StringComparison.Ordinal))
                said.AppendLine(line);
            Assert.True(line is not null, line is null ? await errors : "");
            var port = int.Parse(said.ToString().Split('\n')[0].Split(':')[^1]);
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            await using var tls = await Greet(client);
            await tls.WriteAsync("GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n"u8.ToArray());
            var head = await Until(tls, "DERP🔑");
            var relayKey = Convert.FromHexString(head[(head.IndexOf("Derp-Public-Key: ", StringComparison.Ordinal) + 17)..][..64]);
            await tls.WriteAsync(Wire.Hello(key, relayKey));

            second.WriteTo(folder.File("own.crt"), folder.File("own.key"));
            for (var i = 0; i < 3; i++)
                Assert.Equal(0, Kill(relay.Id, HangUp));
            await Wait.Until(async () =>
            {
                using var other = new TcpClient();
                await other.ConnectAsync("127.0.0.1", port);
                await using var shown = await Greet(other);
                return new X509Certificate2(shown.RemoteCertificate!).CertName() == second.CertName();
            }, "the new certificate is shown");
            await tls.WriteAsync(Wire.Frame(Wire.Ping, "8 bytes!"u8.ToArray()));
            await Until(tls, "8 bytes!");

            Assert.Equal(0, Kill(relay.Id, Terminate));
            await Until(tls, "\u0015\0\0\0\u0008");
            await relay.WaitForExitAsync().WaitAsync(DerpTestClient.Patience);
            Assert.Equal(0, relay.ExitCode);
            Assert.Contains("was read again: devices that connect now are shown its certificate", await errors);
        }
        finally
        {
            if (!relay.HasExited)
                relay.Kill();
        }
    }

    private static async Task<SslStream> Greet(TcpClient client)
    {
        var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        return tls;
    }

    /// <summary>Reads until these bytes have come, and returns all that came.</summary>
    private static async Task<string> Until(Stream stream, string last)
    {
        var expected = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(last));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(expected, StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(DerpTestClient.Patience);
            Assert.True(read > 0, $"The end came before {last}: {text}");
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        return text.ToString();
    }
}
