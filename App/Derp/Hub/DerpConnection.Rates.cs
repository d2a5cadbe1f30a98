namespace Gatehouse.Derp.Hub;

// How much is read at once: of the device's own rate, and of its share in the relay's.
internal abstract partial class DerpConnection
{
    private int _own, _granted;

    /// <summary>A rate holds for it, which has to be asked before each read.</summary>
    protected bool IsLimited => Device is { } device && (device.Bucket.IsLimited || hub.Share.IsLimited);

    /// <summary>
    /// How many bytes it may read now, on the thread that feeds. 0: none, and it asks anew after <paramref name="wait"/>
    /// milliseconds, or after <see cref="Resume"/> where that is 0.
    /// </summary>
    protected int Allowance(out int wait)
    {
        wait = 0;
        if (Device is not { } device)
            return int.MaxValue;
        if (Volatile.Read(ref _granted) == 0)
        {
            _own = device.Bucket.Ask(out wait);
            if (_own == 0 || hub.Share.Ask(this, device) is not (> 0 and var shared))
                return 0;
            Volatile.Write(ref _granted, shared);
        }
        return Math.Min(_own, Volatile.Read(ref _granted));
    }

    /// <summary>It is its turn: so many bytes of the relay's rate are taken for it. From any thread.</summary>
    public void Grant(int bytes)
    {
        Volatile.Write(ref _granted, bytes);
        Resume(null);
    }

    /// <summary>Counts what was read, be it nothing, after <see cref="Allowance"/> or without it.</summary>
    protected void Account(long bytes)
    {
        if (Device is not { } device)
        {
            _early += bytes;
            return;
        }
        Interlocked.Add(ref device.BytesIn, bytes);
        hub.CountIn(bytes);
        device.Bucket.Take(bytes);
        hub.Share.Settle(device, Interlocked.Exchange(ref _granted, 0), bytes);
    }
}
