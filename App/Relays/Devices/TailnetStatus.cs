using System.Text.Json;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Http;

namespace Gatehouse.Relays.Devices;

/// <summary>A machine of a tailnet, as a client there names it.</summary>
/// <param name="Own">The one that it was printed on.</param>
/// <param name="Near">Of the same person, or tagged: most likely meant as well.</param>
/// <param name="KeyEnds">When it has to sign in again, and gets another key then; null: never, or not said.</param>
public sealed record TailnetMachine(string NodeKey, string Name, string System, bool Own, bool Near, DateTimeOffset? KeyEnds);

/// <summary>What <c>tailscale status --json</c> prints, read leniently: its form may change. Source: <c>ipn/ipnstate</c> of the client.</summary>
public static class TailnetStatus
{
    /// <summary>In characters; a tailnet of a thousand machines has less.</summary>
    public const int MostText = 2_000_000;
    private const int MostMachines = 1000, MaxName = 60;

    /// <summary>Its machines: the own one first, then those that are near, by their names. Those that others share are left out: their tailnet has no map with our relays.</summary>
    /// <exception cref="Refusal">422 on <c>status</c>.</exception>
    public static IReadOnlyList<TailnetMachine> Read(string typed)
    {
        if (typed.Length > MostText)
            throw Refusal.Field("status", "rentals.status.long");
        try
        {
            using var json = JsonDocument.Parse(typed);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("Self", out var self) || self.ValueKind != JsonValueKind.Object)
                throw Refusal.Field("status", "rentals.status.none");
            // Of one that is not signed in the key is none, or an old one.
            if (Text(root, "BackendState") is { Length: > 0 } state && state != "Running")
                throw Refusal.Field("status", "rentals.status.stopped", state.Length > 30 ? state[..30] : state);
            var person = User(self);
            var found = new List<TailnetMachine>();
            Add(self, true);
            if (root.TryGetProperty("Peer", out var peers) && peers.ValueKind == JsonValueKind.Object)
                foreach (var peer in peers.EnumerateObject().Take(MostMachines))
                    Add(peer.Value, false);
            return found.Count > 0 ? [.. found.DistinctBy(m => m.NodeKey).OrderBy(m => !m.Own).ThenBy(m => !m.Near).ThenBy(m => m.Name, StringComparer.OrdinalIgnoreCase)] : throw Refusal.Field("status", "rentals.status.none");

            void Add(JsonElement machine, bool own)
            {
                var key = machine.ValueKind == JsonValueKind.Object ? Text(machine, "PublicKey").ToLowerInvariant() : "";
                if (!NodeKey.TryParse(key, out _) || !own && Shared(machine))
                    return;
                var name = Text(machine, "DNSName").Split('.')[0] is { Length: > 0 } called ? called : Text(machine, "HostName");
                var tagged = machine.TryGetProperty("Tags", out var tags) && tags.ValueKind == JsonValueKind.Array && tags.GetArrayLength() > 0;
                found.Add(new(key, Plain(name), Plain(Text(machine, "OS")), own, own || tagged || person is not null && User(machine) == person, DateTimeOffset.TryParse(Text(machine, "KeyExpiry"), null, System.Globalization.DateTimeStyles.AssumeUniversal, out var ends) ? ends : null));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // No JSON, or text in it that is no text.
            throw Refusal.Field("status", "rentals.status.none");
        }
    }

    private static bool Shared(JsonElement m) =>
        m.TryGetProperty("ShareeNode", out var sharee) && sharee.ValueKind == JsonValueKind.True || m.TryGetProperty("AltSharerUserID", out var from) && from.ValueKind == JsonValueKind.Number && from.GetDouble() != 0;

    private static string? User(JsonElement m) => m.TryGetProperty("UserID", out var user) && user.ValueKind == JsonValueKind.Number ? user.GetRawText() : null;

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // As a device's name may be.
    private static string Plain(string text) => new string([.. text.Where(c => !char.IsControl(c))]) is var plain && plain.Length > MaxName ? plain[..MaxName] : plain;
}
