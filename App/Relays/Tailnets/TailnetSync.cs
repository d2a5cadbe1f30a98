using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Devices;

namespace Gatehouse.Relays.Tailnets;

/// <summary>
/// Keeps the devices of rentals equal to the machines of their tailnets: every five minutes, and soon after a webhook or a machine that was
/// refused; and writes a map that has changed where one was delivered. Of many nodes one does so.
/// </summary>
public sealed partial class TailnetSync(Database db, TailnetApi api, TailnetService tailnets, TailnetDelivery delivery, AclService maps, SecretBox box, ILogger<TailnetSync> log, TimeProvider clock) : PollingService
{
    /// <summary>In milliseconds.</summary>
    internal const long Every = 300_000, Apart = 60_000;

    private const long LongestPause = 3_600_000;
    private const int Many = 40, AtOnce = 4;
    private readonly WakeSignal _wake = new();

    protected override WakeSignal Signal => _wake;

    /// <summary>A machine was refused that was not before. True: its tailnet is asked whose it is.</summary>
    internal async ValueTask<bool> Heard(WriteTx s, string rental, long now)
    {
        if (await TailnetStore.Find(s, rental) is not { } tailnet)
            return false;
        await Hurry(s, rental, now);
        return tailnet.Failures == 0;
    }

    /// <summary>Something has happened in it.</summary>
    internal async ValueTask Hurry(WriteTx s, string rental, long now)
    {
        if (await TailnetStore.Hurry(s, rental, now, Apart))
            s.AfterCommit(_wake.Wake);
    }

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        var due = await db.Read(s => TailnetStore.Due(s, Now(), Many), ct);
        foreach (var some in due.Chunk(AtOnce))
            await Task.WhenAll(some.Select(t => Look(t, ct)));
        return due.Count == Many ? TimeSpan.Zero : LongestWait;
    }

    private async Task Look(Tailnet t, CancellationToken ct)
    {
        if (!await db.Write(s => TailnetStore.Claim(s, t, Now() + Every), ct))
            return;
        try
        {
            if (!await tailnets.Take(t, await tailnets.Machines(t, ct), ct) || t is not { Delivered: { } last, ReadOnly: false, HasPolicy: true })
                return;
            var who = Caller.System with { TenantId = t.TenantId };
            if ((await db.Write(s => maps.Current(s, who, t.RentalId), ct)).Version.Tag != last.Tag)
                await delivery.Deliver(t, (await api.SignIn(box.OpenTailnet(t.Secret)!, ct)).Token, null, who, ct);
        }
        catch (TailnetException e)
        {
            await Failed(t, e.Says, e.Wait, ct);
        }
        catch (Refusal refusal) when (refusal.Error != AclErrors.Stopped)
        {
            await Failed(t, refusal.Fields.Values.FirstOrDefault(refusal.Detail), null, ct);
        }
        catch (Refusal)
        {
            // Its rental has stopped: there is no map to write.
        }
    }

    private async Task Failed(Tailnet t, Message why, TimeSpan? wait, CancellationToken ct)
    {
        NotRead(log, t.RentalId, why.Key);
        var pause = Math.Min(LongestPause, Every << (int)Math.Min(t.Failures, 4));
        await db.Write(s => TailnetStore.Failed(s, t.RentalId, why, Now() + Math.Max(pause, (long)(wait?.TotalMilliseconds ?? 0))), ct);
    }

    protected override void Trouble(Exception e) => NotLooked(log, e);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Information, Message = "The tailnet of rental {Rental} does not let us: {Why}")]
    private static partial void NotRead(ILogger log, string rental, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tailnets could not be looked at; the next look follows")]
    private static partial void NotLooked(ILogger log, Exception e);
}
