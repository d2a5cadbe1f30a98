using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Audit.Log;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>A passkey that a browser has just made, checked and not yet kept.</summary>
public sealed record MadePasskey(Passkey Passkey, byte[] Challenge);

/// <summary>A known passkey that a browser shows.</summary>
/// <param name="Count">How often it was used, as its device counts; null when it was not shown rightly.</param>
public sealed record ShownPasskey(string Id, string AccountId, byte[] Challenge, long? Count);

/// <summary>Passkeys of accounts of any kind: one method a use case. What changes something is called inside one transaction.</summary>
public sealed class PasskeyService(
    PasskeyCeremony ceremony, PasskeyChallenges challenges, SecretBox box, AuditWriter audit, SecurityEvents events, AccountAlerts alerts, TimeProvider clock)
{
    private readonly byte[] _handles = box.Derive("passkey-user");

    /// <summary>The account's own.</summary>
    public async ValueTask<IReadOnlyList<Passkey>> Of(ReadTx s, string tenant, string accountId) => await PasskeyStore.Of(s, tenant, accountId);

    /// <summary>One of the caller's own.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_PASSKEY.</exception>
    public async ValueTask<Passkey> Get(ReadTx s, Caller who, string id) =>
        (await PasskeyStore.Of(s, who.TenantId, who.AccountId ?? "")).Find(p => p.Id == id) ?? throw new Refusal(PasskeyErrors.NotFound);

    /// <summary>What the caller's browser is asked for a new passkey, as JSON.</summary>
    /// <param name="name">What the device shows to its owner.</param>
    public async ValueTask<string> AskToAdd(ReadTx s, Caller who, PasskeySite site, string name)
    {
        var own = await PasskeyStore.Of(s, who.TenantId, who.AccountId ?? "");
        return ceremony.AskToMake(who.TenantId, site, PasskeyUse.Adding(who.SessionId), new(Handle(who), name), own.Where(p => p.RpId == site.RpId));
    }

    /// <summary>The passkey that the caller's browser has made; null when something about it is wrong, or it took too long.</summary>
    public MadePasskey? Made(Caller who, PasskeySite site, string answered) =>
        PasskeyAnswer.Read(answered) is { } answer && ceremony.Made(who.TenantId, site, PasskeyUse.Adding(who.SessionId), answer) is { } made
            ? new(new Passkey(Ids.New(), who.AccountId ?? "", site.RpId, answer.CredentialId, made.PublicKey, Base64Url.EncodeToString(Handle(who)), made.Count, "", Now(), null), answer.Challenge)
            : null;

    /// <summary>Keeps it, and tells its owner.</summary>
    /// <param name="language">Of the page that it was made on.</param>
    /// <exception cref="Refusal">422 on <c>name</c>; on <c>passkey</c> when its challenge was answered already, when it is known, or when there are too many; 401 UNAUTHORIZED: the account or the session is gone.</exception>
    public async ValueTask<Passkey> Add(WriteTx s, Caller who, MadePasskey made, string name, string? language = null)
    {
        var owner = await Own(s, who);
        var passkey = made.Passkey with { AccountId = owner.Id, Name = Named(name) };
        if (!await challenges.Use(s, who.TenantId, made.Challenge))
            throw Refusal.Field("passkey", "passkey.not_added");
        if ((await PasskeyStore.Of(s, who.TenantId, owner.Id)).Count >= Passkey.Most)
            throw Refusal.Field("passkey", "passkey.too_many", Passkey.Most);
        if (!await PasskeyStore.Insert(s, who.TenantId, passkey))
            throw Refusal.Field("passkey", "passkey.known");
        if (who.IsCustomer)
            await AccountEvents.Note(s, who, AccountEvents.PasskeyAdded, Now());
        else
            await audit.Write(s, who, "account.passkey_added", Target(owner), after: State(passkey));
        await events.Record(s, who, "passkey.added", "info", owner.Told);
        await alerts.Tell(s, who.TenantId, owner.Id, CustomerNotices.SecondStep, new Message("alert.passkey_added", passkey.Name), language);
        return passkey;
    }

    /// <summary>Calls one of the caller's own something else.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_PASSKEY, 401 UNAUTHORIZED, 422 on <c>name</c>.</exception>
    public async ValueTask<Passkey> Rename(WriteTx s, Caller who, string id, string name)
    {
        var (owner, before) = await Own(s, who, id);
        var after = before with { Name = Named(name) };
        if (after == before)
            return after;
        await PasskeyStore.Rename(s, who.TenantId, after);
        if (who.IsCustomer)
            await AccountEvents.Note(s, who, AccountEvents.PasskeyRenamed, Now());
        else
            await audit.Write(s, who, "account.passkey_renamed", Target(owner), State(before), State(after));
        return after;
    }

    /// <summary>Removes one of the caller's own: it opens nothing any more. Its owner is told.</summary>
    /// <param name="language">Of the page that it was done on.</param>
    /// <exception cref="Refusal">404 NO_SUCH_PASSKEY, 401 UNAUTHORIZED.</exception>
    public async ValueTask<Passkey> Remove(WriteTx s, Caller who, string id, string? language = null)
    {
        var (owner, passkey) = await Own(s, who, id);
        await PasskeyStore.Delete(s, who.TenantId, owner.Id, id);
        if (who.IsCustomer)
            await AccountEvents.Note(s, who, AccountEvents.PasskeyRemoved, Now());
        else
            await audit.Write(s, who, "account.passkey_removed", Target(owner), State(passkey));
        await events.Record(s, who, "passkey.removed", "warn", owner.Told);
        await alerts.Tell(s, who.TenantId, owner.Id, CustomerNotices.SecondStep, new Message("alert.passkey_removed", passkey.Name), language);
        return passkey;
    }

    /// <summary>What a browser is asked to show, as JSON, of any account's passkeys.</summary>
    public string AskAnybody(string tenant, PasskeySite site) => ceremony.AskToShow(tenant, site, PasskeyUse.SignIn, []);

    /// <summary>The same of one account's; null when it has none of this place.</summary>
    public async ValueTask<string?> Ask(ReadTx s, string tenant, PasskeySite? site, PasskeyUse use, string accountId)
    {
        if (site is null)
            return null;
        var own = (await PasskeyStore.Of(s, tenant, accountId)).Where(p => p.RpId == site.RpId).ToList();
        return own.Count == 0 ? null : ceremony.AskToShow(tenant, site, use, own);
    }

    /// <summary>The known passkey that a browser shows, rightly or not; null when it is none, or the challenge is none of ours or out of date.</summary>
    public async ValueTask<ShownPasskey?> Shown(ReadTx s, string tenant, PasskeySite? site, PasskeyUse use, string answered)
    {
        if (site is null || PasskeyAnswer.Read(answered) is not { } answer
            || await PasskeyStore.FindByCredential(s, tenant, answer.CredentialId) is not { } passkey || passkey.RpId != site.RpId)
            return null;
        return new ShownPasskey(passkey.Id, passkey.AccountId, answer.Challenge, ceremony.Shown(tenant, site, use, passkey, answer));
    }

    /// <summary>Takes it, now, for the first time: shown again, it is none. The caller has locked the account.</summary>
    /// <param name="told">What security events call the account.</param>
    internal async ValueTask<bool> Take(WriteTx s, Caller who, ShownPasskey shown, string told)
    {
        if (shown.Count is not { } count || !await challenges.Use(s, who.TenantId, shown.Challenge)
            || await PasskeyStore.FindLocked(s, who.TenantId, shown.Id) is not { } passkey || passkey.AccountId != shown.AccountId)
            return false;
        if (!passkey.CountedOn(count))
        {
            await events.Record(s, who, "passkey.copied", "bad", told);
            return false;
        }
        await PasskeyStore.Used(s, who.TenantId, passkey.Id, count, Now());
        return true;
    }

    // The same for all of an account's, so that a device keeps one of them; it tells nobody which account it is.
    private byte[] Handle(Caller who) => HMACSHA256.HashData(_handles, Encoding.UTF8.GetBytes($"{who.TenantId}\n{who.AccountId}"));

    // What somebody may ask to be done was decided by who has the session; that it is there still is looked at here.
    private static async ValueTask<PasskeyOwner> Own(WriteTx s, Caller who) =>
        await PasskeyStore.LockOwner(s, who.TenantId, who.AccountId ?? "") is { Disabled: false } owner
        && who.SessionId is not null && await SessionStore.LockOpen(s, who.TenantId, owner.Id, who.SessionId)
            ? owner
            : throw new Refusal(HttpErrors.Unauthorized);

    private static async ValueTask<(PasskeyOwner, Passkey)> Own(WriteTx s, Caller who, string id)
    {
        var owner = await Own(s, who);
        return await PasskeyStore.FindLocked(s, who.TenantId, id) is { } passkey && passkey.AccountId == owner.Id ? (owner, passkey) : throw new Refusal(PasskeyErrors.NotFound);
    }

    private static string Named(string name)
    {
        var checks = new FieldChecks();
        name = checks.Text("name", name, 1, Passkey.MaxName);
        checks.ThrowIfAny();
        return name;
    }

    private static string State(Passkey passkey) => new JsonObject { ["name"] = passkey.Name, ["host"] = passkey.RpId }.ToJsonString();

    private static AuditTarget Target(PasskeyOwner owner) => new(owner.Kind, owner.Id, owner.Username);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
