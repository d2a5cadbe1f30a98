using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Hub;

/// <summary>Who is connected, what has been counted in this epoch, and what the limits are.</summary>
internal sealed partial class DerpHub
{
    // More than any rental has: only a relay that is open to everyone comes near.
    private const int MaxDevicesKept = 20_000;
    private const int MinForgetting = 64;
    private readonly Lock _lock = new();
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<NodeKey, Device> _devices = new();
    private readonly HashSet<DerpConnection> _clients = [];
    private readonly Dictionary<Device, HashSet<Device>> _heardFrom = [];
    private bool _stopping;

    /// <summary>What devices are told when the quota is used up.</summary>
    public const string QuotaText = "This relay's traffic quota is used up.";

    public DerpHub(ReadOnlyMemory<byte> secretKey, Admission admission, DerpLimits limits, MemoryCeilings memory, ILogger log)
    {
        _log = log;
        Memory = new MemoryShare(memory.Devices);
        Pending = new PendingConnections(memory.Pending, CountCut);
        SecretKeyMemory = secretKey;
        PublicKey = Box.PublicKey(secretKey.Span);
        Greeting = Frame.Of(FrameType.ServerKey, [.. Frame.Magic, .. PublicKey]);
        Switching = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Version: {Frame.ProtocolVersion}\r\nDerp-Public-Key: {Convert.ToHexStringLower(PublicKey)}\r\n\r\n");
        Admission = admission;
        StartedAt = DateTimeOffset.UtcNow;
        Epoch = $"{StartedAt.ToUnixTimeMilliseconds()}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        Limits = limits;
        Share.Set(limits.RelayRate);
    }

    private ReadOnlyMemory<byte> SecretKeyMemory { get; }
    public ReadOnlySpan<byte> SecretKey => SecretKeyMemory.Span;
    public byte[] PublicKey { get; }

    /// <summary>The answer to a request for an upgrade.</summary>
    public byte[] Switching { get; }

    /// <summary>The first frame: our public key.</summary>
    public byte[] Greeting { get; }

    public Admission Admission { get; }
    public DateTimeOffset StartedAt { get; }

    /// <summary>Names this run: counters rise within it and begin from zero in the next.</summary>
    public string Epoch { get; }

    public DerpLimits Limits { get; private set; }

    /// <summary>What the devices' connections hold.</summary>
    public MemoryShare Memory { get; }

    /// <summary>The connections that are no device's yet.</summary>
    public PendingConnections Pending { get; }

    /// <summary>The limit of all devices together.</summary>
    public FairShare Share { get; } = new();

    public Device? Find(NodeKey key) => _devices.GetValueOrDefault(key);

    /// <summary>
    /// Lets a connection in that admission has nothing against: null, else why not. Nothing is sent to it by others before its
    /// first <see cref="Activate"/>.
    /// </summary>
    public Denial? Enter(DerpConnection client, NodeKey key)
    {
        lock (_lock)
        {
            if (_stopping)
                return Denial.Stopping;
            if (QuotaReached)
                return Denial.Quota;
            // The list may have changed since it was asked.
            if (Admission is AllowList list && !list.Allows(key))
                return Denial.Denied;
            if (_clients.Count >= Limits.MaxConnections)
                return Denial.Full;
            var device = _devices.GetValueOrDefault(key) ?? Register(key);
            if (device.Clients.Count >= Limits.MaxPerKey)
                return Denial.KeyLimit;
            device.Connects++;
            _connects++;
            device.Clients.Add(client);
            _clients.Add(client);
            client.Opened(device);
            return null;
        }
    }

    private Device Register(NodeKey key)
    {
        // Twice as many as are connected at least, or each one more would look through all.
        if (_devices.Count >= Math.Max(MaxDevicesKept, 2 * _clients.Count))
        {
            foreach (var gone in _devices.Values.Where(d => d.Clients.Count == 0).ToList())
                _devices.TryRemove(gone.Key, out _);
        }
        var device = new Device(key);
        device.Bucket.Set(Limits.Rate);
        return _devices[key] = device;
    }

    /// <summary>The connection showed life: of several with one key, packets go to the last that did.</summary>
    public void Activate(DerpConnection client)
    {
        lock (_lock)
        {
            if (client.Device is { } device && device.Clients.Contains(client))
                device.Active = client;
        }
    }

