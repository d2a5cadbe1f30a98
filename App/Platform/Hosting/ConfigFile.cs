using System.Text.Json;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Hosting;

/// <summary>Reads a settings file: JSON with comments, sections as objects.</summary>
internal static class ConfigFile
{
    private static readonly JsonDocumentOptions Format = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    /// <summary>The options in it as <c>Section:Key</c> and value, in the file's order.</summary>
    /// <exception cref="ConfigException">It cannot be read, or is not such a file.</exception>
    public static IReadOnlyList<(string Key, string Value)> Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), Format);
            var found = new List<(string, string)>();
            Collect(path, "", json.RootElement, found);
            return found;
        }
        catch (JsonException e)
        {
            throw new ConfigException(e.LineNumber is { } line
                ? $"{path} is not valid JSON at line {line + 1}, byte {e.BytePositionInLine + 1}."
                : $"{path} is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"The settings file {path} cannot be read: {e.Message}");
        }
    }

    private static void Collect(string path, string key, JsonElement element, List<(string, string)> found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    Collect(path, key.Length == 0 ? property.Name : $"{key}:{property.Name}", property.Value, found);
                break;
            case JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False when key.Length > 0:
                found.Add((key, element.ValueKind switch { JsonValueKind.String => element.GetString()!, JsonValueKind.True => "true", JsonValueKind.False => "false", _ => element.GetRawText() }));
                break;
            case JsonValueKind.Null when key.Length > 0:
                found.Add((key, ""));
                break;
            default:
                throw new ConfigException(key.Length == 0 ? $"{path} must hold one JSON object." : $"{key} ({path}) must be a text, a number, true or false, not a list.");
        }
    }
}
