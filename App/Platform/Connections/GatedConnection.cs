using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Platform.Connections;

/// <summary>A connection of the socket transport that gives its place back when its socket is closed, and not before.</summary>
internal sealed class GatedConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly ConnectionGate _gate;
    private readonly ConnectionPlace _place;

    public GatedConnection(ConnectionContext inner, ConnectionGate gate, ConnectionPlace place)
    {
        (_inner, _gate, _place) = (inner, gate, place);
        // Where its requests find it.
        inner.Features.Set(place);
        place.Connection = this;
    }

    public override string ConnectionId { get => _inner.ConnectionId; set => _inner.ConnectionId = value; }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items { get => _inner.Items; set => _inner.Items = value; }

    public override IDuplexPipe Transport { get => _inner.Transport; set => _inner.Transport = value; }

    public override CancellationToken ConnectionClosed { get => _inner.ConnectionClosed; set => _inner.ConnectionClosed = value; }

    public override EndPoint? LocalEndPoint { get => _inner.LocalEndPoint; set => _inner.LocalEndPoint = value; }

    public override EndPoint? RemoteEndPoint { get => _inner.RemoteEndPoint; set => _inner.RemoteEndPoint = value; }

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override void Abort() => _inner.Abort();

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _inner.DisposeAsync();
        }
        finally
        {
            _gate.Leave(_place);
        }
    }
}
