using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.AclDesk;

/// <summary>
/// Sees that each rental's newest map fits its relays, and makes one anew before it is too old: then its link's token changes as well, and
/// both work for a week. Of the regions themselves nothing changes by that.
/// </summary>
public sealed partial class AclKeeper(Database db, AclService maps, AclLinks links, TimeProvider clock, ILogger<AclKeeper> log)
{
    public const string JobName = "acl.keep";
    private const int AtOnce = 200;

    public async Task<Message> Run(CancellationToken ct)
    {
        var (made, failed) = (0, 0);
        for (var after = ""; !ct.IsCancellationRequested;)
        {
            var (stale, last) = await db.Read(s => Stale(s, after), ct);
            foreach (var (tenant, rental) in stale)
                try
                {
                    await db.Write(s => See(s, tenant, rental), ct);
                    made++;
                }
                catch (Refusal refusal)
                {
                    // It ended meanwhile, or what it would say breaks a rule: those that follow are none the worse.
                    if (refusal.Error != AclErrors.Stopped)
                        Refused(log, rental, refusal.Fields.Values.Select(f => f.Key).FirstOrDefault() ?? refusal.Code, ++failed);
                }
            if (last is null)
                break;
            after = last;
        }
        return failed == 0 ? new("job.acl.keep.done", made) : throw new JobFailure(new("job.acl.keep.failed", made, failed));
    }

    private static readonly Caller Keeper = Caller.System;

    private async ValueTask See(WriteTx s, string tenant, string rental)
    {
        var who = Keeper with { TenantId = tenant };
        var state = await maps.Current(s, who, rental);
        if (state.Version.Cause == AclVersion.Renewed)
            await links.Rotate(s, tenant, state.Rental, onlyIfThere: true);
    }

    private async ValueTask<(List<(string Tenant, string Rental)> Stale, string? Last)> Stale(ReadTx s, string after)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var page = await AclRentals.Running(s, null, null, after, AtOnce, now);
        if (page.Count == 0)
            return ([], null);
        var stale = await Stale(s, page, now);
        return ([.. page.Where(p => stale.Contains(p.Rental.Id)).Select(p => (p.Tenant, p.Rental.Id))], page.Count < AtOnce ? null : page[^1].Rental.Id);
    }

    /// <summary>Those of some rentals, in the order of their ids, whose newest map does not fit their relays or is too old.</summary>
    internal static async ValueTask<HashSet<string>> Stale(ReadTx s, IReadOnlyList<(string Tenant, AclRental Rental)> page, long now)
    {
        var (from, to) = (page[0].Rental.Id, page[^1].Rental.Id);
        var (slots, newest, choices) = (await AclRentals.SlotsOfAll(s, from, to), await AclStore.Newest(s, from, to), await AclStore.Choices(s, from, to));
        return [.. page.Select(p => p.Rental).Where(r => r.Runs(now) && !Fits(r.Id)).Select(r => r.Id)];

        bool Fits(string rental)
        {
            var chosen = choices.GetValueOrDefault(rental, AclChoices.None);
            return newest.TryGetValue(rental, out var version) && version.Until > now && AclService.Fits(version, chosen.Apply([.. slots[rental]]), chosen);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rental {Rental} gets no new map: {Reason} ({Failed} so far)")]
    private static partial void Refused(ILogger log, string rental, string reason, int failed);
}
