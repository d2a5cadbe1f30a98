using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Transport;

/// <summary>
/// One thread that waits for many connections at once (epoll) and relays what comes: one system call to read whatever a device
/// has sent, one for each receiver of what came from all devices that had something at the time.
/// </summary>
internal sealed unsafe partial class RelayLoop : IDisposable
{
    private const int BufferSize = 512 * 1024, LeastRoom = BufferSize / 2, MaxEvents = 256, TickEvery = 1000, Linger = 1000;
    private const ulong BellSlot = ulong.MaxValue;
    private readonly int _poll = Libc.Poll(), _bell = Libc.Bell();
    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(BufferSize);
    private readonly ConcurrentQueue<Action> _errands = new();
    private readonly PriorityQueue<SocketConnection, long> _resting = new();
    private readonly Stack<int> _freeSlots = new();
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private SocketConnection?[] _clients = new SocketConnection?[64];
    private int _count, _assigned, _gathered;
    private volatile bool _stopping;

    /// <param name="failed">Is told of what failed for no connection in particular.</param>
    public RelayLoop(int number, Action<Exception> failed)
    {
        _failed = failed;
        if (_poll < 0 || _bell < 0 || Libc.Control(_poll, Libc.Add, _bell, Libc.In, BellSlot) != 0)
            throw new InvalidOperationException("The system has no file descriptors left for the relay.");
        _thread = new Thread(Live) { IsBackground = true, Name = $"relay-{number}" };
        _thread.Start();
    }

    public PacketBatch Batch { get; } = new();

    /// <summary>Connections in it, and on their way to it.</summary>
    public int Count => Volatile.Read(ref _assigned);

    /// <summary>Runs something on the loop's thread, soon.</summary>
    public void Run(Action errand)
    {
        _errands.Enqueue(errand);
        ulong one = 1;
        _ = Libc.Write(_bell, &one, sizeof(ulong));
    }

    /// <summary>Takes a connection whose request has been understood, and answers it. On the loop's thread.</summary>
    private void Add(SocketConnection client, ReadOnlyMemory<byte> upgraded)
    {
        try
        {
            if (Settle(client))
                client.Begin(upgraded.Span);
        }
        catch (Exception e)
        {
            Failed(client, e);
        }
    }

    // False when the system cannot watch it, and it is closed.
    private bool Settle(SocketConnection client)
    {
        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _count;
            if (slot == _clients.Length)
                Array.Resize(ref _clients, slot * 2);
        }
        _clients[slot] = client;
        _count++;
        if (client.Settle(slot))
            return true;
        client.End(Cut.Fault);
        Close(client);
        return false;
    }

    /// <summary>Begins to watch a client, which has the place. Under the client's lock.</summary>
    public bool Watch(SocketConnection client, int slot) => Libc.Control(_poll, Libc.Add, client.Handle, client.Interest, (ulong)slot) == 0;

    /// <summary>Takes a connection whose request has been understood, and sends the answer to it first. From any thread.</summary>
    public void Serve(SocketConnection client, ReadOnlyMemory<byte> upgraded)
    {
        Interlocked.Increment(ref _assigned);
        Run(() => Add(client, upgraded));
    }

    /// <summary>Waits for what the client waits for now. From any thread that holds the client's lock, or the loop's own.</summary>
    public void Watch(SocketConnection client)
    {
        if (client.Slot >= 0)
            _ = Libc.Control(_poll, Libc.Modify, client.Handle, client.Interest, (ulong)client.Slot);
    }

    /// <summary>Lets the client rest for so many milliseconds before it is read again. On the loop's thread.</summary>
    public void ResumeIn(SocketConnection client, int milliseconds) => _resting.Enqueue(client, Environment.TickCount64 + milliseconds);

    private void Work()
    {
        var events = stackalloc Libc.Event[MaxEvents];
        var tickAt = Environment.TickCount64 + TickEvery;
        while (!_stopping)
        {
            var now = Environment.TickCount64;
            var until = _resting.TryPeek(out _, out var resume) ? Math.Min(resume, tickAt) : tickAt;
            var count = Libc.Wait(_poll, events, MaxEvents, (int)Math.Max(0, until - now));
            _clock = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
                Handle(events[i].Data, events[i].Events);
            Deliver();
            while (_errands.TryDequeue(out var errand))
                errand();
            now = Environment.TickCount64;
            while (_resting.TryPeek(out var rested, out resume) && resume <= now)
            {
                _resting.Dequeue();
                Guard(rested, () => rested.Continue());
            }
            if (now >= _balanceAt)
                Balance(now);
            if (now >= tickAt)
            {
                tickAt = now + TickEvery;
                Tick(now);
            }
        }
    }

    private void Handle(ulong slot, uint events)
    {
        if (slot == BellSlot)
        {
            ulong rung;
            _ = Libc.Read(_bell, &rung, sizeof(ulong));
            return;
        }
        if (_clients[slot] is not { } client)
            return;
        Attend(client, events);
        NoteTime(client);
    }

    // What one sends waits for what others send to the same receivers, as long as there is room in the buffer.
    private bool Read(SocketConnection client, bool gone)
    {
        if (BufferSize - _gathered < LeastRoom)
            Deliver();
        var alive = client.Read(_buffer + _gathered, BufferSize - _gathered, Batch, gone, out var used);
        _gathered = Batch.IsEmpty ? 0 : _gathered + used;
        if (!Batch.IsEmpty)
            _senders.Add((client, Math.Max(1, used)));
        return alive;
    }

    private void Deliver()
    {
        Batch.Flush();
        _gathered = 0;
        NoteDelivery();
    }

    private void Tick(long now)
    {
        foreach (var client in _clients)
        {
            if (client is null)
                continue;
            client.Tick(now);
            if (!client.IsEnded)
                continue;
            if (client.EndedAt == 0)
                client.EndedAt = now;
            else if (now - client.EndedAt >= Linger)
                Close(client);
        }
    }

    private void Close(SocketConnection client)
    {
        client.End(null);
        Forget(client);
        client.Close();
    }

    /// <summary>Watches it no more. On the loop's thread.</summary>
    public void Forget(SocketConnection client)
    {
        _ = Libc.Control(_poll, Libc.Delete, client.Handle, 0, 0);
        _clients[client.Slot] = null;
        _freeSlots.Push(client.Slot);
        client.Slot = -1;
        _count--;
        Interlocked.Decrement(ref _assigned);
    }

    /// <summary>Ends the thread: after it, nothing is relayed and nothing handed to another loop.</summary>
    public void Stop()
    {
        _stopping = true;
        Run(static () => { });
        _thread.Join();
    }

    /// <summary>Closes what is left, once all loops have stopped.</summary>
    public void Dispose()
    {
        Stop();
        // Such as clients that were on their way here.
        while (_errands.TryDequeue(out var errand))
            errand();
        foreach (var client in _clients)
        {
            if (client is not null)
                Close(client);
        }
        _ = Libc.Close(_bell);
        _ = Libc.Close(_poll);
        NativeMemory.Free(_buffer);
    }
}
