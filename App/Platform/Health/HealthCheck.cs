using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Health;

/// <summary>What <c>/api/health</c> looks at, as a feature declares it. Anybody sees the status, staff what it found: no answer names a path, host or secret.</summary>
/// <param name="Name">Stable, its member of <c>checks</c>.</param>
/// <param name="Title">The key of its words.</param>
/// <param name="Unanswered">What is said while it has no answer, after so long.</param>
public sealed record HealthCheck(string Name, string Title, Func<IServiceProvider, TimeSpan, HealthResult> Unanswered)
{
    /// <summary>Looks at what needs no rows; null when there is nothing. Trouble is an answer, not an exception.</summary>
    public Func<IServiceProvider, Task<HealthResult>>? Probe { get; init; }

    /// <summary>Looks at rows, of the whole server; asked when no probe has found storage unusable, and then what it says counts.</summary>
    public Func<IServiceProvider, ReadTx, ValueTask<HealthResult>>? Rows { get; init; }
}

/// <summary>What a check has found.</summary>
public sealed record HealthResult
{
    internal HealthResult(string status, Message told) => (Status, Told) = (status, told);

    /// <summary>See <see cref="HealthStatus"/>.</summary>
    public string Status { get; }

    /// <summary>The same for people.</summary>
    [JsonIgnore] public Message Told { get; }

    /// <summary>Figures and names beside the status, in snake_case.</summary>
    [JsonIgnore] public JsonObject Facts { get; init; } = [];

    /// <summary>The same, as they stand beside it in JSON.</summary>
    [JsonExtensionData] public Dictionary<string, JsonElement> Members => Facts.ToDictionary(f => f.Key, f => JsonElement.Parse(f.Value?.ToJsonString() ?? "null"));

    /// <summary>Storage cannot be asked: whoever needs rows is not.</summary>
    [JsonIgnore] public bool NoRows { get; init; }

    /// <summary>A list of names as a fact.</summary>
    public static JsonArray Names(IEnumerable<string> names) => [.. names.Select(n => (JsonNode)n)];
}

public static class HealthStatus
{
    public const string Pass = "pass";
    public const string Warn = "warn";
    public const string Fail = "fail";

    /// <summary>The worst of them.</summary>
    public static string Worst(IEnumerable<string> all) => all.Aggregate(Pass, (worst, one) => worst == Fail || one == Fail ? Fail : worst == Warn || one == Warn ? Warn : Pass);

    /// <summary>A warning when there are findings.</summary>
    public static string Warned(int findings) => findings == 0 ? Pass : Warn;
}
