using Gatehouse.Platform.Http;

namespace Gatehouse.Console.Jobs;

/// <summary>What requests about jobs are refused with.</summary>
public static class JobErrors
{
    public static readonly ErrorCode NotFound = new(404, "JOB_NOT_FOUND");
    public static readonly ErrorCode Running = new(409, "JOB_RUNNING");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Running];
}
