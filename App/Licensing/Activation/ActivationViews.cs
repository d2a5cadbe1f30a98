using System.Text.Json.Serialization;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Activation;

/// <param name="Challenge">The work done for it, where <c>CHALLENGE_REQUIRED</c> was answered.</param>
public sealed record ValidateRequest(string Code, string MachineCode, SolvedChallenge? Challenge = null);

/// <summary>The answer to POST /api/validate.</summary>
public sealed record ValidateResponse(
    bool Success, bool Valid, string Code, string Message, string? Status, bool FirstActivation, string? FullCode, string? Plan, string? MachineCode,
    string? UsedAt, string? ExpireAt, long? RemainingSeconds, RawJson? Entitlements, string? Certificate)
{
    public static ValidateResponse Of(Validation v, string message, string? certificate)
    {
        if (v.Key is not { } key)
            return new ValidateResponse(true, false, v.Code, message, null, false, null, null, v.Machine, null, null, null, null, null);
        return new ValidateResponse(true, v.Valid, v.Code, message, LicenseState.At(key.Stored, key.ExpireAt, v.Now), v.FirstActivation, key.Key, key.PlanName,
            v.Machine, Format.Iso(key.UsedAt), Format.Iso(key.ExpireAt), License.Remaining(key.UsedAt, key.ExpireAt, v.Now),
            v.Valid ? new RawJson(key.Entitlements) : null, certificate);
    }
}

/// <summary>What anybody who has a key may know of it.</summary>
public sealed record StatusResponse(bool Success, string FullCode, string Status, string Plan, string? UsedAt, string? ExpireAt, long? RemainingSeconds, string? MachineCode)
{
    public static StatusResponse Of(License key, long now) => new(true, key.Key, key.StateAt(now), key.PlanName, Format.Iso(key.UsedAt), Format.Iso(key.ExpireAt),
        key.RemainingSeconds(now), key.Machine is null ? null : Devices.Fingerprints.MachineCode.Mask(key.Machine));
}

/// <param name="PublishedKeys">All keys that were ever signed with, the current one last.</param>
public sealed record PublicKeyResponse(bool Success, string KeyId, string Algorithm, string PublicKey, IReadOnlyList<PublicKeyView> PublishedKeys);

/// <param name="RetiredAt">Null: it is the current one.</param>
public sealed record PublicKeyView(string KeyId, string Algorithm, string PublicKey, string CreatedAt, string? RetiredAt);

/// <summary>JSON of what client programs send and get. Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ValidateRequest))]
[JsonSerializable(typeof(ValidateResponse))]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(PublicKeyResponse))]
internal sealed partial class ActivationJson : JsonSerializerContext;
