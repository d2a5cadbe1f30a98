using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Support;
using Engine = Gatehouse.Relays.Engines.Engine;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>The image of the published program, made once and sent to the tests' engine.</summary>
public sealed class ShippedImage : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    public string Program { get; private set; } = null!;
    public RelayImage Image { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Program = await Appliance.Binary();
        Image = await RelayImage.Make(Program, _folder.Path, default);
        await using var engine = await Engine.Connect(new UnixAddress(TestDocker.Host["unix://".Length..]), "test", default);
        await engine.Ship(Image, null, default);
    }

    // The image stays: other tests' containers are of it, and the engine goes with the run.
    public Task DisposeAsync()
    {
        Image.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }
}

internal static class EngineSample
{
    private static int _count;

    public static RelayContainer Relay(string image, string owner)
    {
        var name = $"gh-{owner}-{Interlocked.Increment(ref _count)}";
        return new(name, image, "r1", "s1", name, FreePort(SocketType.Stream, ProtocolType.Tcp), FreePort(SocketType.Dgram, ProtocolType.Udp), "127.0.0.1", ["--self-signed", "--hostname", "relay.test"], 64 * 1024 * 1024);
    }

    public static RelayFile Key() => new("relay.key", Encoding.ASCII.GetBytes($"{{\"PrivateKey\":\"privkey:{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}\"}}"));

    public static string Secret(RelayFile key) => Encoding.ASCII.GetString(key.Content).Split(':')[^1][..64];

    /// <summary>Waits until the relay answers on the host's port.</summary>
    public static async Task Answers(int port, Func<Task<IReadOnlyList<string>>> logs)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            await Wait.Until(async () =>
            {
                try
                {
                    return (await http.GetAsync($"https://127.0.0.1:{port}/healthz")).IsSuccessStatusCode;
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }
            }, "the relay answers");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{string.Join('\n', await logs())}", e);
        }
    }

    /// <summary>Nothing of that owner's is left on the tests' engine.</summary>
    public static async Task Clear(string owner)
    {
        foreach (var id in (await TestDocker.Run("ps", "--all", "--quiet", "--filter", $"label=gatehouse.managed={owner}")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await TestDocker.Try("rm", "--force", id);
        foreach (var name in (await TestDocker.Run("volume", "ls", "--quiet", "--filter", $"label=gatehouse.managed={owner}")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await TestDocker.Try("volume", "rm", name);
    }

    /// <summary>One that nobody listens on, and below those that a system gives to whoever connects: another test's connection may not take it meanwhile.</summary>
    public static int FreePort(SocketType type, ProtocolType protocol)
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(11_000, 32_000);
            using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }
}
