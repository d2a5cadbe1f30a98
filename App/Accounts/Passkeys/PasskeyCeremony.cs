using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fido2NetLib.Objects;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>Who a passkey is made for.</summary>
/// <param name="Handle">What the device calls the account: it tells nothing of it.</param>
/// <param name="Name">What the device shows to its owner.</param>
internal sealed record PasskeyUser(byte[] Handle, string Name);

/// <summary>
/// What WebAuthn says and hears: what browsers are asked, and whether they answered rightly (W3C Web Authentication Level 3, 7.1 and 7.2).
/// A passkey asks for the finger, face or PIN of its owner each time, which makes it two factors in one. Who made the device is not asked
/// for (attestation <c>none</c>). Data and keys of devices are read by Fido2. It knows no database.
/// </summary>
public sealed class PasskeyCeremony(PasskeyChallenges challenges, TenantSettings settings)
{
    // By their numbers in COSE (RFC 9053), what is wanted most first.
    private static readonly COSE.Algorithm[] Algorithms = [COSE.Algorithm.EdDSA, COSE.Algorithm.ES256, COSE.Algorithm.RS256];

    /// <summary>What the browser is asked for a new passkey, as JSON.</summary>
    /// <param name="known">Credentials of devices that have one of the account's already.</param>
    internal string AskToMake(string tenant, PasskeySite site, PasskeyUse use, PasskeyUser user, IEnumerable<Passkey> known) => new JsonObject
    {
        ["rp"] = new JsonObject { ["id"] = site.RpId, ["name"] = settings.Get(tenant, TenantSettings.SiteName) },
        ["user"] = new JsonObject { ["id"] = Base64Url.EncodeToString(user.Handle), ["name"] = user.Name, ["displayName"] = user.Name },
        ["challenge"] = Base64Url.EncodeToString(challenges.Make(tenant, site, use)),
        ["pubKeyCredParams"] = new JsonArray([.. Algorithms.Select(JsonNode (a) => new JsonObject { ["type"] = "public-key", ["alg"] = (int)a })]),
        ["timeout"] = PasskeyChallenges.Life.TotalMilliseconds,
        ["attestation"] = "none",
        ["authenticatorSelection"] = new JsonObject { ["residentKey"] = "required", ["requireResidentKey"] = true, ["userVerification"] = "required" },
        ["excludeCredentials"] = Listed(known),
    }.ToJsonString();

    /// <summary>What the browser is asked to show, as JSON: any passkey of this place, or one of these.</summary>
    internal string AskToShow(string tenant, PasskeySite site, PasskeyUse use, IEnumerable<Passkey> among) => new JsonObject
    {
        ["rpId"] = site.RpId,
        ["challenge"] = Base64Url.EncodeToString(challenges.Make(tenant, site, use)),
        ["timeout"] = PasskeyChallenges.Life.TotalMilliseconds,
        ["userVerification"] = "required",
        ["allowCredentials"] = Listed(among),
    }.ToJsonString();

    /// <summary>Key and count of the passkey that was made, when all about it is right; else null.</summary>
    internal (string PublicKey, long Count)? Made(string tenant, PasskeySite site, PasskeyUse use, PasskeyAnswer answer)
    {
        if (answer.Attestation is null || !IsTold(tenant, site, use, answer, "webauthn.create"))
            return null;
        return Read<(string, long)?>(() => Data(AuthenticatorDataOf(answer.Attestation), site) is { AttestedCredentialData: { } made } data
            && made.CredentialId.AsSpan().SequenceEqual(answer.Id) && Algorithms.Any(made.CredentialPublicKey.IsSameAlg)
                ? (Base64Url.EncodeToString(made.CredentialPublicKey.GetBytes()), data.SignCount)
                : null);
    }

    /// <summary>How often the passkey was used, as its device counts, when it was shown rightly; else null.</summary>
    internal long? Shown(string tenant, PasskeySite site, PasskeyUse use, Passkey passkey, PasskeyAnswer answer)
    {
        if (answer.AuthenticatorData is not { } told || answer.Signature is not { } signature || !IsTold(tenant, site, use, answer, "webauthn.get")
            // Who gives no name is whom the device names.
            || (answer.UserHandle is null ? use == PasskeyUse.SignIn : Base64Url.EncodeToString(answer.UserHandle) != passkey.UserHandle))
            return null;
        return Read<long?>(() => Data(told, site) is { } data
            && new CredentialPublicKey(Base64Url.DecodeFromChars(passkey.PublicKey)).Verify([.. told, .. SHA256.HashData(answer.ClientData)], signature)
                ? data.SignCount
                : null);
    }

    // What the browser says of itself: what it did, for which of our challenges, and for a page of this place alone.
    private bool IsTold(string tenant, PasskeySite site, PasskeyUse use, PasskeyAnswer answer, string type) =>
        answer.Type == type && answer.Origin == site.Origin && !answer.CrossOrigin && challenges.IsGood(answer.Challenge, tenant, site, use);

    // What the device says: that it is for this place, that its owner was there, and who they are.
    private static AuthenticatorData? Data(byte[] bytes, PasskeySite site) =>
        AuthenticatorData.Parse(bytes) is { UserPresent: true, UserVerified: true } data && (data.IsBackupEligible || !data.IsBackedUp)
        && CryptographicOperations.FixedTimeEquals(data.RpIdHash, SHA256.HashData(Encoding.UTF8.GetBytes(site.RpId))) ? data : null;

    private static byte[] AuthenticatorDataOf(byte[] attestation)
    {
        var reader = new CborReader(attestation, CborConformanceMode.Lax);
        for (var left = reader.ReadStartMap(); left > 0; left--)
        {
            if (reader.ReadTextString() == "authData")
                return reader.ReadByteString();
            reader.SkipValue();
        }
        return [];
    }

    // What is sent is anybody's: taking it apart may fail in any way, and each of them means no.
    private static T? Read<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception)
        {
            return default;
        }
    }

    private static JsonArray Listed(IEnumerable<Passkey> passkeys) => new([.. passkeys.Select(JsonNode (p) => new JsonObject { ["type"] = "public-key", ["id"] = p.CredentialId })]);
}
