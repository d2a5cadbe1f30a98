using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Moves;

/// <summary>A relay that goes, or went, to another server. Times in unix milliseconds.</summary>
/// <param name="RegionId">Of its slot.</param>
/// <param name="ContainerId">The new one.</param>
/// <param name="Cause">One of <see cref="Causes"/>.</param>
/// <param name="State">One of <see cref="States"/>.</param>
/// <param name="AclVersion">The first version of the map that names the new place; null: none does.</param>
/// <param name="Error">Why the new relay is not reached, as a stored message.</param>
/// <param name="SwitchedAt">Maps name the new place since then.</param>
/// <param name="To">What the server is called; null: it is gone.</param>
public sealed record RelayMove(
    string Id, string Tenant, string SlotId, string RentalId, long RegionId, string FromServer, string? From, string ToServer, string? To, string ContainerId, string Cause, string State, long? AclVersion, string? Error,
    long BegunAt, long? SwitchedAt, long? EndedAt)
{
    public const string Starting = "starting", Overlap = "overlap", Done = "done", Dropped = "dropped";
    public const string Asked = "asked", Drained = "drained", Removed = "removed", Down = "down", Allowance = "allowance", Balanced = "balanced";

    public static readonly IReadOnlyList<string> States = [Starting, Overlap, Done, Dropped];

    public static readonly IReadOnlyList<string> Causes = [Asked, Drained, Removed, Down, Allowance, Balanced];

    /// <summary>How long the old relay runs on at most while nobody is seen to have fetched the new map.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(26);

    /// <summary>How long it runs on after that: control tells the devices.</summary>
    public static readonly TimeSpan Settles = TimeSpan.FromMinutes(1);

    /// <summary>How long a new relay has to be reached.</summary>
    public static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(10);
}

/// <summary>One that is going on, with what has become of it.</summary>
/// <param name="ServerId">Where the map points now.</param>
/// <param name="Container">State of the new container; null: there is none any more.</param>
/// <param name="Target">The server that it goes to; null: it is gone.</param>
internal sealed record MoveNow(RelayMove Move, bool Released, string ServerId, string CertName, string? Container, int Port, MoveTarget? Target);

/// <param name="Here">Its relays run in this process or beside it.</param>
internal sealed record MoveTarget(string Address, bool Here, bool IsThere)
{
    internal static MoveTarget Of(RelayServer server) => new(server.Address, server.Kind == RelayServer.Embedded, server is { IsThere: true, Draining: false });
}
