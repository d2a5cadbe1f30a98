using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Sessions;

/// <summary>What ending a session is refused with.</summary>
public static class SessionErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_SESSION");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
