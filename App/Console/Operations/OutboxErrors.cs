using Gatehouse.Platform.Http;

namespace Gatehouse.Console.Operations;

/// <summary>What requests about given-up messages are refused with.</summary>
public static class OutboxErrors
{
    public static readonly ErrorCode NotFound = new(404, "OUTBOX_MESSAGE_NOT_FOUND");

    public static readonly ErrorCode Wiped = new(409, "OUTBOX_MESSAGE_WIPED");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Wiped];
}
