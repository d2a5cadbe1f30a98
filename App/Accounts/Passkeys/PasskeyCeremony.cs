using System.Buffers.Text;
using Fido2NetLib;
using Fido2NetLib.Objects;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>Who a passkey is made for.</summary>
/// <param name="Handle">What the device calls the account: it tells nothing of it.</param>
/// <param name="Name">What the device shows to its owner.</param>
internal sealed record PasskeyUser(byte[] Handle, string Name);

/// <summary>
/// What WebAuthn says and hears: what browsers are asked, and whether they answered rightly (W3C Web Authentication, 7.1 and 7.2, by
/// Fido2). A passkey asks for the finger, face or PIN of its owner each time, which makes it two factors in one. It knows no database.
/// </summary>
public sealed class PasskeyCeremony(PasskeyChallenges challenges, TenantSettings settings)
{
    /// <summary>What the browser is asked for a new passkey, as JSON.</summary>
    /// <param name="known">Credentials of devices that have one of the account's already.</param>
    internal string AskToMake(string tenant, PasskeySite site, PasskeyUse use, PasskeyUser user, IEnumerable<Passkey> known) =>
        ToMake(tenant, site, challenges.Make(tenant, site, use), user, Descriptors(known)).ToJson();

    /// <summary>What the browser is asked to show, as JSON: any passkey of this place, or one of these.</summary>
    internal string AskToShow(string tenant, PasskeySite site, PasskeyUse use, IEnumerable<Passkey> among) =>
        ToShow(tenant, site, challenges.Make(tenant, site, use), Descriptors(among)).ToJson();

    /// <summary>The passkey that was made, when all about it is right; else null.</summary>
    internal async Task<RegisteredPublicKeyCredential?> Made(string tenant, PasskeySite site, PasskeyUse use, PasskeyUser user, PasskeyAnswer answer)
    {
        if (answer.Attestation is null || !challenges.IsGood(answer.Challenge, tenant, site, use))
            return null;
        return await Checked(() => Library(tenant, site).MakeNewCredentialAsync(new MakeNewCredentialParams
        {
            AttestationResponse = new AuthenticatorAttestationRawResponse
            {
                Id = answer.CredentialId, RawId = answer.Id, Type = PublicKeyCredentialType.PublicKey,
                Response = new() { AttestationObject = answer.Attestation, ClientDataJson = answer.ClientData, Transports = [] },
                ClientExtensionResults = new(),
            },
            OriginalOptions = ToMake(tenant, site, answer.Challenge, user, []),
            // Whether it is known already, the row decides.
            IsCredentialIdUniqueToUserCallback = (_, _) => Task.FromResult(true),
        }));
    }

    /// <summary>How often the passkey was used, as its device counts, when it was shown rightly; else null.</summary>
    internal async Task<long?> Shown(string tenant, PasskeySite site, PasskeyUse use, Passkey passkey, PasskeyAnswer answer)
    {
        if (answer.AuthenticatorData is null || answer.Signature is null || !challenges.IsGood(answer.Challenge, tenant, site, use)
            // Who gives no name is whom the device names.
            || (use == PasskeyUse.SignIn && answer.UserHandle is null))
            return null;
        var result = await Checked(() => Library(tenant, site).MakeAssertionAsync(new MakeAssertionParams
        {
            AssertionResponse = new AuthenticatorAssertionRawResponse
            {
                Id = answer.CredentialId, RawId = answer.Id, Type = PublicKeyCredentialType.PublicKey,
                Response = new() { AuthenticatorData = answer.AuthenticatorData, Signature = answer.Signature, ClientDataJson = answer.ClientData, UserHandle = answer.UserHandle },
                ClientExtensionResults = new(),
            },
            OriginalOptions = ToShow(tenant, site, answer.Challenge, []),
            StoredPublicKey = Base64Url.DecodeFromChars(passkey.PublicKey),
            // The counter is compared with the row as it is when that is locked.
            StoredSignatureCounter = 0,
            IsUserHandleOwnerOfCredentialIdCallback = (told, _) => Task.FromResult(Base64Url.EncodeToString(told.UserHandle) == passkey.UserHandle),
        }));
        return result?.SignCount;
    }

    // What is sent is anybody's: a library that takes it apart may fail in any way, and each of them means no.
    private static async Task<T?> Checked<T>(Func<Task<T>> check) where T : class
    {
        try
        {
            return await check();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return null;
        }
    }

    private CredentialCreateOptions ToMake(string tenant, PasskeySite site, byte[] challenge, PasskeyUser user, IReadOnlyList<PublicKeyCredentialDescriptor> known) =>
        CredentialCreateOptions.Create(Options(tenant, site), challenge, new Fido2User { Id = user.Handle, Name = user.Name, DisplayName = user.Name },
            new AuthenticatorSelection { ResidentKey = ResidentKeyRequirement.Required, UserVerification = UserVerificationRequirement.Required },
            AttestationConveyancePreference.None, known, null, PubKeyCredParam.Defaults);

    private AssertionOptions ToShow(string tenant, PasskeySite site, byte[] challenge, IReadOnlyList<PublicKeyCredentialDescriptor> among) =>
        AssertionOptions.Create(Options(tenant, site), challenge, among, UserVerificationRequirement.Required, null);

    private Fido2 Library(string tenant, PasskeySite site) => new(Options(tenant, site));

    private Fido2Configuration Options(string tenant, PasskeySite site) => new()
    {
        RPID = site.RpId, RPName = settings.Get(tenant, TenantSettings.SiteName), Origins = new HashSet<string> { site.Origin }, AllowCrossOriginRequests = false,
        Timeout = (uint)PasskeyChallenges.Life.TotalMilliseconds,
    };

    private static List<PublicKeyCredentialDescriptor> Descriptors(IEnumerable<Passkey> passkeys) => [.. passkeys.Select(p => new PublicKeyCredentialDescriptor(Base64Url.DecodeFromChars(p.CredentialId)))];
}
