using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignUp;

/// <summary>Removes accounts whose address was never confirmed, and the codes, links and counts that time has made worthless.</summary>
public static class SignUpJobs
{
    public const string Tidy = "accounts.sign_up";

    public static async Task<Message> RunTidy(IServiceProvider services, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return new Message("job.accounts.sign_up.done", await services.GetRequiredService<Database>().Write(s => SignUpService.Tidy(s, now), ct));
    }
}
