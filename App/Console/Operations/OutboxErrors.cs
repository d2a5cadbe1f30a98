using Gatehouse.Platform.Http;

namespace Gatehouse.Console.Operations;

/// <summary>What requests about given-up messages are refused with.</summary>
public static class OutboxErrors
{
    public static readonly ErrorCode NotFound = new(404, "OUTBOX_MESSAGE_NOT_FOUND");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
