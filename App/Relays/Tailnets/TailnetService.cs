using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Tailnets;

/// <summary>What people do with the tailnet of a rental of theirs. Their tailnet is asked outside of transactions.</summary>
public sealed class TailnetService(Database db, TailnetApi api, HeadscaleApi headscale, TailnetDelivery delivery, TailnetTrail trail, HookKeeper hooks, AclService maps, DeviceMatch devices, SecretBox box, IConfiguration config, ITenants tenants, TimeProvider clock)
{
    private const int MaxSecret = 500, MaxTag = 60;
    private static readonly string NoKey = "nodekey:" + new string('0', 64);

    /// <summary>A rental of the caller's, for staff of their tenant's, and its connection.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL.</exception>
    internal static async ValueTask<(Rental Rental, Tailnet? Tailnet)> Find(ReadTx s, Caller who, string id) =>
        await RentalStore.Find(s, who.TenantId, id) is { } rental && (!who.IsCustomer || rental.AccountId == who.Id) ? (rental, await TailnetStore.Find(s, id)) : throw new Refusal(RentalErrors.NotFound);

    /// <summary>Tries a client, keeps it, and lets the machines in.</summary>
    /// <returns>As it was then: whoever disconnects it in the same moment comes after.</returns>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL, 409 RENTAL_ENDED, or 422: <c>secret</c> says why their tailnet does not let us.</exception>
    public async Task<NamedTailnet> Connect(Caller who, string id, TailnetWish wish, CancellationToken ct)
    {
        var (rental, before) = await db.Read(s => Find(s, who, id), ct);
        if (rental.ReleasedAt is not null)
            throw new Refusal(RentalErrors.Ended);
        if (wish.Url is not null)
            return await ConnectHeadscale(who, rental, wish, before, ct);
        var check = new FieldChecks();
        if (before is { HasPolicy: false })
            before = null;
        var (secret, hook, tag) = (wish.Secret.Trim(), wish.Hook.Trim(), wish.Tag?.Trim() ?? "");
        if (secret.Length == 0 ? before is null || box.OpenTailnet(before.Secret) is null : secret.Length > MaxSecret || !Plain(secret) || !secret.StartsWith("tskey-client-", StringComparison.Ordinal))
            check.Wrong("secret", secret.Length == 0 ? "field.required" : "tailnet.wrong.secret");
        if (hook.Length > MaxSecret || !Plain(hook))
            check.Wrong("hook", "tailnet.wrong.hook");
        Check(check, wish);
        secret = secret.Length > 0 ? secret : box.OpenTailnet(before!.Secret)!;
        IReadOnlyList<TailnetDevice> all;
        bool makes;
        try
        {
            var (token, scopes) = await api.SignIn(secret, ct);
            if (scopes.Any(s => s is "all" or "all:read"))
                throw Refusal.Field("secret", "tailnet.wrong.all");
            all = await api.Devices(token, ct);
            makes = scopes.Count == 0 || scopes.Contains("webhooks");
            await api.Policy(token, ct);
            if (!(wish.ReadOnly ?? before?.ReadOnly ?? false) && scopes.Count > 0 && !scopes.Contains("policy_file"))
                throw Refusal.Field("secret", "tailnet.fault.scope", "policy_file");
        }
        catch (TailnetException e)
        {
            throw e.Refusal("secret");
        }
        var wanted = new Tailnet(id, who.TenantId, rental.AccountId, wish.Secret.Trim().Length > 0 ? box.SealTailnet(secret) : before!.Secret, hook.Length > 0 ? box.SealTailnet(hook) : "", false, tag, "", Now() + TailnetSync.Every)
        { HookAddress = makes && SiteAddress.Base(config, tenants, who.TenantId) + TailnetHooks.Path(id) is var address && HookKeeper.Suits(address) ? address : "" };
        return await Save(who, wish.Secret.Trim().Length > 0 ? null : before, wanted, wish, all, ct);
    }

    // The address is tried as the relays' machines will be.
    private async Task<NamedTailnet> ConnectHeadscale(Caller who, Rental rental, TailnetWish wish, Tailnet? before, CancellationToken ct)
    {
        var check = new FieldChecks();
        var (url, key, tag) = (HeadscaleApi.Address(wish.Url!), wish.Secret.Trim(), wish.Tag?.Trim() ?? "");
        if (url is null)
            check.Wrong("url", "headscale.wrong.url");
        if (key.Length > MaxSecret || !Plain(key))
            check.Wrong("key", "headscale.wrong.key");
        Check(check, wish);
        var kept = before is { Kind: Tailnet.Headscale } && before.Url == url ? box.OpenTailnet(before.Secret) : null;
        var secret = key.Length > 0 ? key : kept;
        var wanted = new Tailnet(rental.Id, who.TenantId, rental.AccountId, secret is null ? "" : key.Length > 0 ? box.SealTailnet(key) : before!.Secret, "", true, tag, "", Now() + TailnetSync.Every) { Kind = secret is null ? Tailnet.Verify : Tailnet.Headscale, Url = url! };
        try
        {
            _ = secret is not null || await headscale.Knows(url!, NoKey, ct);
            return await Save(who, key.Length > 0 || secret is null ? null : before, wanted, wish, await Machines(wanted, ct), ct);
        }
        catch (TailnetException e)
        {
            throw e.Refusal("url");
        }
    }

