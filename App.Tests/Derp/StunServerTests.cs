using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

public sealed class StunServerTests
{
    private static readonly byte[] Transaction = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", 32)]
    [InlineData("::1", "::1", 44)]
    [InlineData("::", "127.0.0.1", 32)]
    [InlineData("::", "::1", 44)]
    [InlineData("0.0.0.0", "127.0.0.1", 32)]
    public async Task A_client_learns_its_own_address(string listen, string come, int length)
    {
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.Parse(listen), 0));
        using var client = Client(come, server.Port);
        for (var i = 1; i <= 3; i++)
        {
            var answer = await Ask(client);
            Assert.NotNull(answer);
            Assert.Equal(length, answer.Length);
            var address = new byte[16];
            Assert.True(Stun.TryReadAnswer(answer, Transaction, address, out var size, out var port));
            Assert.Equal(client.LocalEndPoint, new IPEndPoint(new IPAddress(address.AsSpan(0, size)), port));
            await Until(() => server.Answered == i);
        }
        Assert.Equal((0, 0, 0), (server.Ignored, server.Capped, server.Failed));
    }

    /// <summary>A client's socket takes an answer from no other address, and neither does the router before it.</summary>
    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1", "127.0.0.2")]
    [InlineData("0.0.0.0", "127.0.0.2", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.1.2.3", "127.3.2.1")]
    [InlineData("::", "127.0.0.1", "127.0.0.2")]
    [InlineData("::", "127.0.0.2", "127.0.0.1")]
    [InlineData("::", "::1", "::1")]
    [InlineData("::1", "::1", "::1")]
    [InlineData("127.0.0.2", "127.0.0.1", "127.0.0.2")]
    public async Task The_answer_comes_from_the_address_that_was_asked(string listen, string from, string asked)
    {
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.Parse(listen), 0));
        await AnswersAt(server, IPAddress.Parse(from), IPAddress.Parse(asked));
    }

    /// <summary>IPv6 has one loopback address: from there to each other one that this machine has. Nothing leaves it.</summary>
    [Fact]
    public async Task The_answer_comes_from_the_address_that_was_asked_of_all_that_the_machine_has()
    {
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.IPv6Any, 0));
        var own = NetworkInterface.GetAllNetworkInterfaces().Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(u => u.Address).ToList();
        Assert.Contains(IPAddress.Loopback, own);
        foreach (var asked in own)
        {
            try
            {
                await AnswersAt(server, asked.IsIPv6LinkLocal ? asked : asked.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, asked);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable && asked.IsIPv6LinkLocal)
            {
                // Of a container's network that comes or goes just now: not yet, or no longer, the machine's.
            }
        }
    }

    private static async Task AnswersAt(StunServer server, IPAddress from, IPAddress asked)
    {
        using var client = new Socket(from.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        client.Bind(new IPEndPoint(from, 0));
        await client.SendToAsync(Request(), new IPEndPoint(asked, server.Port));
        var buffer = new byte[100];
        using var wait = new CancellationTokenSource(DerpTestClient.Patience);
        var got = await client.ReceiveFromAsync(buffer, new IPEndPoint(from.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0), wait.Token);
        Assert.Equal(new IPEndPoint(asked, server.Port), got.RemoteEndPoint);
        Assert.True(Stun.TryReadAnswer(buffer.AsSpan(0, got.ReceivedBytes), Transaction, new byte[16], out _, out var port));
        Assert.Equal(((IPEndPoint)client.LocalEndPoint!).Port, port);
    }

    [Fact]
    public async Task Anything_else_is_ignored_silently()
    {
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = Client("127.0.0.1", server.Port);
        var request = Request();
        byte[][] others = [[], [0], "hello"u8.ToArray(), new byte[40], new byte[60_000], [.. request, 0], request[..39]];
        foreach (var other in others)
            await client.SendAsync(other);
        // What is answered first is what was sent last.
        Assert.Equal(32, (await Ask(client))!.Length);
        await Until(() => server.Answered == 1);
        Assert.Equal(others.Length, server.Ignored);
        Assert.Equal(0, client.Available);
    }

    [Fact]
    public async Task A_source_has_its_share_and_no_more()
    {
        var clock = new FakeClock();
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.IPv6Any, 0), clock);
        using var client = Client("127.0.0.1", server.Port);
        using var other = Client("::1", server.Port);
        Assert.Equal(StunServer.Burst, await Answers(100));
        Assert.Equal(100 - StunServer.Burst, server.Capped);
        Assert.NotNull(await Ask(other));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StunServer.PerSecond, await Answers(100));
        // Another port is the same source.
        using var neighbour = Client("127.0.0.1", server.Port);
        Assert.Null(await Ask(neighbour, 100));

        async Task<int> Answers(int requests)
        {
            var before = server.Answered + server.Capped;
            for (var i = 0; i < requests; i++)
            {
                await client.SendAsync(Request());
                await Until(() => server.Answered + server.Capped == before + i + 1);
            }
            var buffer = new byte[100];
            var count = 0;
            for (; client.Available > 0; count++)
                await client.ReceiveAsync(buffer);
            return count;
        }
    }

    [Fact]
    public void An_IPv6_customer_is_one_source_and_never_an_IPv4_one()
    {
        Assert.Equal(Source("2001:db8:1:2::1"), Source("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        Assert.NotEqual(Source("2001:db8:1:2::1"), Source("2001:db8:1:3::1"));
        Assert.NotEqual(Source("192.0.2.1"), Source("192.0.2.2"));
        Assert.NotEqual(Source("192.0.2.1"), Source("::c000:201"));

        static ulong Source(string address) => StunServer.Source(IPAddress.Parse(address).GetAddressBytes());
    }

    [Fact]
    public void A_flood_of_invented_sources_frees_none_that_is_used_up()
    {
        var clock = new FakeClock();
        var cap = new AnswerCap(perSecond: 20, burst: 40, sources: 64, clock);
        const ulong Victim = 7;
        Assert.Equal(40, Enumerable.Range(0, 60).Count(_ => cap.Take(Victim)));
        for (var i = 1000ul; i < 101_000; i++)
            Assert.True(cap.Take(i));
        Assert.False(cap.Take(Victim));
        clock.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => cap.Take(Victim)));
        clock.Advance(TimeSpan.FromDays(60));
        Assert.Equal(40, Enumerable.Range(0, 60).Count(_ => cap.Take(Victim)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, Enumerable.Range(0, 60).Count(_ => cap.Take(Victim)));
    }

    [Fact]
    public async Task A_client_that_is_gone_does_not_stop_it()
    {
        await using var server = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0));
        for (var i = 0; i < 5; i++)
        {
            using var gone = Client("127.0.0.1", server.Port);
            await gone.SendAsync(Request());
        }
        using var client = Client("127.0.0.1", server.Port);
        Assert.NotNull(await Ask(client));
    }

    [Fact]
    public async Task A_taken_port_is_told_and_a_stopped_server_frees_it()
    {
        var server = StunServer.Start(new IPEndPoint(IPAddress.Loopback, 0));
        var listen = new IPEndPoint(IPAddress.Loopback, server.Port);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => StunServer.Start(listen)).SocketErrorCode);
        await server.DisposeAsync();
        await StunServer.Start(listen).DisposeAsync();
    }

    private static byte[] Request()
    {
        var request = new byte[Stun.RequestSize];
        Stun.WriteRequest(request, Transaction);
        return request;
    }

    private static Socket Client(string address, int port)
    {
        var server = new IPEndPoint(IPAddress.Parse(address), port);
        var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(server);
        return socket;
    }

    private static async Task<byte[]?> Ask(Socket client, int milliseconds = 30_000)
    {
        await client.SendAsync(Request());
        var buffer = new byte[100];
        using var wait = new CancellationTokenSource(milliseconds);
        try
        {
            return buffer[..await client.ReceiveAsync(buffer, wait.Token)];
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task Until(Func<bool> done)
    {
        using var limit = new CancellationTokenSource(DerpTestClient.Patience);
        while (!done())
            await Task.Delay(1, limit.Token);
    }
}
