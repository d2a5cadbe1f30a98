using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Acls;

/// <summary>The map of some slots in the forms in which it is given away. What breaks a rule of the map is given in none.</summary>
/// <param name="Policy">Of Tailscale's policy file, to paste.</param>
/// <param name="DerpMap">The map alone, as JSON: what headscale fetches (<c>derp.urls</c>).</param>
/// <param name="Headscale">The map alone as YAML (<c>derp.paths</c>). It has no place for leaving out the default regions: there that is done by removing their address.</param>
public sealed record AclDocuments(string Policy, string DerpMap, string Headscale)
{
    /// <summary>For a link that gives nothing any more: headscale would not start on anything that is no map.</summary>
    public const string Dead = "{\"Regions\":{}}\n";

    /// <summary>The same as YAML.</summary>
    public const string DeadYaml = "regions: {}\n";

    // In files that people read and edit: their own letters as they are.
    private static readonly JsonWriterOptions Writing = new() { Indented = true, IndentCharacter = '\t', IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="Refusal">422 VALIDATION_FAILED: what devices would get breaks a rule; field <c>acl</c> says which.</exception>
    public static AclDocuments Of(IReadOnlyList<AclSlot> slots, AclOptions options)
    {
        var policy = Json(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("derpMap");
            Map(json, options.Apply(slots), options.OmitDefaultRegions);
            json.WriteEndObject();
        });
        using var read = JsonDocument.Parse(policy);
        var map = read.RootElement.GetProperty("derpMap");
        var faults = AclRules.Faults(map);
        if (faults.Count > 0)
            throw Refused(faults[0]);
        return new AclDocuments(policy + "\n", Json(map.WriteTo) + "\n", AclYaml.Of(map));
    }

    /// <summary>One region as in the map, its lines one deeper than each other by a tab.</summary>
    internal static string Region(AclSlot slot) => Json(json => Region(json, slot));

    internal static Refusal Refused(Message fault) => new(HttpErrors.ValidationFailed) { Fields = new Dictionary<string, Message> { ["acl"] = fault } };

    private static void Map(Utf8JsonWriter json, IReadOnlyList<AclSlot> slots, bool omitDefaultRegions)
    {
        json.WriteStartObject();
        json.WriteBoolean("OmitDefaultRegions", omitDefaultRegions);
        json.WriteStartObject("Regions");
        foreach (var slot in slots.OrderBy(s => s.RegionId))
        {
            json.WritePropertyName(slot.RegionId.ToString(CultureInfo.InvariantCulture));
            Region(json, slot);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Region(Utf8JsonWriter json, AclSlot slot)
    {
        json.WriteStartObject();
        json.WriteNumber("RegionID", slot.RegionId);
        json.WriteString("RegionCode", slot.RegionCode);
        json.WriteString("RegionName", slot.RegionName);
        json.WriteStartArray("Nodes");
        json.WriteStartObject();
        json.WriteString("Name", slot.NodeName);
        json.WriteNumber("RegionID", slot.RegionId);
        json.WriteString("HostName", slot.HostName ?? slot.IPv4 ?? slot.IPv6 ?? "");
        if (slot.HostName is null || slot.IPv4 is not null || slot.IPv6 is not null)
        {
            json.WriteString("IPv4", slot.IPv4 ?? AclRules.NoAddress);
            json.WriteString("IPv6", slot.IPv6 ?? AclRules.NoAddress);
        }
        json.WriteNumber("DERPPort", slot.DerpPort);
        json.WriteNumber("STUNPort", slot.StunPort);
        if (slot.CertName is { } pin)
            json.WriteString("CertName", pin);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Writing))
            write(json);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
