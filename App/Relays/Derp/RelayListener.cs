using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gatehouse.Relays.Derp;

/// <summary>Gives the web server the connections that the <see cref="RelayDoor"/> passes on.</summary>
internal sealed class RelayListener(Func<Action<Socket>, RelayDoor> open, SocketConnectionContextFactory contexts) : IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private RelayDoor? _door;

    public EndPoint EndPoint => _door!.EndPoint;

    /// <exception cref="AddressInUseException">The port is taken.</exception>
    public RelayListener Open()
    {
        try
        {
            _door = open(socket => _accepted.Writer.TryWrite(contexts.Create(socket)));
            return this;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken ct = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(ct))
        {
            if (_accepted.Reader.TryRead(out var connection))
                return connection;
        }
        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken ct = default)
    {
        // It joins a thread.
        await Task.Run(() => _door?.Dispose(), ct);
        _door = null;
        _accepted.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        if (_door is not null)
            await UnbindAsync();
        contexts.Dispose();
    }
}

/// <summary>Makes a <see cref="RelayListener"/> for the relay's own address; other addresses are listened on as usual.</summary>
internal sealed class RelayListenerFactory(EndPoint own, Func<Action<Socket>, RelayDoor> open, ILoggerFactory logs) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => ReferenceEquals(endpoint, own);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken ct = default)
    {
        var contexts = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), logs.CreateLogger<RelayListener>());
        return new(new RelayListener(open, contexts).Open());
    }
}
