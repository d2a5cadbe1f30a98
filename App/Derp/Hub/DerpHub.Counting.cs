using Gatehouse.Derp.Access;

namespace Gatehouse.Derp.Hub;

// What has been counted in this epoch, and the quota on it.
internal sealed partial class DerpHub
{
    private const long FaultEvery = 1000;
    private readonly Tally<Denial> _denials = new();
    private readonly Tally<PacketDrop> _drops = new();
    private readonly Tally<Cut> _cuts = new();
    private long _in, _out, _packetsIn, _packetsOut, _unknown, _connects;
    private long _faultAt;
    private bool _quotaReached;

    public void CountIn(long bytes)
    {
        Interlocked.Add(ref _in, bytes);
        CheckQuota();
    }

    public void CountOut(long bytes)
    {
        Interlocked.Add(ref _out, bytes);
        CheckQuota();
    }

    public void CountPackets(int packets) => Interlocked.Add(ref _packetsIn, packets);

    public void CountDelivered(int packets, Device device)
    {
        Interlocked.Add(ref _packetsOut, packets);
        Interlocked.Add(ref device.PacketsOut, packets);
    }

    public void CountUnknown() => Interlocked.Increment(ref _unknown);
    public void CountCut(Cut reason) => _cuts.Add(reason);
    public void CountDenial(Denial reason) => _denials.Add(reason);

    /// <summary>Those that were refused for not being on the list.</summary>
    public RefusedDevices Refused { get; } = new();

    /// <summary>Tells the operator of a failure of the relay's own that has ended a connection; at most one a second.</summary>
    public void Fault(Exception e)
    {
        var now = Environment.TickCount64;
        if (now - Interlocked.Read(ref _faultAt) < FaultEvery)
            return;
        Interlocked.Exchange(ref _faultAt, now);
        try
        {
            _log.LogError(e, "A connection was ended by a failure of the relay's own");
        }
        catch (OutOfMemoryException)
        {
            // Not even for the line that says so: it is counted.
        }
    }

    public void CountDrop(PacketDrop reason, long packets, Device device)
    {
        _drops.Add(reason, packets);
        Interlocked.Add(ref device.Drops, packets);
    }

    /// <summary>Bytes that count against the quota: in and out together.</summary>
    public long QuotaUsed => Interlocked.Read(ref _in) + Interlocked.Read(ref _out);

    public bool QuotaReached => Limits.Quota is { } quota && QuotaUsed >= quota;

    /// <summary>How much to read at once: less when the quota is nearly used up, so that it ends where it should.</summary>
    public int ReadSize => Limits.Quota is { } quota ? (int)Math.Clamp((quota - QuotaUsed) / 16, 4096, int.MaxValue) : int.MaxValue;

    private void CheckQuota()
    {
        if (!QuotaReached || Interlocked.Exchange(ref _quotaReached, true))
            return;
        // Not here, under the lock of whoever sent or received the last byte.
        ThreadPool.UnsafeQueueUserWorkItem(static hub => hub.CutOff(static _ => true, Cut.Quota, QuotaText), this, preferLocal: false);
    }

    /// <summary>What the control channel tells: one reading, each counter no less than in the reading before.</summary>
    public DerpState State(CertificateState? certificate, string version)
    {
        lock (_lock)
        {
            var devices = _devices.Values.OrderBy(d => d.Key.Hex(), StringComparer.Ordinal).Select(DeviceState.Of).ToList();
            var list = Admission as AllowList;
            return new DerpState(
                Epoch, DerpState.Time(StartedAt), version, Convert.ToHexStringLower(PublicKey), certificate?.Name, certificate,
                Admission.Kind, list?.Everyone ?? false, list?.Count ?? 0, _clients.Count,
                new DerpTotal(Interlocked.Read(ref _in), Interlocked.Read(ref _out), Interlocked.Read(ref _packetsIn), Interlocked.Read(ref _packetsOut), _connects),
                _denials.All(), _drops.All(), _cuts.All(), Interlocked.Read(ref _unknown), Limits, QuotaUsed, QuotaReached,
                new DerpPending(Pending.Count, Pending.Memory.Held), Memory.Held, devices);
        }
    }
}
