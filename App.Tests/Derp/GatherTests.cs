using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Derp;

/// <summary>What several devices have sent at the same time goes to each receiver in one piece, not packet by packet.</summary>
public sealed class GatherTests
{
    private const int Senders = 8, Receivers = 5, Packets = 10, Size = 600;
    private const int Tcp = 6, TcpInfo = 11, DataSegmentsIn = 152;

    [Fact]
    public async Task Packets_of_many_senders_to_many_receivers_in_turn_take_one_system_call_a_receiver()
    {
        var list = new AllowList("list");
        list.Set(everyone: true, []);
        var hub = new DerpHub(new byte[32].Select((_, i) => (byte)(i + 1)).ToArray(), list, new DerpLimits(), MemoryCeilings.Of(null), NullLogger.Instance);
        using var loop = new RelayLoop(0, hub.Fault);
        loop.All = [loop];
        var senders = new List<Peer>();
        var receivers = new List<Peer>();
        for (var i = 0; i < Senders; i++)
            senders.Add(await Peer.Connect(hub, loop));
        for (var i = 0; i < Receivers; i++)
            receivers.Add(await Peer.Connect(hub, loop));
        var before = receivers.Select(r => r.Segments()).ToList();

        using var held = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        loop.Run(() =>
        {
            held.Set();
            go.Wait(DerpTestClient.Patience);
        });
        Assert.True(held.Wait(DerpTestClient.Patience));
        for (var s = 0; s < Senders; s++)
            await senders[s].Stream.WriteAsync(Enumerable.Range(0, Packets).SelectMany(p => Wire.Packet(receivers[(s + p) % Receivers].Key, Data(s, p))).ToArray());
        go.Set();

        for (var r = 0; r < Receivers; r++)
        {
            var got = new Dictionary<string, List<int>>();
            for (var i = 0; i < Senders * Packets / Receivers; i++)
            {
                var (type, body) = await receivers[r].Read();
                Assert.Equal(Wire.RecvPacket, type);
                var from = Wire.Hex(body.AsSpan(0, Wire.KeyBytes));
                var number = body[Wire.KeyBytes + 1];
                Assert.Equal(Data(senders.FindIndex(s => s.Key.Hex == from), number), body[Wire.KeyBytes..]);
                (got.TryGetValue(from, out var numbers) ? numbers : got[from] = []).Add(number);
            }
            Assert.Equal(Senders, got.Count);
            Assert.All(got.Values, numbers => Assert.Equal(numbers.Order(), numbers));
            Assert.Equal(1, receivers[r].Segments() - before[r]);
        }
        foreach (var peer in senders.Concat(receivers))
            peer.Dispose();
    }

    private static byte[] Data(int sender, int number) => [(byte)sender, (byte)number, .. Enumerable.Repeat((byte)(sender ^ number), Size)];

    private sealed class Peer(NetworkStream stream, TestKey key) : IDisposable
    {
        public NetworkStream Stream => stream;
        public TestKey Key => key;

        public static async Task<Peer> Connect(DerpHub hub, RelayLoop loop)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await client.ConnectAsync(listener.LocalEndpoint);
            var served = await listener.AcceptSocketAsync();
            served.NoDelay = true;
            var peer = new Peer(new NetworkStream(client, ownsSocket: true), TestKey.New());
            loop.Serve(new SocketConnection(hub, loop, served, IPAddress.Loopback) { Closed = () => { }, Pending = hub.Pending.Add(served, PendingConnection.Plain) }, default);
            var (_, greeting) = await peer.Read();
            await peer.Stream.WriteAsync(Wire.Hello(peer.Key, greeting[Wire.Magic.Length..]));
            Assert.Equal(Wire.ServerInfo, (await peer.Read()).Type);
            return peer;
        }

        public async Task<(byte Type, byte[] Body)> Read()
        {
            using var limit = new CancellationTokenSource(DerpTestClient.Patience);
            var header = new byte[Wire.HeaderBytes];
            await stream.ReadExactlyAsync(header, limit.Token);
            var body = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
            await stream.ReadExactlyAsync(body, limit.Token);
            return (header[0], body);
        }

        /// <summary>Segments with data that have come (tcp_info.tcpi_data_segs_in): over loopback one for each system call that sends little.</summary>
        public int Segments()
        {
            Span<byte> info = stackalloc byte[256];
            Assert.True(stream.Socket.GetRawSocketOption(Tcp, TcpInfo, info) >= DataSegmentsIn + 4);
            return BitConverter.ToInt32(info[DataSegmentsIn..]);
        }

        public void Dispose() => stream.Dispose();
    }
}
