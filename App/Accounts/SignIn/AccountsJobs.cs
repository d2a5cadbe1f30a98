using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignIn;

/// <summary>Tidies what time has made worthless. Nothing waits for it: ends are looked at when they matter.</summary>
public static class AccountsJobs
{
    public const string Tidy = "accounts.tidy";

    /// <summary>Sign-ins are kept this long.</summary>
    public static readonly TimeSpan SignInsKept = TimeSpan.FromDays(365);

    public static async Task<Message> RunTidy(IServiceProvider services, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var (sessions, signIns) = await services.GetRequiredService<Database>().Write(async s =>
        {
            await SignInLocks.Tidy(s, now.ToUnixTimeMilliseconds());
            await KnownBrowsers.Tidy(s, now.ToUnixTimeMilliseconds());
            await HalfSessions.Tidy(s, now.ToUnixTimeMilliseconds());
            await PasskeyChallenges.Tidy(s, now.ToUnixTimeMilliseconds());
            return (await s.Execute("DELETE FROM sessions WHERE expires_at < @now", ("now", now.ToUnixTimeMilliseconds())),
                await s.Execute("DELETE FROM sign_ins WHERE at < @before", ("before", (now - SignInsKept).ToUnixTimeMilliseconds())));
        }, ct);
        return new Message("job.accounts.tidy.done", sessions, signIns);
    }
}
