using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Tailnets;

/// <summary>How somebody wants to connect their tailnet.</summary>
/// <param name="Secret">Of an OAuth client; empty: the one that there is.</param>
/// <param name="Hook">What their webhooks are signed with; empty: as it is.</param>
public sealed record TailnetWish(string Secret, string Hook, bool ReadOnly, string Tag, string Choose);

/// <summary>What people do with the tailnet of a rental of theirs. Their tailnet is asked outside of transactions.</summary>
public sealed class TailnetService(Database db, TailnetApi api, TailnetDelivery delivery, AclService maps, DeviceMatch devices, SecretBox box, TimeProvider clock)
{
    internal const string Purpose = "tailnet";
    private const int MaxSecret = 500, MaxTag = 60;

    /// <summary>Under a key that is lost it cannot be used: its person gives it again.</summary>
    internal static readonly SealedColumn SealedSecret = new("tailnets", "rental_id", "sealed_secret", Purpose, "UPDATE tailnets SET sealed_secret = ''");

    /// <inheritdoc cref="SealedSecret"/>
    internal static readonly SealedColumn SealedHook = new("tailnets", "rental_id", "sealed_hook", Purpose, "UPDATE tailnets SET sealed_hook = ''");

    /// <summary>A rental of the caller's, and its connection.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL.</exception>
    internal static async ValueTask<(Rental Rental, Tailnet? Tailnet)> Find(ReadTx s, Caller who, string id) =>
        await RentalStore.Find(s, who.TenantId, id) is { } rental && rental.AccountId == who.Id ? (rental, await TailnetStore.Find(s, id)) : throw new Refusal(RentalErrors.NotFound);

    /// <summary>Tries a client, keeps it, and lets the machines in.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL, 409 RENTAL_ENDED, or 422: <c>secret</c> says why their tailnet does not let us.</exception>
    public async Task Connect(Caller who, string id, TailnetWish wish, CancellationToken ct)
    {
        var (rental, before) = await db.Read(s => Find(s, who, id), ct);
        if (rental.ReleasedAt is not null)
            throw new Refusal(RentalErrors.Ended);
        var check = new FieldChecks();
        var (secret, hook, tag) = (wish.Secret.Trim(), wish.Hook.Trim(), wish.Tag.Trim());
        if (secret.Length == 0 ? before is null || Open(before.Secret) is null : secret.Length > MaxSecret || !Plain(secret) || !secret.StartsWith("tskey-client-", StringComparison.Ordinal))
            check.Wrong("secret", secret.Length == 0 ? "field.required" : "tailnet.wrong.secret");
        if (hook.Length > MaxSecret || !Plain(hook))
            check.Wrong("hook", "tailnet.wrong.hook");
        if (tag.Length > MaxTag || tag.Length > 0 && (!tag.StartsWith("tag:", StringComparison.Ordinal) || !Plain(tag)))
            check.Wrong("tag", "tailnet.wrong.tag");
        check.ThrowIfAny();
        secret = secret.Length > 0 ? secret : Open(before!.Secret)!;
        IReadOnlyList<TailnetDevice> all;
        try
        {
            var (token, scopes) = await api.SignIn(secret, ct);
            if (scopes.Any(s => s is "all" or "all:read"))
                throw Refusal.Field("secret", "tailnet.wrong.all");
            all = await api.Devices(token, ct);
            await api.Policy(token, ct);
            if (!wish.ReadOnly && scopes.Count > 0 && !scopes.Contains("policy_file"))
                throw Refusal.Field("secret", "tailnet.fault.scope", "policy_file");
        }
        catch (TailnetException e)
        {
            throw e.Refusal("secret");
        }
        await db.Write(async s =>
        {
            var owner = await RentalStore.FindLocked(s, who.TenantId, id) is { ReleasedAt: null } found ? found : throw new Refusal(RentalErrors.Ended);
            var saved = new Tailnet(id, who.TenantId, owner.AccountId, Seal(secret), hook.Length > 0 ? Seal(hook) : (await TailnetStore.Find(s, id))?.Hook ?? "", wish.ReadOnly, tag, Tailnet.Choices.Contains(wish.Choose) ? wish.Choose : Tailnet.Oldest, Now() + TailnetSync.Every);
            await TailnetStore.Save(s, saved, Now());
            await Take(s, saved, owner, all);
        }, ct);
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
        await delivery.Undo(t, last, token, ct);
        return true;
    }, ct);

    /// <summary>Reads the machines now.</summary>
    /// <exception cref="Refusal">As for <see cref="Preview"/>.</exception>
    public Task<bool> Sync(Caller who, string id, CancellationToken ct) => Asked(who, id, async (t, token) =>
    {
        await Take(t, await api.Devices(token, ct), ct);
        return true;
    }, ct);

    /// <summary>Forgets the client. Machines stay let in, and the policy stays as it is.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL.</exception>
    public async Task Disconnect(Caller who, string id, CancellationToken ct) => await db.Write(async s =>
    {
        await Find(s, who, id);
        await RentalStore.FindLocked(s, who.TenantId, id);
        await DeviceMatch.Free(s, id);
        await TailnetStore.Remove(s, id);
    }, ct);

    /// <summary>What its machines are goes into the rental's list. One whose rental is history is forgotten.</summary>
    internal Task<bool> Take(Tailnet t, IReadOnlyList<TailnetDevice> all, CancellationToken ct) => db.Write(async s =>
    {
        var owner = await RentalStore.FindLocked(s, t.TenantId, t.RentalId);
        if (await TailnetStore.Find(s, t.RentalId) is not { } now)
            return false;
        if (owner is not { ReleasedAt: null })
            return await TailnetStore.Remove(s, t.RentalId) < 0;
        await Take(s, now, owner, all);
        return true;
    }, ct);

    private async ValueTask Take(WriteTx s, Tailnet t, Rental owner, IReadOnlyList<TailnetDevice> all)
    {
        var (let, left) = await devices.Match(s, t.TenantId, owner, [.. TailnetDevice.Wanted(all, t.Tag, t.Choose).Select(d => new MatchedDevice(d.NodeId, d.NodeKey, d.Name))]);
        await TailnetStore.Synced(s, t.RentalId, all.Count, let, left, Now());
        // It is read now, and need not be asked.
        if (all.Count > 0 && owner.Admits(Now()) && (await AclStore.Choices(s, t.RentalId)).Machines != all.Count)
            await maps.Change(s, Caller.System with { TenantId = t.TenantId, Kind = "customer", Id = t.AccountId }, t.RentalId, new AclWish(Machines: all.Count));
    }

    /// <summary>A sealed secret; null: its key is lost.</summary>
    internal string? Open(string sealedText)
    {
        try
        {
            return sealedText.Length == 0 ? null : Encoding.UTF8.GetString(box.Open(sealedText, Purpose));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    internal string Seal(string secret) => box.Seal(Encoding.UTF8.GetBytes(secret), Purpose);

    private async Task<T> Asked<T>(Caller who, string id, Func<Tailnet, string, Task<T>> ask, CancellationToken ct)
    {
        var (_, tailnet) = await db.Read(s => Find(s, who, id), ct);
        if (tailnet is null)
            throw Refusal.Field("tailnet", "tailnet.wrong.none");
        try
        {
            return await ask(tailnet, (await api.SignIn(Open(tailnet.Secret) ?? throw new TailnetException(new("tailnet.fault.lost")), ct)).Token);
        }
        catch (TailnetException e)
        {
            throw e.Refusal("tailnet");
        }
    }

    private static bool Plain(string text) => text.All(c => c is > ' ' and < '\x7f');

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
