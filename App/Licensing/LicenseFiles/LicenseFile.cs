using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.LicenseFiles;

/// <summary>
/// Signed licence files, for checking a key offline: base64 of <c>{enc, sig, alg}</c> where <c>enc</c> is base64 of a JSON:API
/// document and <c>sig</c> the Ed25519 signature over <c>license/</c> + enc (the format that existing licence clients read).
/// </summary>
public static class LicenseFile
{
    private const string Begin = "-----BEGIN LICENSE FILE-----\n";
    private const string End = "\n-----END LICENSE FILE-----\n";

    /// <summary>Issues a file that is good until <paramref name="until"/> (unix ms), for the machine alone.</summary>
    public static string Issue(SigningKey signer, Candidate key, string machine, long now, long until)
    {
        var payload = Payload(key, machine, now, until);
        var enc = Convert.ToBase64String(payload);
        var signed = ArrayPool<byte>.Shared.Rent(enc.Length + 8);
        Span<byte> signature = stackalloc byte[64];
        var length = Encoding.ASCII.GetBytes("license/", signed);
        length += Encoding.ASCII.GetBytes(enc, signed.AsSpan(length));
        signer.Sign(signed.AsSpan(0, length), signature);
        ArrayPool<byte>.Shared.Return(signed);
        var envelope = $$"""{"enc":"{{enc}}","sig":"{{Convert.ToBase64String(signature)}}","alg":"base64+ed25519"}""";
        return Begin + Convert.ToBase64String(Encoding.ASCII.GetBytes(envelope)) + End;
    }

    private static ReadOnlySpan<byte> Payload(Candidate key, string machine, long now, long until)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, WireJson.Writing with { SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteString("type", "licenses");
        json.WriteString("id", key.Id);
        json.WriteStartObject("attributes");
        json.WriteString("key", key.Key);
        json.WriteString("name", key.PlanName);
        json.WriteString("status", "ACTIVE");
        WriteTime(json, "expiry", key.ExpireAt);
        json.WriteNumber("maxMachines", key.MachineLimit);
        WriteTime(json, "created", key.UsedAt);
        json.WritePropertyName("metadata");
        WireJson.WriteStored(json, key.Entitlements);
        json.WriteEndObject();
        json.WriteStartObject("relationships");
        json.WriteStartObject("policy");
        json.WriteStartObject("data");
        json.WriteString("type", "policies");
        json.WriteString("id", key.PlanId);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("included");
        json.WriteStartObject();
        json.WriteString("type", "machines");
        json.WriteStartObject("attributes");
        json.WriteString("fingerprint", machine);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("meta");
        WriteTime(json, "issued", now);
        WriteTime(json, "expiry", until);
        json.WriteNumber("ttl", (until - now) / 1000);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long? at)
    {
        if (at is { } time)
            json.WriteString(name, Format.Iso(time));
        else
            json.WriteNull(name);
    }
}
