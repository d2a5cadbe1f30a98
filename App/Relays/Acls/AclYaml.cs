using System.Text;
using System.Text.Json;

namespace Gatehouse.Relays.Acls;

/// <summary>A map as headscale reads it from a file: YAML whose names are all lower case; others it passes over in silence.</summary>
internal static class AclYaml
{
    /// <param name="map">One that keeps the rules.</param>
    public static string Of(JsonElement map)
    {
        var yaml = new StringBuilder("regions:\n");
        foreach (var region in map.GetProperty("Regions").EnumerateObject())
        {
            yaml.Append("  ").Append(region.Name).Append(":\n");
            foreach (var member in region.Value.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Array))
                Line(yaml, "    ", member);
            yaml.Append("    nodes:\n");
            foreach (var node in region.Value.GetProperty("Nodes").EnumerateArray())
            {
                var lead = "      - ";
                foreach (var member in node.EnumerateObject())
                {
                    Line(yaml, lead, member);
                    lead = "        ";
                }
            }
        }
        return yaml.ToString();
    }

    private static void Line(StringBuilder yaml, string lead, JsonProperty member)
    {
        yaml.Append(lead).Append(member.Name.ToLowerInvariant()).Append(": ");
        if (member.Value.ValueKind == JsonValueKind.String)
            Quote(yaml, member.Value.GetString()!);
        else
            yaml.Append(member.Value.GetRawText());
        yaml.Append('\n');
    }

    // The rules let no control character in: what is left to escape in YAML's double quotes are these.
    private static void Quote(StringBuilder yaml, string text) => yaml.Append('"').Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
}
