using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>How connections come in while there are many, and while there are more than the system allows.</summary>
[Collection(Timed.Collection)]
public sealed partial class AcceptTests
{
    private const int OpenFiles = 7, Held = 10;

    [Fact]
    public async Task Handshakes_of_TLS_are_shared_among_threads()
    {
        Assert.True(Environment.ProcessorCount > 1, "One processor has nothing to share out.");
        await using var relay = await RelayProcess.Open(Via.Tls);
        var before = Times();
        for (var i = 0; i < 10; i++)
        {
            foreach (var client in await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => DerpTestClient.Connect(relay, via: Via.Tls))))
                await client.DisposeAsync();
        }
        var spent = Times().Select(t => t.Value - before.GetValueOrDefault(t.Key)).Where(t => t > 0).Order().ToList();
        Assert.True(spent.Count == Environment.ProcessorCount && spent[0] * 3 >= spent[^1], $"The threads had {string.Join(", ", spent)} ns.");
    }

    [Fact]
    public async Task When_no_descriptors_are_left_those_who_are_in_go_on_and_others_follow()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("allow"), "*\n");
        using var relay = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "gatehouse.dll"), "relay", "--listen", "127.0.0.1:0", "--stun", "off", "--self-signed", "--data", folder.Path, "--allow", folder.File("allow")])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var ready = await relay.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) ?? await relay.StandardError.ReadToEndAsync();
            var reading = Task.WhenAll(relay.StandardOutput.ReadToEndAsync(), relay.StandardError.ReadToEndAsync());
            var at = new IPEndPoint(IPAddress.Loopback, new Uri(ready[(ready.IndexOf(" is ready at ", StringComparison.Ordinal) + 13)..].Trim()).Port);
            // Whatever the first one loads is loaded then.
            (await Upgrade(await Connect(at))).Dispose();

            var held = new List<Socket>();
            for (var i = 0; i < Held; i++)
                held.Add(await Connect(at));
            await Wait.Until(() => Task.FromResult(Descriptors(relay).Count(d => d.IsSocket) > Held), "the relay has taken them");
            var most = (ulong)Descriptors(relay).Max(d => d.Number) + 1;
            var limit = new Limit { Soft = most, Hard = most };
            Assert.Equal(0, SetLimit(relay.Id, OpenFiles, ref limit, 0));
            var late = new List<Socket>();
            for (var i = 0; i < 200; i++)
                late.Add(await Connect(at));
            Assert.True(Descriptors(relay).Count <= (int)most);

            var took = new List<double>();
            foreach (var socket in held)
            {
                var clock = Stopwatch.StartNew();
                (await Upgrade(socket)).Dispose();
                took.Add(clock.Elapsed.TotalMilliseconds);
            }
            // Most of them: the machine may be busy with something else at times.
            Assert.True(took.Order().ElementAt(Held / 2) < 150, $"The handshakes took {string.Join(", ", took.Select(t => $"{t:F0}"))} ms.");
            // There is room again where those were.
            (await Upgrade(late[0])).Dispose();
            late.ForEach(s => s.Dispose());
            (await Upgrade(await Connect(at))).Dispose();
            relay.Kill();
            _ = await reading;
        }
        finally
        {
            relay.Kill();
            await relay.WaitForExitAsync();
        }
    }

    private static async Task<Socket> Connect(IPEndPoint at)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(at);
        return socket;
    }

    private static async Task<SslStream> Upgrade(Socket socket)
    {
        using var limit = new CancellationTokenSource(DerpTestClient.Patience);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true }, limit.Token);
        await tls.WriteAsync("GET /derp HTTP/1.1\r\nHost: localhost\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n"u8.ToArray(), limit.Token);
        var answer = new byte[12];
        await tls.ReadExactlyAsync(answer, limit.Token);
        Assert.Equal("HTTP/1.1 101"u8.ToArray(), answer);
        return tls;
    }

    private static List<(int Number, bool IsSocket)> Descriptors(Process process) =>
        [.. new DirectoryInfo($"/proc/{process.Id}/fd").EnumerateFiles().Select(f => (int.Parse(f.Name, CultureInfo.InvariantCulture), f.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true))];

    /// <summary>The processor time, in nanoseconds, that each thread that takes connections has had.</summary>
    private static Dictionary<string, long> Times()
    {
        var times = new Dictionary<string, long>();
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                if (File.ReadAllText($"{thread}/comm").StartsWith("relay-door", StringComparison.Ordinal))
                    times[thread] = long.Parse(File.ReadAllText($"{thread}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // Another thread, which has ended meanwhile.
            }
        }
        return times;
    }

    private struct Limit
    {
        public ulong Soft, Hard;
    }

    [LibraryImport("libc", EntryPoint = "prlimit64")]
    private static partial int SetLimit(int process, int what, ref Limit wanted, nint before);
}
