using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Points;

public static class PointsErrors
{
    /// <summary>There are fewer than were to go.</summary>
    public static readonly ErrorCode Insufficient = new(409, "INSUFFICIENT_POINTS");

    public static readonly IReadOnlyList<ErrorCode> All = [Insufficient];
}
