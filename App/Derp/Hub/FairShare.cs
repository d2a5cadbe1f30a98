using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Hub;

/// <summary>
/// The relay's rate, shared fairly by device (start-time fair queueing, Goyal, Vin and Cheng 1996): each device has a tag that rises
/// with the bytes it has read, and of those that wait the one with the lowest reads next. Who has been idle begins at the tag that
/// was served last, so it goes before whoever sends much, and after one step of that one at most. Nothing is held back while
/// only one of them wants to read.
/// </summary>
internal sealed class FairShare : IDisposable
{
    private readonly object _lock = new();
    private readonly TokenBucket _bucket = new();
    private readonly PriorityQueue<DerpConnection, (long Tag, long Order)> _waiting = new();
    private long _served, _order;
    private Thread? _thread;
    private bool _disposed;

    /// <summary>False: everybody may read at any time.</summary>
    public bool IsLimited => _bucket.IsLimited;

    /// <param name="rate">Bytes a second of all together; null: no limit.</param>
    public void Set(long? rate)
    {
        lock (_lock)
        {
            _bucket.Set(rate);
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>
    /// How many bytes the device's connection may read now, which are taken until <see cref="Settle"/>; 0: it waits for
    /// <see cref="DerpConnection.Grant"/>, which may come, on another thread, before this returns.
    /// </summary>
    public int Ask(DerpConnection client, Device device)
    {
        if (!IsLimited)
            return int.MaxValue;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _bucket.Ask(out _) is > 0 and var most)
                return Take(device, most);
            Enqueue(client, device);
            _thread ??= Begin();
            if (_waiting.Count == 1)
                Monitor.Pulse(_lock);
            return 0;
        }
    }

    /// <summary>Puts right what was taken beforehand, when it is known how many bytes came.</summary>
    /// <param name="granted">What was taken; 0 when it did not ask.</param>
    public void Settle(Device device, int granted, long bytes)
    {
        if (!IsLimited)
            return;
        lock (_lock)
        {
            // Without a limit nothing was taken.
            var more = bytes - (granted == int.MaxValue ? 0 : granted);
            device.Tag += more;
            _bucket.Take(more);
        }
    }

    private void Enqueue(DerpConnection client, Device device) => _waiting.Enqueue(client, (Math.Max(_served, device.Tag), _order++));

    private int Take(Device device, int most)
    {
        if (most == int.MaxValue)
            return most;
        _served = Math.Max(_served, device.Tag);
        device.Tag = _served + most;
        _bucket.Take(most);
        return most;
    }

    private Thread Begin()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "relay-rate" };
        thread.Start();
        return thread;
    }

    private void Work()
    {
        lock (_lock)
        {
            while (!_disposed)
            {
                var wait = Timeout.Infinite;
                if (_waiting.Count > 0 && _bucket.Ask(out wait) is > 0 and var most)
                    GrantNext(most);
                else
                    _ = Monitor.Wait(_lock, wait);
            }
        }
    }

    private void GrantNext(int most)
    {
        _ = _waiting.TryDequeue(out var client, out var place);
        if (client!.IsEnded)
            return;
        // Another of the device's connections has read meanwhile.
        if (client.Device!.Tag > place.Tag && client.Device.Tag > _served)
            Enqueue(client, client.Device);
        else
            client.Grant(Take(client.Device, most));
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Monitor.Pulse(_lock);
        }
        _thread?.Join();
    }
}
