using System.Text.Json.Serialization;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Activation;

/// <param name="Nonce">8 to 128 visible characters, which the answer repeats: one that was recorded before cannot.</param>
/// <param name="Product">What the program is, by the name or id of a product: the key of another is <c>PRODUCT_MISMATCH</c>.</param>
/// <param name="Challenge">The work done for it, where <c>CHALLENGE_REQUIRED</c> was answered.</param>
public sealed record ValidateRequest(string Code, string MachineCode, string? Nonce = null, string? Product = null, SolvedChallenge? Challenge = null)
{
    private const int LeastNonce = 8, MostNonce = 128, MostProduct = 80;

    /// <summary>The request with what is compared in the form it is compared in.</summary>
    /// <exception cref="Refusal">422 on nonce or product.</exception>
    internal ValidateRequest Checked()
    {
        var check = new FieldChecks();
        if (Nonce is { Length: < LeastNonce })
            check.Wrong("nonce", "field.too_short", LeastNonce);
        else if (Nonce is { Length: > MostNonce })
            check.Wrong("nonce", "field.too_long", MostNonce);
        else if (Nonce?.Any(c => c is <= ' ' or > '~') == true)
            check.Wrong("nonce", "field.nonce");
        var product = Product is null ? null : check.Text("product", Product, 1, MostProduct);
        check.ThrowIfAny();
        return this with { Product = product };
    }
}

/// <summary>The answer to POST /api/validate.</summary>
/// <param name="DidYouMean">With <c>NOT_FOUND</c>: the key that it looks like, where one letter was taken for another.</param>
public sealed record ValidateResponse(
    bool Success, bool Valid, string Code, string Message, string? Status, bool FirstActivation, string? FullCode, string? Plan, string? MachineCode,
    string? UsedAt, string? ExpireAt, long? RemainingSeconds, RawJson? Entitlements, string? Certificate, string? Product, string? Nonce, string? DidYouMean)
{
    public static ValidateResponse Of(Validation v, string message, string? certificate, string? nonce)
    {
        if (v.Key is not { } key)
            return new ValidateResponse(true, false, v.Code, message, null, false, null, null, v.Machine, null, null, null, null, null, null, nonce, v.DidYouMean);
        return new ValidateResponse(true, v.Valid, v.Code, message, LicenseState.At(key.Stored, key.ExpireAt, v.Now), v.FirstActivation, key.Key, key.PlanName,
            v.Machine, Format.Iso(key.UsedAt), Format.Iso(key.ExpireAt), License.Remaining(key.UsedAt, key.ExpireAt, v.Now),
            v.Valid ? new RawJson(key.Entitlements) : null, certificate, key.Product, nonce, null);
    }
}

/// <summary>What anybody who has a key may know of it.</summary>
/// <param name="MachineHint">The first of its machines, masked.</param>
/// <param name="MachineCode">The same, by the name of before: goes with the next version.</param>
public sealed record StatusResponse(
    bool Success, string FullCode, string Status, string Plan, string? UsedAt, string? ExpireAt, long? RemainingSeconds, string? MachineHint, string? MachineCode)
{
    public static StatusResponse Of(License key, long now)
    {
        var hint = key.Machine is null ? null : Devices.Fingerprints.MachineCode.Mask(key.Machine);
        return new(true, key.Key, key.StateAt(now), key.PlanName, Format.Iso(key.UsedAt), Format.Iso(key.ExpireAt), key.RemainingSeconds(now), hint, hint);
    }
}

/// <param name="Challenge">The work done for it, where <c>CHALLENGE_REQUIRED</c> was answered.</param>
public sealed record ReleaseRequest(string Code, string MachineCode, SolvedChallenge? Challenge = null);

/// <summary>A machine was freed.</summary>
/// <param name="ReleasesLeft">How many more may be freed within 30 days.</param>
/// <param name="NextReleaseAt">When the next is possible; null: now.</param>
public sealed record ReleaseResponse(bool Success, string FullCode, string MachineCode, long Machines, long ReleasesLeft, string? NextReleaseAt)
{
    public static ReleaseResponse Of(Released r) => new(true, r.Key.Key, r.Machine, r.Key.Bindings, r.Terms.Left, Format.Iso(r.Terms.NextAt));
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
[JsonSerializable(typeof(ReleaseRequest))]
[JsonSerializable(typeof(ReleaseResponse))]
[JsonSerializable(typeof(PublicKeyResponse))]
internal sealed partial class ActivationJson : JsonSerializerContext;
