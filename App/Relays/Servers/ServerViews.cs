using System.Text.Json.Serialization;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Servers;

/// <summary>A server as clients send it, whole or in part: described by its fields.</summary>
public sealed record RelayServerInput;

public sealed record RelayServerResponse(bool Success, RelayServer Server);

public sealed record RelayServerList(bool Success, IReadOnlyList<RelayServer> Items, string? Next);

public sealed record RelayServerRemoved(bool Success, string Id);

/// <param name="Checks">What trying it has found, step by step.</param>
/// <param name="Join">Of a <c>relay_host</c>: in the first answer only.</param>
public sealed record RelayServerAdded(bool Success, RelayServer Server, IReadOnlyList<CheckView> Checks, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ServerJoin? Join = null);

public sealed record RelayServerJoined(bool Success, RelayServer Server, ServerJoin Join);

/// <param name="Checks">What trying it has found, step by step.</param>
public sealed record RelayServerTried(bool Success, RelayServer Server, IReadOnlyList<CheckView> Checks);

/// <param name="Warn">It works, and somebody should know of it.</param>
public sealed record CheckView(string Step, bool Ok, long Ms, string Detail, bool Warn)
{
    internal static CheckView Of(ServerCheck check, Localizer text) => new(check.Step, check.Ok, check.Ms, text[check.Detail], check.Warn);
}

/// <summary>How a server's relays do now.</summary>
/// <param name="Placed">Relays that belong on it.</param>
/// <param name="Room">How many more it takes.</param>
/// <param name="Error">The last one of its relays, in words.</param>
public sealed record RelayServerStatus(bool Success, RelayServer Server, long Placed, long Running, long Failed, long Room, string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RelayServerInput))]
[JsonSerializable(typeof(RelayServerResponse))]
[JsonSerializable(typeof(RelayServerList))]
[JsonSerializable(typeof(RelayServerRemoved))]
[JsonSerializable(typeof(RelayServerAdded))]
[JsonSerializable(typeof(RelayServerJoined))]
[JsonSerializable(typeof(RelayServerTried))]
[JsonSerializable(typeof(RelayServerStatus))]
internal sealed partial class RelayServerJson : JsonSerializerContext;
