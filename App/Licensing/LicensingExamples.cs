using System.Text.Json.Nodes;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Http.OpenApi;

namespace Gatehouse.Licensing;

/// <summary>Believable values for the fields of the API of keys and plans.</summary>
internal static class LicensingExamples
{
    private const string Key = "VIP-K7QM2RX9TADE";

    public static readonly IReadOnlyList<SchemaExample> All =
    [
        new("valid", () => true), new("count", () => 100), new("length", () => 12), new("code", () => Key), new("key", () => Key), new("full_code", () => Key),
        new("keys", () => new JsonArray(Key)), new("machine_code", () => "9F2C-77A1-03E1"), new("prefix", () => "VIP"), new("plan", () => "VIP 30 days"),
        new("name", () => "VIP 30 days"), new("product", () => "Desktop"), new("currency", () => "CNY"), new("price", () => 3000),
        new("duration_seconds", () => 2592000), new("kind", () => "software"), new("status", () => "active"), new("machine_limit", () => 1),
        new("key_alphabet", () => LicenseSettings.DefaultAlphabet), new("expiring_soon_days", () => 7),
    ];
}
