using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Servers;

/// <summary>A kind of server that can be added; the rooms of engines register theirs.</summary>
/// <param name="Name">As in <c>kind</c>.</param>
/// <param name="Try">Tries one, before it is added (it has no id) or later, step by step: outside any transaction, and whatever it starts it stops. It reports how far it has come, if anybody waits.</param>
public sealed record ServerKind(string Name, Func<RelayServer, IProgress<TryProgress>?, CancellationToken, Task<IReadOnlyList<ServerCheck>>> Try)
{
    /// <summary>Makes what lets the server's host in; null: it needs nothing.</summary>
    public Func<WriteTx, Caller, RelayServer, string, ValueTask<ServerJoin>>? Join { get; init; }

    /// <summary>A server is about to be removed: sees that what is its own elsewhere goes too. Null: there is nothing.</summary>
    public Func<WriteTx, string, RelayServer, ValueTask>? Left { get; init; }

    /// <summary>Checks what is of this kind alone, and makes of it what is stored: nothing secret is in the open then. With what there was before, if anything. Null: there is nothing.</summary>
    public Func<RelayServer, RelayServer?, RelayServer>? Keep { get; init; }
}

/// <summary>What lets a server's host in: told once.</summary>
/// <param name="Command">What to run on the host.</param>
public sealed record ServerJoin(string Token, string Command)
{
    // Not what it holds.
    public override string ToString() => nameof(ServerJoin);
}
