using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Platform.Connections;

/// <summary>
/// What Kestrel reads in heads and proxies read otherwise, so that two requests might be taken for one: refused with 400 (RFC 9112, 2.2 and
/// 6.3; RFC 9110, 8.6). Kestrel's parser does it in passing: a filter before it would look at every byte again.
/// </summary>
internal static class StrictHeads
{
    private const string NoBareLineFeed = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";
    private static readonly DigitsOnly Length = new();

    public static void Apply(KestrelServerOptions kestrel)
    {
        AppContext.SetSwitch(NoBareLineFeed, true);
        // Kestrel takes "+2" as 2 unless the header has an encoding of its own; null stands for the usual one.
        kestrel.RequestHeaderEncodingSelector = name => ReferenceEquals(name, HeaderNames.ContentLength) || name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? Length : null;
    }

    /// <summary>Reads ASCII digits as what they are, and everything else as something that is no number.</summary>
    private sealed class DigitsOnly : Encoding
    {
        private const char NoDigit = 'x';

        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => ASCII.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetCharCount(byte[] bytes, int index, int count) => count;

        public override int GetMaxCharCount(int byteCount) => byteCount;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
            GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

        // What does not fit is left out: Kestrel gives room for one more than any number has.
        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            var count = Math.Min(bytes.Length, chars.Length);
            for (var i = 0; i < count; i++)
                chars[i] = bytes[i] is >= (byte)'0' and <= (byte)'9' ? (char)bytes[i] : NoDigit;
            return count;
        }
    }
}
