using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Accounts;

/// <summary>
/// A device that keeps one passkey, and the browser before it: it makes and shows what W3C Web Authentication says (6.1, 6.5), or a lie
/// where a test wants one.
/// </summary>
internal sealed class SoftPasskey : IDisposable
{
    private const byte Present = 1, Verified = 4, Made = 64;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private byte[] _userHandle = [];
    private string _rpId = "";

    public byte[] Id { get; init; } = RandomNumberGenerator.GetBytes(32);

    public string CredentialId => Base64Url.EncodeToString(Id);

    /// <summary>How often it was used; a device that does not count says 0.</summary>
    public uint Count { get; set; }

    /// <summary>It adds one each time.</summary>
    public bool Counts { get; init; } = true;

    /// <summary>It asks its owner for a finger, a face or a PIN.</summary>
    public bool Verifies { get; set; } = true;

    /// <summary>Answers <c>navigator.credentials.create</c>.</summary>
    public string Make(string options, string origin)
    {
        var asked = JsonNode.Parse(options)!;
        (_rpId, _userHandle) = ((string)asked["rp"]!["id"]!, Base64Url.DecodeFromChars((string)asked["user"]!["id"]!));
        var point = _key.ExportParameters(false).Q;
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] data = [.. Data(_rpId, Made), .. new byte[16], 0, (byte)Id.Length, .. Id, .. cose];
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Answer(new JsonObject { ["clientDataJSON"] = Base64Url.EncodeToString(ClientData("webauthn.create", asked, origin)), ["attestationObject"] = Base64Url.EncodeToString(attestation) });
    }

    /// <summary>Answers <c>navigator.credentials.get</c>.</summary>
    /// <param name="rpId">The place it thinks it is at; its own when left out.</param>
    /// <param name="named">It says whose it is.</param>
    public string Show(string options, string origin, string? rpId = null, bool named = true, bool crossOrigin = false, string type = "webauthn.get")
    {
        if (Counts)
            Count++;
        var client = ClientData(type, JsonNode.Parse(options)!, origin, crossOrigin);
        var data = Data(rpId ?? _rpId, 0);
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(client), ["authenticatorData"] = Base64Url.EncodeToString(data), ["signature"] = Base64Url.EncodeToString(signature),
            ["userHandle"] = named ? Base64Url.EncodeToString(_userHandle) : null,
        });
    }

    private byte[] Data(string rpId, byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(rpId)), (byte)(flags | Present | (Verifies ? Verified : 0)), .. count];
    }

    private static byte[] ClientData(string type, JsonNode asked, string origin, bool crossOrigin = false) => Encoding.UTF8.GetBytes(
        new JsonObject { ["type"] = type, ["challenge"] = (string)asked["challenge"]!, ["origin"] = origin, ["crossOrigin"] = crossOrigin }.ToJsonString());

    private string Answer(JsonObject response) =>
        new JsonObject { ["id"] = CredentialId, ["rawId"] = CredentialId, ["type"] = "public-key", ["response"] = response, ["clientExtensionResults"] = new JsonObject() }.ToJsonString();

    public void Dispose() => _key.Dispose();
}
