using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Transport;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Derp;

/// <summary>What fails for one connection, an allocation included, ends that one.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly TestKey _relay = TestKey.New();
    private readonly DerpHub _hub;
    private readonly RelayLoop _loop;
    private readonly List<IDisposable> _open = [];

    public FaultTests()
    {
        var everyone = new AllowList("list");
        everyone.Set(true, []);
        _hub = new DerpHub(_relay.Secret, everyone, new DerpLimits(), MemoryCeilings.Of(null), NullLogger.Instance);
        _loop = new RelayLoop(0, _hub.Fault);
        _loop.All = [_loop];
    }

    public enum At { Reading, Sending, Beginning }

    [Theory]
    [InlineData(At.Reading)]
    [InlineData(At.Sending)]
    [InlineData(At.Beginning)]
    public async Task An_allocation_that_fails_ends_the_connection_that_it_was_for(At at)
    {
        var (failing, victim) = await Connect(at);
        var (sound, _) = await Connect(null);
        var (peer, _) = await Connect(null);
        TestKey a = TestKey.New(), b = TestKey.New(), c = TestKey.New();
        await Introduce(sound, a);
        await Introduce(peer, b);
        if (at != At.Beginning)
            await Introduce(failing, c);
        victim.Fails = true;
        if (at == At.Sending)
            await sound.SendAsync(Wire.Packet(c, new byte[100]));
        else if (at == At.Reading)
            await failing.SendAsync(new byte[] { 1 });
        Assert.Equal(0, await failing.ReceiveAsync(new byte[4096]).WaitAsync(DerpTestClient.Patience));
        await sound.SendAsync(Wire.Packet(b, new byte[100]));
        Assert.Equal(Wire.HeaderBytes + Wire.KeyBytes + 100, await peer.ReceiveAsync(new byte[4096]).WaitAsync(DerpTestClient.Patience));
        await Wait.Until(() => Task.FromResult(_hub.Clients().Count == 2 && _hub.Memory.Held == 0), "the one is gone and holds nothing");
        Assert.Equal(1, _hub.State(null, "").Cut["fault"]);
    }

    /// <summary>A device's end of a connection, and the relay's.</summary>
    private async Task<(Socket Device, Failing Relay)> Connect(At? at)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var device = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _open.Add(device);
        await device.ConnectAsync(listener.LocalEndpoint);
        var socket = await listener.AcceptSocketAsync();
        socket.Blocking = false;
        var pending = _hub.Pending.Add(socket, PendingConnection.Plain);
        var relay = new Failing(_hub, _loop, socket, at) { Closed = () => pending.Leave(), Pending = pending, Fails = at == At.Beginning };
        pending.Serve(relay);
        _loop.Serve(relay, default);
        return (device, relay);
    }

    private async Task Introduce(Socket device, TestKey key)
    {
        var buffer = new byte[4096];
        Assert.Equal(Wire.HeaderBytes + 40, await device.ReceiveAsync(buffer).WaitAsync(DerpTestClient.Patience));
        await device.SendAsync(Wire.Hello(key, _relay.Public));
        Assert.NotEqual(0, await device.ReceiveAsync(buffer).WaitAsync(DerpTestClient.Patience));
        Assert.Equal(Wire.ServerInfo, buffer[0]);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _open.ForEach(o => o.Dispose());
    }

    private sealed unsafe class Failing(DerpHub hub, RelayLoop loop, Socket socket, At? at) : SocketConnection(hub, loop, socket, IPAddress.Loopback)
    {
        public volatile bool Fails;

        protected override nint Receive(IoVector* vectors, int count, int most) =>
            Fails && at == At.Reading ? throw new OutOfMemoryException() : base.Receive(vectors, count, most);

        protected override nint Transmit(IoVector* vectors, int count) =>
            Fails && at is At.Sending or At.Beginning ? throw new OutOfMemoryException() : base.Transmit(vectors, count);
    }
}
