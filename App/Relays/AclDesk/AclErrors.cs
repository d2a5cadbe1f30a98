using Gatehouse.Platform.Http;

namespace Gatehouse.Relays.AclDesk;

/// <summary>What maps are refused with.</summary>
public static class AclErrors
{
    /// <summary>Also what is another's.</summary>
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_ACL");

    /// <summary>Its rental has ended or is suspended: nobody would be let in.</summary>
    public static readonly ErrorCode Stopped = new(409, "ACL_STOPPED");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Stopped];
}
