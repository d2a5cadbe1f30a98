using System.Globalization;
using System.Net.Sockets;
using Gatehouse.Derp.Network;

namespace Gatehouse.Tests.Derp;

/// <summary>How the system is told to find out that a device is gone: seldom while it is idle, soon while it is sent to.</summary>
public sealed class KeepAliveTests
{
    private const int Tcp = 6, UserTimeout = 18, KeepAliveTimer = 2;

    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    [InlineData(Via.WebSocket)]
    public async Task An_idle_device_is_not_woken_by_the_system_for_ten_minutes(Via via)
    {
        await using var relay = await RelayProcess.Open(via);
        await using var client = await DerpTestClient.Connect(relay, via: via);
        Assert.Empty(await client.Ping());
        var (timer, seconds) = await Settled(relay.Address.Port);
        Assert.Equal(KeepAliveTimer, timer);
        Assert.InRange(seconds, 540, 600);
    }

    [Fact]
    public void Who_does_not_confirm_what_is_sent_to_it_is_gone_after_fifteen_seconds()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Sockets.Tune(socket);
        Span<byte> timeout = stackalloc byte[4];
        Assert.Equal(4, socket.GetRawSocketOption(Tcp, UserTimeout, timeout));
        Assert.Equal(15_000, BitConverter.ToInt32(timeout));
    }

    // The timer that runs for the relay's side of the connection, and the seconds that it has left; that of what was sent last ends soon.
    private static async Task<(int Timer, double Seconds)> Settled(int port)
    {
        for (var i = 0; ; i++)
        {
            var fields = (await File.ReadAllLinesAsync("/proc/net/tcp")).Concat(await File.ReadAllLinesAsync("/proc/net/tcp6"))
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Single(f => f[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && f[3] == "01");
            var timer = fields[5].Split(':');
            if (timer[0] == $"{KeepAliveTimer:X2}" || i == 50)
                return (int.Parse(timer[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(timer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 100.0);
            await Task.Delay(100);
        }
    }
}
