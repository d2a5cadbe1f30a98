using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Localization;

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
[JsonSerializable(typeof(ValidateResponse))]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(PublicKeyResponse))]
[JsonSerializable(typeof(PlanInput))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(PlanResponse))]
[JsonSerializable(typeof(PlanList))]
[JsonSerializable(typeof(PlanRemoved))]
[JsonSerializable(typeof(GenerateRequest))]
[JsonSerializable(typeof(GenerateResponse))]
[JsonSerializable(typeof(LicenseView))]
[JsonSerializable(typeof(LicenseResponse))]
[JsonSerializable(typeof(LicenseListResponse))]
[JsonSerializable(typeof(LicensePatch))]
[JsonSerializable(typeof(LicenseDeleted))]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(BulkResponse))]
[JsonSerializable(typeof(BulkAudit))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(BatchView))]
[JsonSerializable(typeof(BatchList))]
[JsonSerializable(typeof(LicenseStatisticsResponse))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class LicensingJson : JsonSerializerContext;
