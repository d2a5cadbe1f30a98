using System.Text;

namespace Gatehouse.Derp.Protocol;

/// <summary>A whole HTTP request for <c>/derp</c> by <c>Upgrade: DERP</c>, as device programs send it.</summary>
/// <param name="Length">Bytes of the request, with the empty line.</param>
/// <param name="FastStart">The device wants no answer to it, and begins with the protocol.</param>
/// <param name="ForwardedFor">What <c>X-Forwarded-For</c> says, all of them in a row; null without.</param>
internal readonly record struct UpgradeRequest(int Length, bool FastStart, string? ForwardedFor)
{
    private static ReadOnlySpan<byte> Line => "GET /derp HTTP/1.1\r\n"u8;

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Whether it may become one, and is not whole: however the network cuts it.</summary>
    public static bool IsBegun(ReadOnlySpan<byte> data) =>
        data.Length < Line.Length ? Line.StartsWith(data) : data.StartsWith(Line) && data.IndexOf(End) < 0;

    /// <summary>Null when it is anything else, or not whole: the web server takes its time over such.</summary>
    public static UpgradeRequest? Parse(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf(End);
        if (end < 0 || !data.StartsWith(Line))
            return null;
        bool derp = false, upgrade = false, fast = false;
        string? forwarded = null;
        var lines = data[..end];
        while (lines.IndexOf("\r\n"u8) is var at && at >= 0)
        {
            lines = lines[(at + 2)..];
            var next = lines.IndexOf("\r\n"u8);
            var line = next < 0 ? lines : lines[..next];
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
                return null;
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t"u8);
            derp |= Ascii.EqualsIgnoreCase(name, "upgrade"u8) && Ascii.EqualsIgnoreCase(value, "derp"u8);
            upgrade |= Ascii.EqualsIgnoreCase(name, "connection"u8) && Lists(value, "upgrade"u8);
            fast |= Ascii.EqualsIgnoreCase(name, "derp-fast-start"u8) && value.SequenceEqual("1"u8);
            if (Ascii.EqualsIgnoreCase(name, "x-forwarded-for"u8))
                forwarded = (forwarded is null ? "" : forwarded + ",") + Encoding.Latin1.GetString(value);
            // A body would be in the way.
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8) || Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
                return null;
        }
        return derp && upgrade ? new UpgradeRequest(end + End.Length, fast, forwarded) : null;
    }

    private static bool Lists(ReadOnlySpan<byte> value, ReadOnlySpan<byte> token)
    {
        foreach (var part in value.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(value[part].Trim(" \t"u8), token))
                return true;
        }
        return false;
    }
}