    /// <summary>A connection has ended. Those who heard from its device are told when it was the device's last.</summary>
    public void Remove(DerpConnection client)
    {
        List<DerpConnection>? told = null;
        lock (_lock)
        {
            if (client.Device is not { } device || !_clients.Remove(client))
                return;
            device.Clients.Remove(client);
            if (device.Active == client)
                device.Active = device.Clients.Count > 0 ? device.Clients[^1] : null;
            if (device.Clients.Count == 0 && _heardFrom.Remove(device, out var heard))
                told = [.. heard.Where(d => d != device).Select(d => d.Active).OfType<DerpConnection>()];
        }
        // Elsewhere: one of them may be gone too, and have others to tell in turn.
        if (told is not null)
            ThreadPool.UnsafeQueueUserWorkItem(static t => Tell(t.Gone, t.told), (Gone: client.Device!, told), preferLocal: false);
    }

    private static void Tell(Device gone, List<DerpConnection> those)
    {
        // It may be back already.
        foreach (var client in those.TakeWhile(_ => gone.Active is null))
            client.SendPeerGone(gone.Key, PeerGoneReason.Disconnected);
    }

    /// <summary>Remembers that the one has heard from the other, to be told when that one goes.</summary>
    public void NoteTalk(Device from, Device to)
    {
        lock (_lock)
        {
            if (from.Clients.Count == 0)
                return;
            if (!_heardFrom.TryGetValue(from, out var heard))
                _heardFrom[from] = heard = [];
            // Those who are gone are told nothing: without them it is no longer than all that are here, however many come and go.
            if (heard.Add(to) && heard.Count >= MinForgetting && BitOperations.IsPow2(heard.Count))
                heard.RemoveWhere(d => d.Clients.Count == 0);
        }
    }

    /// <summary>Ends the connections of the devices that match; returns how many. The reason goes to them as a Health frame.</summary>
    public int CutOff(Func<Device, bool> which, Cut reason, string health)
    {
        List<DerpConnection> ended;
        lock (_lock)
            ended = [.. _clients.Where(c => which(c.Device!))];
        var last = Frame.Of(FrameType.Health, Encoding.UTF8.GetBytes(health));
        foreach (var client in ended)
            client.End(reason, last);
        return ended.Count;
    }

    /// <summary>Puts another allow list in force, and cuts those whom it leaves out; returns how many connections that were.</summary>
    public int Allow(bool everyone, IEnumerable<NodeKey> keys)
    {
        var list = (AllowList)Admission;
        list.Set(everyone, keys);
        return CutOff(d => !list.Allows(d.Key), Cut.Revoked, "This device is no longer allowed on this relay.");
    }

    /// <summary>Puts other limits in force for those who are connected too, and returns them.</summary>
    /// <param name="change">Makes them of those in force. It is asked while nobody else changes them.</param>
    public DerpLimits Limit(Func<DerpLimits, DerpLimits> change)
    {
        DerpLimits limits;
        lock (_lock)
        {
            limits = change(Limits);
            if (limits.RelayRate != Limits.RelayRate)
                Share.Set(limits.RelayRate);
            if (limits.Rate != Limits.Rate)
            {
                foreach (var device in _devices.Values)
                    device.Bucket.Set(limits.Rate);
            }
            Limits = limits;
            _quotaReached = false;
        }
        CheckQuota();
        return limits;
    }

    /// <summary>Lets nobody in any more, tells all devices when to come back, and ends their connections; returns how many.</summary>
    public int Stop(TimeSpan reconnectIn, TimeSpan tryFor)
    {
        List<DerpConnection> all;
        lock (_lock)
        {
            _stopping = true;
            all = [.. _clients];
        }
        Span<byte> times = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(times, (uint)reconnectIn.TotalMilliseconds);
        BinaryPrimitives.WriteUInt32BigEndian(times[4..], (uint)tryFor.TotalMilliseconds);
        var last = Frame.Of(FrameType.Restarting, times);
        foreach (var client in all)
            client.End(null, last);
        return all.Count;
    }

    /// <summary>All connections that are open now.</summary>
    public List<DerpConnection> Clients()
    {
        lock (_lock)
            return [.. _clients];
    }
}
