using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Platform.Connections;

/// <summary>The place that a connection takes while it is open.</summary>
/// <param name="network">Whose it is (<see cref="Http.RateLimits.Network"/>); null for one that is trusted.</param>
internal sealed class ConnectionPlace(string? network, long since)
{
    private int _requests;
    private long _since = since;

    public string? Network => network;

    /// <summary>Set once the place is taken.</summary>
    public ConnectionContext? Connection { get; set; }

    /// <summary>Since when it has asked for nothing, by the clock's timestamp; null while a request of it is under way.</summary>
    public long? WaitingSince => Volatile.Read(ref _requests) == 0 ? Volatile.Read(ref _since) : null;

    /// <summary>The head of a request has come. HTTP/2 has several under way.</summary>
    public void Begin() => Interlocked.Increment(ref _requests);

    public void End(long now)
    {
        Volatile.Write(ref _since, now);
        Interlocked.Decrement(ref _requests);
    }
}
