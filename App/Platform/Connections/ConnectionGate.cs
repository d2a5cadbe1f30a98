using System.Net;
using Gatehouse.Platform.Http;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Platform.Connections;

/// <summary>What the gate says to a connection.</summary>
internal enum Admission
{
    Admitted,

    /// <summary>Its address has as many as it may.</summary>
    AddressFull,

    /// <summary>All places are taken.</summary>
    Full,
}

/// <summary>
/// Lets connections in while there are places: so many of one address, so many in all, fewer than the process may have files. When
/// places run short, those that keep one without asking for anything (half-sent requests, idle keep-alive) make room.
/// </summary>
internal sealed class ConnectionGate(ConnectionLimits limits, TimeProvider clock)
{
    /// <summary>So long a connection may wait in a crowd, for a slow line needs no more to send the head of a request.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly HashSet<ConnectionPlace> _places = [];
    private readonly Dictionary<string, int> _byNetwork = [];
    private int _strangers;
    private long _refused;

    public ConnectionLimits Limits => limits;

    /// <summary>How many are in.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _places.Count;
        }
    }

    /// <summary>Gives a place where there is one; <see cref="Leave"/> gives it back.</summary>
    public Admission Enter(IPAddress? address, out ConnectionPlace? place)
    {
        var network = address is null || limits.Trusts(address) ? null : RateLimits.Network(address);
        place = null;
        lock (_lock)
        {
            var of = network is null ? 0 : _byNetwork.GetValueOrDefault(network);
            var full = _places.Count >= limits.Total || network is not null && _strangers >= limits.Strangers;
            if (full || network is not null && of >= limits.PerAddress)
            {
                _refused++;
                return full ? Admission.Full : Admission.AddressFull;
            }
            if (network is not null)
            {
                _byNetwork[network] = of + 1;
                _strangers++;
            }
            _places.Add(place = new ConnectionPlace(network, clock.GetTimestamp()));
        }
        return Admission.Admitted;
    }

    public void Leave(ConnectionPlace place)
    {
        lock (_lock)
        {
            if (!_places.Remove(place) || place.Network is not { } network)
                return;
            _strangers--;
            if (_byNetwork[network] == 1)
                _byNetwork.Remove(network);
            else
                _byNetwork[network]--;
        }
    }

    /// <summary>A request of the place has been answered.</summary>
    public void Answered(ConnectionPlace place) => place.End(clock.GetTimestamp());

    /// <summary>How many were refused since the start.</summary>
    public long Refused
    {
        get
        {
            lock (_lock)
                return _refused;
        }
    }

    /// <summary>
    /// In a crowd, closes those that have waited for longer than <see cref="Patience"/> until it is none: strangers first, of them those whose
    /// address has most, and then who has waited longest. Returns how many it closed.
    /// </summary>
    public int MakeRoom()
    {
        List<ConnectionPlace> go;
        lock (_lock)
        {
            var tooMany = Math.Max(_places.Count - limits.Crowd, _strangers - limits.Strangers / 4 * 3);
            if (tooMany <= 0)
                return 0;
            go = [.. _places.Where(p => p.Connection is not null && p.WaitingSince is { } since && clock.GetElapsedTime(since) >= Patience)
                .OrderBy(p => p.Network is null).ThenByDescending(p => p.Network is null ? 0 : _byNetwork[p.Network]).ThenBy(p => p.WaitingSince ?? long.MaxValue).Take(tooMany)];
        }
        foreach (var place in go)
            place.Connection!.Abort(new ConnectionAbortedException("The place is needed for somebody else."));
        return go.Count;
    }
}
