using Gatehouse.Platform.Http;

namespace Gatehouse.Messaging.Channels;

/// <summary>What requests about channels are refused with.</summary>
public static class ChannelErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_CHANNEL");

    /// <summary>The other side did not take a test.</summary>
    public static readonly ErrorCode Failed = new(422, "CHANNEL_FAILED");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Failed];
}
