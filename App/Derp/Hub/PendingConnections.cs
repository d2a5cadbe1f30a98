using System.Net.Sockets;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Hub;

/// <summary>
/// The connections that have come in and are no device's yet, whichever way they come: TLS, HTTP, an upgrade, a WebSocket. They
/// have one deadline, and one ceiling on what they take together; beyond it the oldest make way for the newest.
/// </summary>
/// <param name="ceiling">Bytes.</param>
/// <param name="count">Counts one that is cut.</param>
internal sealed class PendingConnections(long ceiling, Action<Cut> count)
{
    /// <summary>Milliseconds from accept to introduction.</summary>
    public const int TimeToIntroduce = 10_000;

    private const int Most = 16 * 1024;

    // As many as make up for one that comes: it is not the fault of all that some hold much.
    private const int MakeWay = 2;
    private const int SweepEvery = 250;
    private readonly Lock _lock = new();

    // In the order in which they came.
    private readonly LinkedList<PendingConnection> _all = new();

    private long _sweptAt;

    /// <summary>What they take, with the beginnings of their frames.</summary>
    public MemoryShare Memory { get; } = new(ceiling);

    public int Count
    {
        get
        {
            lock (_lock)
                return _all.Count;
        }
    }

    /// <summary>Takes in a connection that has just come.</summary>
    /// <param name="cost">Bytes that it takes by itself.</param>
    public PendingConnection Add(Socket socket, int cost)
    {
        var made = new PendingConnection(this, socket, count);
        for (var i = 0; i < MakeWay && OldestTooMany() is { } oldest; i++)
            oldest.Abort(Cut.Memory);
        lock (_lock)
        {
            _all.AddLast(made.Place);
            Memory.Join();
        }
        made.Take(cost);
        return made;
    }

    private PendingConnection? OldestTooMany()
    {
        lock (_lock)
        {
            if (_all.First is not { Value: var oldest } || !(Memory.IsFull || _all.Count >= Most))
                return null;
            Remove(oldest);
            return oldest;
        }
    }

    /// <summary>Cuts those whose time is over. To be called at least twice a second, from any thread.</summary>
    public void Sweep()
    {
        var now = Environment.TickCount64;
        if (now - _sweptAt < SweepEvery)
            return;
        _sweptAt = now;
        List<PendingConnection>? late = null;
        lock (_lock)
        {
            for (var place = _all.First; place is not null;)
            {
                var next = place.Next;
                if (place.Value.Until <= now)
                {
                    (late ??= []).Add(place.Value);
                    Remove(place.Value);
                }
                place = next;
            }
        }
        late?.ForEach(p => p.Abort(Cut.HandshakeTimeout));
    }

    /// <summary>Counts further bytes that one takes by itself, unless it has left.</summary>
    public void Take(PendingConnection which, int bytes)
    {
        lock (_lock)
        {
            if (which.Place.List is null)
                return;
            which.Cost += bytes;
            Memory.Change(bytes);
        }
    }

    /// <summary>It is introduced, or gone. False when it was cut before.</summary>
    public bool Leave(PendingConnection which)
    {
        lock (_lock)
        {
            if (which.Place.List is null)
                return false;
            Remove(which);
            return true;
        }
    }

    private void Remove(PendingConnection which)
    {
        _all.Remove(which.Place);
        Memory.Leave();
        Memory.Change(-which.Cost);
        which.Cost = 0;
    }
}

/// <summary>One connection from accept to introduction. From any thread.</summary>
internal sealed class PendingConnection
{
    /// <summary>About what a connection takes by itself: plain, with TLS, and beyond that at the web server's or while a service is asked.</summary>
    public const int Plain = 2 * 1024, Secure = 24 * 1024, Web = 32 * 1024, Asked = 16 * 1024;

    private readonly PendingConnections _all;
    private readonly Socket _socket;
    private readonly Action<Cut> _count;
    private volatile DerpConnection? _client;

    public PendingConnection(PendingConnections all, Socket socket, Action<Cut> count)
    {
        (_all, _socket, _count) = (all, socket, count);
        Place = new LinkedListNode<PendingConnection>(this);
    }

    public LinkedListNode<PendingConnection> Place { get; }

    /// <summary>Bytes that it takes by itself; 0 once it has left.</summary>
    public int Cost { get; set; }

    /// <summary>When its time is over, in the system's milliseconds.</summary>
    public long Until { get; private set; } = Environment.TickCount64 + PendingConnections.TimeToIntroduce;

    /// <summary>It takes further bytes by itself.</summary>
    public void Take(int bytes) => _all.Take(this, bytes);

    /// <summary>It was answered over HTTP: from now on the web server's own deadlines hold, until it asks to be a device.</summary>
    public void Answered() => Until = long.MaxValue;

    /// <summary>It speaks DERP from now on, and that ends it.</summary>
    public void Serve(DerpConnection client)
    {
        _client = client;
        if (Until == long.MaxValue)
            Until = Environment.TickCount64 + PendingConnections.TimeToIntroduce;
    }

    /// <summary>It is introduced, or gone. False when it was cut before.</summary>
    public bool Leave() => _all.Leave(this);

    /// <summary>Ends it: whoever serves it finds its stream at the end.</summary>
    public void Abort(Cut reason)
    {
        if (_client is { } client)
            client.End(reason);
        else
            _count(reason);
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It went by itself meanwhile.
        }
    }
}
