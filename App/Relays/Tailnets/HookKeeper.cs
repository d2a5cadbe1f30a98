using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Tailnets;

/// <summary>
/// Makes the webhooks of tailnets by their API, and removes those that nobody wants any more. What is wanted is in the database: whatever is cut
/// off is done the next time, and one that was made and not taken down is found by its address, and its secret made anew.
/// </summary>
public sealed partial class HookKeeper(Database db, TailnetApi api, SecretBox box, ILogger<HookKeeper> log, TimeProvider clock) : PollingService
{
    private const int AtOnce = 20;
    private const long Pause = 300_000, LongestPause = 3_600_000, GiveUp = 86_400_000;
    private readonly WakeSignal _wake = new();

    protected override WakeSignal Signal => _wake;

    /// <summary>There is something to do.</summary>
    internal void Wake() => _wake.Wake();

    /// <summary>May a webhook go there? Tailscale calls nothing but https, and no odd ports.</summary>
    internal static bool Suits(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Port is 443 or 80 && !uri.IsLoopback;

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        var (wanted, ended) = await db.Read(async s => (await HookStore.Wanted(s, Now(), AtOnce), await HookStore.Ended(s, Now(), AtOnce)), ct);
        // First those that go, so that none is taken for one that comes.
        foreach (var hook in ended)
            await Remove(hook, ct);
        foreach (var rental in wanted)
            if (await db.Read(s => TailnetStore.Find(s, rental), ct) is { HookDueAt: not null } tailnet)
                await Make(tailnet, ct);
        return wanted.Count == AtOnce || ended.Count == AtOnce ? TimeSpan.Zero : LongestWait;
    }

    private async Task Make(Tailnet t, CancellationToken ct)
    {
        if (!await db.Write(s => HookStore.Claim(s, t, Now() + Pause), ct) || box.OpenTailnet(t.Secret) is not { } secret)
            return;
        try
        {
            var (token, _) = await api.SignIn(secret, ct);
            var ours = (await api.Hooks(token, ct)).Where(h => h.Address == t.HookAddress).ToList();
            foreach (var again in ours.Skip(1))
                await api.RemoveHook(token, again.Id, ct);
            var (id, signs) = ours.Count > 0 ? (ours[0].Id, await api.RotateHook(token, ours[0].Id, ct)) : await api.MakeHook(token, t.HookAddress, ct);
            await db.Write(async s =>
            {
                await RentalStore.FindLocked(s, t.TenantId, t.RentalId);
                // Disconnected meanwhile, or connected otherwise: nobody wants it.
                if (await TailnetStore.Find(s, t.RentalId) is { HookDueAt: not null, HookId: null } now && now.Secret == t.Secret && now.HookAddress == t.HookAddress)
                    await HookStore.Made(s, t.RentalId, id, box.SealTailnet(signs));
                else
                    await HookStore.End(s, t.TenantId, id, t.Secret, Now());
            }, ct);
        }
        catch (TailnetException e)
        {
            NotMade(log, t.RentalId, e.Says.Key);
            await db.Write(s => HookStore.Failed(s, t.RentalId, e.Says, IsFinal(e) ? null : Now() + Later(t.HookFailures, e.Wait)), ct);
        }
    }

    private async Task Remove(EndedHook hook, CancellationToken ct)
    {
        if (!await db.Write(s => HookStore.Claim(s, hook, Now() + Later(hook.Failures, null)), ct))
            return;
        var done = box.OpenTailnet(hook.Secret) is not { } || hook.CreatedAt + GiveUp <= Now() || await db.Read(s => HookStore.InUse(s, hook.HookId), ct);
        try
        {
            if (!done)
            {
                await api.RemoveHook((await api.SignIn(box.OpenTailnet(hook.Secret)!, ct)).Token, hook.HookId, ct);
                done = true;
            }
        }
        catch (TailnetException e)
        {
            NotRemoved(log, hook.HookId, e.Says.Key);
            // A client that is revoked, or may not any more, never can.
            done = IsFinal(e);
        }
        if (done)
            await db.Write(s => HookStore.Forget(s, hook), ct);
    }

    private static bool IsFinal(TailnetException e) => e.Says.Key is "tailnet.fault.scope" or "tailnet.fault.client" or "tailnet.fault.odd";

    private static long Later(long failures, TimeSpan? wait) => Math.Max(Math.Min(LongestPause, Pause << (int)Math.Min(failures, 4)), (long)(wait?.TotalMilliseconds ?? 0));

    protected override void Trouble(Exception e) => NotLooked(log, e);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Information, Message = "The webhook of rental {Rental} could not be made: {Why}")]
    private static partial void NotMade(ILogger log, string rental, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "The webhook {Hook} could not be removed: {Why}")]
    private static partial void NotRemoved(ILogger log, string hook, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Webhooks of tailnets could not be looked at; the next look follows")]
    private static partial void NotLooked(ILogger log, Exception e);
}
