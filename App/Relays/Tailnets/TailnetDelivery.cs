using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.Tailnets;

/// <summary>What would be written into somebody's policy.</summary>
/// <param name="Text">The whole policy; null: it clashes.</param>
/// <param name="Diff">Empty: our map is there as it should be.</param>
/// <param name="Seen">Names the diff: what was looked at is what is written.</param>
/// <param name="KeptElsewhere">Where the policy is kept in the place of the admin console; null: there.</param>
/// <param name="Wrong">Why their API would not take it.</param>
public sealed record TailnetPreview(string? Text, IReadOnlyList<DiffLine> Diff, string Seen, PolicyMerge Merge, string? KeptElsewhere, Message? Wrong);

/// <summary>
/// Puts a rental's map into the policy of its tailnet, and takes it out again. Only <c>derpMap</c> is replaced; whatever else happens to the
/// policy meanwhile stays. Asks outside of transactions.
/// </summary>
public sealed class TailnetDelivery(Database db, TailnetApi api, AclService maps, PlaceLookup places, TailnetTrail trail, TimeProvider clock)
{
    private const string Map = "derpMap";
    private const int Tries = 3;

    /// <exception cref="TailnetException">Their API does not let us.</exception>
    /// <exception cref="Refusal">409 ACL_STOPPED; 422 on <c>policy</c>: theirs cannot be read.</exception>
    public async Task<TailnetPreview> Preview(Tailnet t, string token, Caller who, CancellationToken ct)
    {
        var elsewhere = await api.KeptElsewhere(token, ct);
        var policy = await api.Policy(token, ct);
        var (merge, _) = await Merged(t, who, policy, ct);
        if (merge.Text is not { } text)
            return new(null, [], "", merge, elsewhere, null);
        var diff = PolicyDiff.Of(policy.Text, text);
        return new(text, diff, Name(diff), merge, elsewhere, diff.Count == 0 ? null : await Wrong(token, policy.Text, text, ct));
    }

    /// <summary>Writes the map as it is now, and takes down what their API answered.</summary>
    /// <param name="seen">The diff that was looked at; null: whatever it is.</param>
    /// <exception cref="TailnetException">It was not taken, or there is something else to look at than before.</exception>
    /// <exception cref="Refusal">As for <see cref="Preview"/>.</exception>
    public async Task<Delivery> Deliver(Tailnet t, string token, string? seen, Caller who, CancellationToken ct)
    {
        for (var i = 0; i < Tries; i++)
        {
            var policy = await api.Policy(token, ct);
            var (merge, version) = await Merged(t, who, policy, ct);
            if (merge.Text is not { } text)
                throw new TailnetException(merge.Clashes[0]);
            var diff = PolicyDiff.Of(policy.Text, text);
            if (seen is not null && seen != Name(diff))
                throw new TailnetException(new("tailnet.fault.look_again"));
            var present = MapOf(policy.Text);
            var now = policy;
            if (diff.Count > 0)
            {
                if (await Wrong(token, policy.Text, text, ct) is { } wrong)
                    throw new TailnetException(wrong);
                // Somebody was quicker: theirs stays, and ours goes into it.
                if (await api.Put(token, text, policy.Tag, ct) is not { } taken)
                    continue;
                now = taken.Text.Length > 0 ? taken : taken with { Text = text };
            }
            var former = t.Delivered is { } last && last.Map == present ? last.Former : diff.Count == 0 ? t.Delivered?.Former : present;
            var done = new Delivery(Now(), version.Version, version.Tag, MapOf(now.Text) ?? "", former);
            await trail.Write(who, "tailnet.delivered", t.RentalId, async s =>
            {
                await TailnetStore.Delivered(s, t.RentalId, done);
                await AclLog.Write(s, places, t.TenantId, t.RentalId, t.AccountId, who, AclLog.Delivered, version.Version, AclVersion.Policy, done.At);
                return true;
            }, ct);
            return done;
        }
        throw new TailnetException(new("tailnet.fault.busy"));
    }

    /// <summary>Puts back what <c>derpMap</c> was before.</summary>
    /// <exception cref="TailnetException">It is another one meanwhile, or it was not taken.</exception>
    public async Task Undo(Tailnet t, Delivery last, string token, Caller who, CancellationToken ct)
    {
        for (var i = 0; i < Tries; i++)
        {
            var policy = await api.Policy(token, ct);
            if (MapOf(policy.Text) != last.Map)
                throw new TailnetException(new("tailnet.fault.changed"));
            var text = last.Former is { } former ? HuJsonEdit.Put(policy.Text, Map, (_, _) => former) : HuJsonEdit.Remove(policy.Text, Map);
            if (await Wrong(token, policy.Text, text, ct) is { } wrong)
                throw new TailnetException(wrong);
            if (await api.Put(token, text, policy.Tag, ct) is null)
                continue;
            await trail.Write(who, "tailnet.undone", t.RentalId, async s => await TailnetStore.Delivered(s, t.RentalId, null) > 0, ct);
            return;
        }
        throw new TailnetException(new("tailnet.fault.busy"));
    }

    private async Task<(PolicyMerge Merge, AclVersion Version)> Merged(Tailnet t, Caller who, TailnetPolicy policy, CancellationToken ct)
    {
        var (version, former) = await db.Write(async s => ((await maps.Current(s, who, t.RentalId)).Version, await AclStore.Former(s, t.RentalId)), ct);
        return (PolicyMerge.Of(policy.Text, version.Slots, new AclOptions(version.OmitDefaultRegions), former), version);
    }

    // A policy that was broken before is not broken by us.
    private async Task<Message?> Wrong(string token, string before, string after, CancellationToken ct) =>
        await api.Wrong(token, after, ct) is not { } wrong ? null : await api.Wrong(token, before, ct) is { } already ? new("tailnet.fault.broken_before", already) : new("tailnet.fault.policy", wrong);

    private static string? MapOf(string policy)
    {
        try
        {
            return HuJsonEdit.Only(policy, HuJson.Parse(policy).Root, Map)?.Value is { } value ? policy[value.Start..value.End] : null;
        }
        catch (HuJsonException e)
        {
            throw e.Refusal("policy");
        }
    }

    // What stands around it may change.
    private static string Name(IReadOnlyList<DiffLine> diff) => OpaqueToken.Hash(string.Join('\n', diff.Where(d => d.Sign != ' ').Select(d => $"{d.Sign}{d.Text}")));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
