using Gatehouse.Platform.Http;

namespace Gatehouse.Support.Announcements;

/// <summary>What requests about announcements are refused with.</summary>
public static class AnnouncementErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_ANNOUNCEMENT");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