    // Where the client is the one that there was, it is there still: one that was disconnected meanwhile is forgotten.
    private async Task<NamedTailnet> Save(Caller who, Tailnet? kept, Tailnet wanted, TailnetWish wish, IReadOnlyList<TailnetDevice> all, CancellationToken ct)
    {
        NamedTailnet? saved = null;
        await trail.Write(who, "tailnet.connected", wanted.RentalId, async s => (saved = await Save(s, who, kept, wanted, wish, all)) is not null, ct);
        return saved!;
    }

    private async ValueTask<NamedTailnet> Save(WriteTx s, Caller who, Tailnet? kept, Tailnet wanted, TailnetWish wish, IReadOnlyList<TailnetDevice> all)
    {
        var owner = await RentalStore.FindLocked(s, who.TenantId, wanted.RentalId) is { ReleasedAt: null } found ? found : throw new Refusal(RentalErrors.Ended);
        var there = await TailnetStore.Find(s, wanted.RentalId);
        if (kept is not null && there?.Secret != kept.Secret)
            throw Refusal.Field(wanted.HasPolicy ? "secret" : "key", "field.required");
        if (there is not null && there.HasPolicy != wanted.HasPolicy)
        {
            await HookStore.End(s, there, Now());
            there = null;
        }
        // What was left out stays as it is now.
        wanted = wanted with
        {
            ReadOnly = !wanted.HasPolicy || (wish.ReadOnly ?? there?.ReadOnly ?? false), Tag = wish.Tag is null ? there?.Tag ?? "" : wanted.Tag, Choose = wish.Choose ?? there?.Choose ?? Tailnet.Oldest,
        };
        wanted = await HookStore.Hooked(s, wanted, there, box.OpenTailnet(there?.Secret ?? "") == box.OpenTailnet(wanted.Secret), Now());
        s.AfterCommit(hooks.Wake);
        await TailnetStore.Save(s, wanted, Now());
        await Take(s, wanted, owner, all);
        return (await TailnetStore.List(s, who.TenantId, null, wanted.RentalId, null, 1))[0];
    }

    private static void Check(FieldChecks check, TailnetWish wish)
    {
        if (wish.Tag?.Trim() is { Length: > 0 } tag && (tag.Length > MaxTag || !tag.StartsWith("tag:", StringComparison.Ordinal) || !Plain(tag)))
            check.Wrong("tag", "tailnet.wrong.tag");
        if (wish.Choose is { } choose && !Tailnet.Choices.Contains(choose))
            check.Wrong("choose", "field.one_of", string.Join(", ", Tailnet.Choices));
        check.ThrowIfAny();
    }

    /// <summary>Its machines as they are now. A headscale without a key is asked of each key that is let in by it, or waits.</summary>
    /// <exception cref="TailnetException">They cannot be read: nothing is known then.</exception>
    internal async Task<IReadOnlyList<TailnetDevice>> Machines(Tailnet t, CancellationToken ct)
    {
        if (t.Kind == Tailnet.Tailscale)
            return await api.Devices((await api.SignIn(box.OpenTailnet(t.Secret) ?? throw new TailnetException(new("tailnet.fault.lost")), ct)).Token, ct);
        if (t.Kind == Tailnet.Headscale)
            return await headscale.Nodes(t.Url, box.OpenTailnet(t.Secret) ?? throw new TailnetException(new("tailnet.fault.lost")), ct);
        var found = new List<TailnetDevice>();
        foreach (var (key, name) in await db.Read(s => s.All(
            "SELECT node_key, name FROM rental_devices WHERE rental_id = @rental AND node_id IS NOT NULL UNION SELECT node_key, name FROM rental_refused WHERE rental_id = @rental AND hidden_at IS NULL ORDER BY node_key LIMIT 200", r => (r.GetString(0), r.GetString(1)), ("rental", t.RentalId)), ct))
            if (await headscale.Knows(t.Url, key, ct))
                found.Add(new("verify:" + key, key, name, [], 0, 0));
        return found;
    }

    /// <summary>What would be written.</summary>
    /// <exception cref="Refusal">404, 409 ACL_STOPPED, or 422: <c>tailnet</c> says why their tailnet does not let us.</exception>
    public Task<TailnetPreview> Preview(Caller who, string id, CancellationToken ct) => Asked(who, id, (t, token) => delivery.Preview(t, token, who, ct), ct);

