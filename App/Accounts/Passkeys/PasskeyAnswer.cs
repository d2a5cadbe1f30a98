using System.Buffers.Text;
using System.Text.Json;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>What a browser answered to a challenge, as WebAuthn's own JSON has it (<c>PublicKeyCredential.toJSON()</c>). Whoever sends it, sends what they like.</summary>
/// <param name="Type">What the browser did, as it says: <c>webauthn.create</c> or <c>webauthn.get</c>.</param>
/// <param name="Challenge">The one that is answered, as it says.</param>
/// <param name="Origin">Of the page that asked, as it says.</param>
/// <param name="CrossOrigin">The page lay in a frame of another site's.</param>
/// <param name="AuthenticatorData">Of a passkey that is shown; so with the two behind it.</param>
/// <param name="UserHandle">What the device calls the account; null when it does not say.</param>
/// <param name="Attestation">Of a passkey that was made.</param>
internal sealed record PasskeyAnswer(
    byte[] Id, byte[] ClientData, string? Type, byte[] Challenge, string? Origin, bool CrossOrigin, byte[]? AuthenticatorData, byte[]? Signature, byte[]? UserHandle, byte[]? Attestation)
{
    private const int MaxLength = 32 * 1024;

    /// <summary>As base64url, which is how it is stored.</summary>
    public string CredentialId => Base64Url.EncodeToString(Id);

    /// <returns>Null when it is none.</returns>
    public static PasskeyAnswer? Read(string json)
    {
        if (json.Length is 0 or > MaxLength)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var (root, response) = (document.RootElement, document.RootElement.GetProperty("response"));
            var clientData = Bytes(response, "clientDataJSON");
            if (clientData is null || Bytes(root, "id") is not { Length: > 0 and <= 1023 } id)
                return null;
            using var parsed = JsonDocument.Parse(clientData);
            var client = parsed.RootElement;
            return Bytes(client, "challenge") is { } challenge
                ? new(id, clientData, client.GetProperty("type").GetString(), challenge, client.GetProperty("origin").GetString(),
                    client.TryGetProperty("crossOrigin", out var cross) && cross.ValueKind != JsonValueKind.False,
                    Bytes(response, "authenticatorData"), Bytes(response, "signature"), Bytes(response, "userHandle"), Bytes(response, "attestationObject"))
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static byte[]? Bytes(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Base64Url.DecodeFromChars(value.GetString()) : null;
}
