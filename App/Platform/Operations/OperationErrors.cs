using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Operations;

/// <summary>What requests about operations are refused with.</summary>
public static class OperationErrors
{
    public static readonly ErrorCode NotFound = new(404, "OPERATION_NOT_FOUND");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
