using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Licensing;

/// <summary>JSON text that is written as it is: it was checked when it was stored.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly record struct RawJson(string Text);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text, skipInputValidation: true);
}

/// <summary>JSON of the licensing API. Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ValidateRequest))]
[JsonSerializable(typeof(ValidateAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(PublicKeyAnswer))]
[JsonSerializable(typeof(PlanInput))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(PlanList))]
[JsonSerializable(typeof(PlanRemoved))]
[JsonSerializable(typeof(GenerateRequest))]
[JsonSerializable(typeof(GenerateAnswer))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyPatch))]
[JsonSerializable(typeof(KeyDeleted))]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(BulkAnswer))]
[JsonSerializable(typeof(BulkAudit))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(BatchView))]
[JsonSerializable(typeof(BatchList))]
[JsonSerializable(typeof(KeyStatistics))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class LicensingJson : JsonSerializerContext;