    /// <summary>Writes what was looked at.</summary>
    /// <param name="sure">More machines are there than may come in, and their person knows what that means.</param>
    /// <exception cref="Refusal">As for <see cref="Preview"/>; 422 on <c>sure</c>.</exception>
    public Task<Delivery> Deliver(Caller who, string id, string seen, bool sure, CancellationToken ct) => Asked(who, id, async (t, token) =>
    {
        if (t.ReadOnly)
            throw Refusal.Field("tailnet", "tailnet.wrong.read_only");
        if (t.SyncedAt is null)
            throw Refusal.Field("sure", "tailnet.wrong.unread");
        if (t.Machines > t.LetIn && !sure)
            throw Refusal.Field("sure", "tailnet.wrong.sure", t.Machines, t.LetIn, t.Machines - t.LetIn);
        return await delivery.Deliver(t, token, seen, who, ct);
    }, ct);

    /// <summary>Takes it out again.</summary>
    /// <exception cref="Refusal">As for <see cref="Preview"/>.</exception>
    public Task<bool> Undo(Caller who, string id, CancellationToken ct) => Asked(who, id, async (t, token) =>
    {
        if (t.Delivered is not { } last)
            return false;
        if (t.ReadOnly)
            throw Refusal.Field("tailnet", "tailnet.wrong.read_only");
        await delivery.Undo(t, last, token, who, ct);
        return true;
    }, ct);

    /// <summary>Reads the machines now.</summary>
    /// <exception cref="Refusal">As for <see cref="Preview"/>.</exception>
    public Task<bool> Sync(Caller who, string id, CancellationToken ct) => Asked(who, id, async t =>
    {
        await Take(t, await Machines(t, ct), ct);
        return true;
    }, ct);

    /// <summary>Forgets the client. Machines stay let in, and the policy stays as it is.</summary>
    /// <returns>Was there one?</returns>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL.</exception>
    public async Task<bool> Disconnect(Caller who, string id, CancellationToken ct)
    {
        if ((await db.Read(s => Find(s, who, id), ct)).Tailnet is null)
            return false;
        return await trail.Write(who, "tailnet.disconnected", id, async s =>
        {
            await RentalStore.FindLocked(s, who.TenantId, id);
            s.AfterCommit(hooks.Wake);
            await DeviceMatch.Free(s, id);
            return await TailnetStore.Remove(s, id, Now()) > 0;
        }, ct);
    }

    /// <summary>What its machines are goes into the rental's list. One whose rental is history is forgotten.</summary>
    internal Task<bool> Take(Tailnet t, IReadOnlyList<TailnetDevice> all, CancellationToken ct) => db.Write(async s =>
    {
        var owner = await RentalStore.FindLocked(s, t.TenantId, t.RentalId);
        if (await TailnetStore.Find(s, t.RentalId) is not { } now)
            return false;
        if (owner is not { ReleasedAt: null })
        {
            await TailnetStore.Remove(s, t.RentalId, Now());
            s.AfterCommit(hooks.Wake);
            return false;
        }
        await Take(s, now, owner, all);
        return true;
    }, ct);

    private async ValueTask Take(WriteTx s, Tailnet t, Rental owner, IReadOnlyList<TailnetDevice> all)
    {
        var (let, left) = await devices.Match(s, t.TenantId, owner, [.. TailnetDevice.Wanted(all, t.Tag, t.Choose).Select(d => new MatchedDevice(d.NodeId, d.NodeKey, d.Name))]);
        await TailnetStore.Synced(s, t.RentalId, all.Count, let, left, Now());
        // It is read now, and need not be asked.
        if (all.Count > 0 && t.Kind != Tailnet.Verify && owner.Admits(Now()) && (await AclStore.Choices(s, t.RentalId)).Machines != all.Count)
            await maps.Change(s, Caller.System with { TenantId = t.TenantId, Kind = "customer", Id = t.AccountId }, t.RentalId, new AclWish(Machines: all.Count));
    }

    private Task<T> Asked<T>(Caller who, string id, Func<Tailnet, string, Task<T>> ask, CancellationToken ct) => Asked(who, id, async t =>
        await ask(t, t.HasPolicy ? (await api.SignIn(box.OpenTailnet(t.Secret) ?? throw new TailnetException(new("tailnet.fault.lost")), ct)).Token : throw new TailnetException(new("headscale.fault.policy"))), ct);

    private async Task<T> Asked<T>(Caller who, string id, Func<Tailnet, Task<T>> ask, CancellationToken ct)
    {
        var (_, tailnet) = await db.Read(s => Find(s, who, id), ct);
        if (tailnet is null)
            throw Refusal.Field("tailnet", "tailnet.wrong.none");
        try
        {
            return await ask(tailnet);
        }
        catch (TailnetException e)
        {
            throw e.Refusal("tailnet");
        }
    }

    private static bool Plain(string text) => text.All(c => c is > ' ' and < '\x7f');

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
