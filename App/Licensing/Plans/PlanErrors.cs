using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Plans;

/// <summary>What requests about plans are refused with.</summary>
public static class PlanErrors
{
    public static readonly ErrorCode NotFound = new(404, "PLAN_NOT_FOUND");
    public static readonly ErrorCode Retired = new(409, "PLAN_RETIRED");
    public static readonly ErrorCode NoteNotFound = new(404, "PLAN_NOTE_NOT_FOUND");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Retired, NoteNotFound];
}
