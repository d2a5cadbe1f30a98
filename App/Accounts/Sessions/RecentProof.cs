using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Sessions;

/// <summary>
/// Has the session's person shown lately who they are, by their password or a code? What is dangerous asks for that, so that an unattended
/// browser is not enough for it. A program's token shows itself with each request.
/// </summary>
public sealed class RecentProof(TimeProvider clock)
{
    /// <summary>How long a proof holds.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public bool Holds(Caller who)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // One that lies ahead was noted by a clock that was wrong.
        return who.SessionId is null || (who.ProvedAt is { } at && at > now - (long)Life.TotalMilliseconds && at <= now + Credential.Ahead);
    }
}
