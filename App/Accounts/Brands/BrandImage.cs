using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gatehouse.Accounts.Brands;

/// <summary>A picture that somebody gave for a site: only kinds that cannot hold a script, by what is in them and not by what they are called.</summary>
/// <param name="Name">By which it is asked for: it follows from its content.</param>
public sealed record BrandImage(string Name, byte[] Content)
{
    /// <summary>In bytes.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Of each side, in pixels: more would only cost those who look at it.</summary>
    public const int MaxSide = 2000;

    /// <summary>Null when it is no PNG, JPEG or WebP of a size that will do.</summary>
    public static BrandImage? Of(byte[] content, int maxBytes = MaxBytes) => content.Length > 0 && content.Length <= maxBytes && Kind(content) is { } kind
        ? new(Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16)) + kind, content)
        : null;

    /// <summary>By the end of its name; null for a name that is none of a picture.</summary>
    public static string? MediaType(string name) => Path.GetExtension(name) switch
    {
        ".png" => "image/png",
        ".jpg" => "image/jpeg",
        ".webp" => "image/webp",
        _ => null,
    };

    private static string? Kind(ReadOnlySpan<byte> content)
    {
        // PNG: signature, then IHDR with width and height (RFC 2083, 3.1 and 4.1.1).
        if (content.Length >= 24 && content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) && content[12..16].SequenceEqual("IHDR"u8))
            return Fits(BinaryPrimitives.ReadUInt32BigEndian(content[16..]), BinaryPrimitives.ReadUInt32BigEndian(content[20..])) ? ".png" : null;
        if (content.Length >= 4 && content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return JpegFits(content) ? ".jpg" : null;
        if (content.Length >= 30 && content.StartsWith("RIFF"u8) && content[8..12].SequenceEqual("WEBP"u8))
            return WebpFits(content) ? ".webp" : null;
        return null;
    }

    // Segments until a frame header, which has the size (ITU T.81, B.2.2).
    private static bool JpegFits(ReadOnlySpan<byte> content)
    {
        for (var at = 2; at + 9 < content.Length && content[at] == 0xFF;)
        {
            var marker = content[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return Fits(BinaryPrimitives.ReadUInt16BigEndian(content[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(content[(at + 5)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(content[(at + 2)..]);
        }
        return false;
    }

    // The first chunk: lossy (RFC 6386, 9.1), lossless or extended (the WebP container).
    private static bool WebpFits(ReadOnlySpan<byte> content)
    {
        var chunk = content[12..16];
        if (chunk.SequenceEqual("VP8 "u8))
            return Fits(BinaryPrimitives.ReadUInt16LittleEndian(content[26..]) & 0x3FFFu, BinaryPrimitives.ReadUInt16LittleEndian(content[28..]) & 0x3FFFu);
        if (chunk.SequenceEqual("VP8L"u8))
            return BinaryPrimitives.ReadUInt32LittleEndian(content[21..]) is var bits && Fits((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
        return chunk.SequenceEqual("VP8X"u8) && Fits(Of24(content[24..]) + 1, Of24(content[27..]) + 1);
    }

    private static uint Of24(ReadOnlySpan<byte> bytes) => (uint)(bytes[0] | bytes[1] << 8 | bytes[2] << 16);

    private static bool Fits(uint width, uint height) => width is > 0 and <= MaxSide && height is > 0 and <= MaxSide;
}
