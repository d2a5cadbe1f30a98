using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Gatehouse.Platform.Http;

/// <summary>Reads JSON bodies so that what is wrong is said by the name of its field.</summary>
public static partial class RequestBody
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    // What .NET gives an IOException that it makes of what was sent; one of the disk has the system's own number.
    private const int PlainIOException = unchecked((int)0x80131620);

    /// <summary>The body's bytes, at most what the endpoint's size limit lets through.</summary>
    /// <exception cref="Refusal">400 BAD_REQUEST: it cannot be taken apart.</exception>
    public static async ValueTask<byte[]> Bytes(HttpContext ctx)
    {
        var reader = ctx.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(ctx.RequestAborted);
                if (read.IsCompleted)
                {
                    var bytes = read.Buffer.ToArray();
                    reader.AdvanceTo(read.Buffer.End);
                    return bytes;
                }
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception e) when (OfTheRequest(e))
        {
            throw new Refusal(HttpErrors.BadRequest);
        }
    }

    /// <summary>The form that the body is; no body at all is an empty one. Forms are read by this alone, so that a broken one is the request's fault.</summary>
    /// <exception cref="Refusal">400 BAD_REQUEST: it is no form, or cannot be taken apart.</exception>
    public static async Task<IFormCollection> Form(HttpContext ctx)
    {
        var request = ctx.Request;
        if (!request.HasFormContentType)
            return request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0 ? FormCollection.Empty : throw new Refusal(HttpErrors.BadRequest);
        try
        {
            return await request.ReadFormAsync(ctx.RequestAborted);
        }
        catch (Exception e) when (OfTheRequest(e))
        {
            throw new Refusal(HttpErrors.BadRequest);
        }
    }

    // A chunk's size that is no number, a part without an end, a boundary or an encoding that does not exist: the framework has an exception
    // of its own for each. One of the disk, where large forms wait, has the system's number.
    private static bool OfTheRequest(Exception e) => e is not BadHttpRequestException
        && e is InvalidDataException or ArgumentException or InvalidOperationException or NotSupportedException or IOException { HResult: PlainIOException };

    /// <summary>Reads the body as <typeparamref name="T"/>; unknown, missing and mistyped fields are refused by name.</summary>
    /// <exception cref="Refusal">400 BAD_JSON, 415 NOT_JSON or 422 VALIDATION_FAILED.</exception>
    public static async ValueTask<T> Read<T>(HttpContext ctx, JsonTypeInfo<T> type) where T : class => Parse(ctx, await Bytes(ctx), type);

    internal static T Parse<T>(HttpContext ctx, ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type) where T : class
    {
        MustBeJson(ctx);
        if (type.Options.AllowDuplicateProperties || type.Options.UnmappedMemberHandling != JsonUnmappedMemberHandling.Disallow)
            throw new InvalidOperationException($"A context that bodies are read by refuses what it does not know and what comes twice; that of {typeof(T).Name} does not.");
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new Refusal(HttpErrors.BadJson);
        }
        catch (JsonException e)
        {
            throw Explain(e, bytes);
        }
    }

    /// <summary>The members of the JSON object that the body is, in the order they came; one that came twice is there twice.</summary>
    /// <exception cref="Refusal">400 BAD_JSON or BAD_UTF8, 415 NOT_JSON.</exception>
    internal static IReadOnlyList<(string Name, JsonElement Value)> Members(HttpContext ctx, ReadOnlyMemory<byte> bytes)
    {
        MustBeJson(ctx);
        try
        {
            StrictUtf8.GetCharCount(bytes.Span);
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root && root.Clone().EnumerateObject().Select(m => (m.Name, m.Value)).ToList() is var members && members.All(m => m.Name.Length > 0))
                return members;
        }
        catch (DecoderFallbackException)
        {
            throw new Refusal(HttpErrors.BadUtf8);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told below; the second is a name that is half of a surrogate pair.
        }
        throw new Refusal(HttpErrors.BadJson);
    }

    private static void MustBeJson(HttpContext ctx)
    {
        // A body without a type is taken for JSON: simple clients forget it.
        if (ctx.Request.ContentType is { Length: > 0 } content && !content.Contains("json", StringComparison.OrdinalIgnoreCase))
            throw new Refusal(HttpErrors.NotJson);
    }

    private static Refusal Explain(JsonException e, ReadOnlySpan<byte> bytes)
    {
        try
        {
            StrictUtf8.GetCharCount(bytes);
        }
        catch (DecoderFallbackException)
        {
            return new Refusal(HttpErrors.BadUtf8);
        }
        if (Unmapped().Match(e.Message) is { Success: true } unknown)
            return Refusal.Field(unknown.Groups[1].Value, "field.unknown");
        if (Missing().Match(e.Message) is { Success: true } missing)
            return Refusal.Field(missing.Groups[1].Value, "field.required");
        var field = e.Path?.TrimStart('$', '.');
        return string.IsNullOrEmpty(field) || e.Message.StartsWith('\'') ? new Refusal(HttpErrors.BadJson) : Refusal.Field(field, "field.wrong_type");
    }

    [GeneratedRegex("^The JSON property '([^']{1,80})'.* could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties.*?'([^']{1,80})'")]
    private static partial Regex Missing();
}

/// <summary>
/// Refuses a body over the endpoint's limit. A sender that is cut off while it still sends may see a reset connection instead of
/// the answer: what follows is read and dropped by the server once the answer is out, for as long as it drains a body (5 s).
/// </summary>
internal static class BodyLimit
{
    private const long Drained = 64 * 1024 * 1024;

    /// <summary>Goes behind routing, which knows the endpoint's limit, and before what may refuse unread.</summary>
    public static void UseBodyLimit(this IApplicationBuilder app) => app.Use((ctx, next) =>
    {
        if (ctx.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: { } limit } size && limit < Drained
            && ctx.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            size.MaxRequestBodySize = Drained;
            if (ctx.Request.ContentLength > limit)
                throw new Refusal(HttpErrors.BodyTooLarge);
            if (ctx.Request.ContentLength is null)
                ctx.Request.Body = new LimitedBody(ctx.Request.Body, limit);
        }
        return next(ctx);
    });

    /// <summary>A body whose length was not told: throws when more than the limit has come.</summary>
    private sealed class LimitedBody(Stream body, long limit) : Stream
    {
        private long _read;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default) => Counted(await body.ReadAsync(buffer, ct));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken ct) => ReadAsync(buffer.AsMemory(offset, count), ct).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Counted(body.Read(buffer, offset, count));

        private int Counted(int read) => (_read += read) <= limit ? read : throw new Refusal(HttpErrors.BodyTooLarge);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>How large a body may be that anybody sends: it is kept in memory until it is whole, and nobody knows how many begin one.</summary>
internal sealed class StrangersBody : IRequestSizeLimitMetadata
{
    public const long MaxBytes = 128 * 1024;

    public long? MaxRequestBodySize => MaxBytes;
}
