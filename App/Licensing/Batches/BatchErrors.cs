using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Batches;

/// <summary>What requests about batches are refused with.</summary>
public static class BatchErrors
{
    public static readonly ErrorCode NotFound = new(404, "BATCH_NOT_FOUND");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
