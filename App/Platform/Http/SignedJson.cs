using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Http;

/// <summary>
/// The one way a JSON answer leaves the program: with its digest and the tenant's Ed25519 signature over request target, host,
/// date and digest, so that a client can tell a false server (draft-cavage-http-signatures-12, as existing licence clients check it).
/// </summary>
public static class SignedJson
{
    public const string Json = "application/json; charset=utf-8";
    public const string ProblemJson = "application/problem+json; charset=utf-8";

    private static DateLine _date = new(0, "");

    private sealed record DateLine(long Second, string Text);

    /// <summary>Serialises and sends the value.</summary>
    public static Task Send<T>(HttpContext ctx, T value, JsonTypeInfo<T> type, int status = 200) =>
        Send(ctx, status, WireJson.Bytes(value, type), Json);

    /// <summary>Signs and sends a body that is JSON already.</summary>
    /// <param name="kept">Who may keep it, as <c>Cache-Control</c> says it.</param>
    public static async Task Send(HttpContext ctx, int status, ReadOnlyMemory<byte> body, string contentType, string kept = "no-store")
    {
        var keys = ctx.RequestServices.GetRequiredService<SigningKeys>();
        var tenant = ctx.Features.Get<Caller>()?.TenantId ?? Caller.DefaultTenant;
        var response = ctx.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = kept;
        // The key is in memory from the first answer on.
        if ((keys.Loaded(tenant) ?? await Asked(keys, tenant, status)) is { } key)
            Sign(ctx, tenant, key, body.Span);
        if (!HttpMethods.IsHead(ctx.Request.Method))
            await response.BodyWriter.WriteAsync(body, ctx.RequestAborted);
    }

    // While storage is away the key may not be known. A refusal then goes unsigned: it says what is wrong, and waits for nothing.
    private static async ValueTask<SigningKey?> Asked(SigningKeys keys, string tenant, int status)
    {
        if (status == 503)
            return null;
        try
        {
            return await keys.Current(tenant);
        }
        catch (StorageException) when (status >= 400)
        {
            return null;
        }
    }

    private static void Sign(HttpContext ctx, string tenant, SigningKey key, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(body, hash);
        var digest = "sha-256=" + Convert.ToBase64String(hash);
        var date = HttpDate();
        var target = ctx.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var text = $"(request-target): {ctx.Request.Method.ToLowerInvariant()} {target}\nhost: {ctx.Request.Host.Value}\ndate: {date}\ndigest: {digest}";
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Span<byte> signature = stackalloc byte[64];
        key.Sign(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)), signature);
        ArrayPool<byte>.Shared.Return(bytes);
        var headers = ctx.Response.Headers;
        headers.Date = date;
        headers["Digest"] = digest;
        headers["Keygen-Signature"] = $"keyid=\"{tenant}\", algorithm=\"ed25519\", signature=\"{Convert.ToBase64String(signature)}\", headers=\"(request-target) host date digest\"";
    }

    private static string HttpDate()
    {
        var now = DateTimeOffset.UtcNow;
        var second = now.ToUnixTimeSeconds();
        var known = Volatile.Read(ref _date);
        if (known.Second == second)
            return known.Text;
        var fresh = new DateLine(second, now.ToString("R"));
        Volatile.Write(ref _date, fresh);
        return fresh.Text;
    }
}

/// <summary>JSON as it leaves the program: all letters as they are, in UTF-8, where the default would escape them. For what is no part of a page.</summary>
public static class WireJson
{
    private const int Most = 64 * 1024;

    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic] private static ArrayBufferWriter<byte>? _buffer;
    [ThreadStatic] private static Utf8JsonWriter? _writer;

    public static byte[] Bytes<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>(1024);
        var writer = _writer ?? new Utf8JsonWriter(buffer, Writing);
        // Away while they are in use, and for good should the value not be one that can be written.
        (_buffer, _writer) = (null, null);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        var bytes = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > Most)
            return bytes;
        buffer.ResetWrittenCount();
        writer.Reset();
        (_buffer, _writer) = (buffer, writer);
        return bytes;
    }

    public static string Text<T>(T value, JsonTypeInfo<T> type) => Encoding.UTF8.GetString(Bytes(value, type));

    /// <summary>JSON that was checked when it was stored, where letters may be escaped.</summary>
    public static void WriteStored(Utf8JsonWriter writer, string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }
        using var document = JsonDocument.Parse(json);
        document.RootElement.WriteTo(writer);
    }
}

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
        WireJson.WriteStored(writer, value.Text);
}
