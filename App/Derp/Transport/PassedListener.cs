using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Derp.Transport;

/// <summary>Gives the web server the connections that a door passes on.</summary>
internal sealed class PassedListener : IConnectionListener
{
    private readonly Channel<ConnectionContext> _passed = Channel.CreateUnbounded<ConnectionContext>();
    private readonly ConnectionListener _door;
    private bool _unbound;

    /// <exception cref="AddressInUseException">The port is taken.</exception>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public PassedListener(Func<Action<ConnectionContext>, ConnectionListener> open)
    {
        try
        {
            _door = open(connection => _passed.Writer.TryWrite(connection));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }

    public EndPoint EndPoint => _door.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken ct = default)
    {
        while (await _passed.Reader.WaitToReadAsync(ct))
        {
            if (_passed.Reader.TryRead(out var connection))
                return connection;
        }
        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken ct = default)
    {
        if (_unbound)
            return;
        _unbound = true;
        // It waits for a thread.
        await Task.Run(_door.Close, CancellationToken.None);
        _passed.Writer.TryComplete();
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}

/// <summary>Makes a <see cref="PassedListener"/> for the relay's own address; other addresses are listened on as usual.</summary>
internal sealed class PassedListenerFactory(EndPoint own, Func<Action<ConnectionContext>, ConnectionListener> open) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => ReferenceEquals(endpoint, own);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken ct = default) => new(new PassedListener(open));
}
