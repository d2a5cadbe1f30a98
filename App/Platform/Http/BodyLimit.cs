using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Platform.Http;

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
