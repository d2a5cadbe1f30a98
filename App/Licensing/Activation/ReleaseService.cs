using Gatehouse.Devices.Fingerprints;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Activation;

/// <summary>What whoever has a key may free of its machines. Times in unix milliseconds.</summary>
/// <param name="Most">Within 30 days; 0: staff alone free them.</param>
/// <param name="Left">Of those, now.</param>
/// <param name="NextAt">When the next is possible; null: now, or never.</param>
public sealed record ReleaseTerms(long Most, long Left, long? NextAt);

/// <summary>A machine that was freed, as it was sent, and what is left to free.</summary>
public sealed record Released(License Key, string Machine, ReleaseTerms Terms);

/// <summary>
/// Frees machines for whoever has a key and the code of the machine, as often as the plan allows: so many within 30 days, and not two
/// within the plan's wait. What staff unbind does not count.
/// </summary>
public sealed class ReleaseService(Database db, GuessGuard guesses, TimeProvider clock)
{
    /// <summary>The kind of its line in a key's history, by which releases are counted.</summary>
    public const string Event = "released";

    private const long Month = 30L * 86_400_000;

    /// <summary>Frees the machine. Of any number at once, as many are done as the plan allows.</summary>
    /// <exception cref="Refusal">
    /// 422 on code or machine_code; 404 KEY_NOT_FOUND; 409 NOT_BOUND; 403 RELEASE_NOT_ALLOWED; 409 RELEASE_LIMIT_REACHED, with the time of the next;
    /// 429 and 403 CHALLENGE_REQUIRED as for <see cref="ActivationService.Validate"/>.
    /// </exception>
    public async Task<Released> Release(Caller who, TypedKey code, string? machineCode, CancellationToken ct)
    {
        var (typed, machine) = ActivationService.Typed(code.Text, machineCode);
        var key = LicenseKey.Parse(typed);
        guesses.Budget(key?.Compact);
        var seen = key is { } known ? await db.ReadOne(s => LicenseStore.Candidate(s, who.TenantId, known, machine, Now()), ct) : null;
        if (seen is { BoundHere: true })
            return await db.Write(s => Free(s, who, key!.Value, machine), ct);
        guesses.Wait(who.Ip);
        await guesses.Charge(who, code);
        // Whoever knows a key could guess at its machines.
        await guesses.Wrong(who, seen is null ? typed : $"{typed}\n{machine.Folded}");
        throw seen is null ? new Refusal(LicenseErrors.NotFound) : new Refusal(ActionErrors.NotBound);
    }

    /// <summary>What may be freed of a key now.</summary>
    public async Task<ReleaseTerms> Terms(License key, string tenant, CancellationToken ct) => await db.Read(s => Terms(s, tenant, key), ct);

    private async ValueTask<Released> Free(WriteTx s, Caller who, LicenseKey key, MachineCode machine)
    {
        if (await LicenseStore.Lock(s, who.TenantId, key) is not { } id || await LicenseStore.Find(s, who.TenantId, key) is not { } license)
            throw new Refusal(LicenseErrors.NotFound);
        var now = Now();
        if (await Terms(s, who.TenantId, license) is not { Most: > 0 } terms)
            throw new Refusal(ActivationErrors.ReleaseNotAllowed);
        var bound = await LicenseStore.MachineCodes(s, who.TenantId, id, machine.Sent);
        if (bound.Count == 0)
            throw new Refusal(ActionErrors.NotBound);
        if (terms.NextAt is { } next)
            throw new Refusal(ActivationErrors.ReleaseLimitReached, DateTimeOffset.FromUnixTimeMilliseconds(next)) { RetryAfter = TimeSpan.FromMilliseconds(next - now) };
        foreach (var stored in bound)
        {
            await LicenseStore.Unbind(s, who.TenantId, id, stored);
            await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, id, Ids.New(), now, Event, stored));
        }
        return new Released(license with { Bindings = license.Bindings - bound.Count }, machine.Sent, await Terms(s, who.TenantId, license));
    }

    // What is suspended or revoked is the seller's to speak about, and an unused key has no machine.
    private async ValueTask<ReleaseTerms> Terms(ReadTx s, string tenant, License key)
    {
        var now = Now();
        var (most, wait) = await LicenseStore.ReleaseRule(s, tenant, key.Id);
        if (most == 0 || key.StateAt(now) is not (LicenseState.Active or LicenseState.Expired))
            return new ReleaseTerms(0, 0, null);
        // Two forms of a machine's code that were freed at one moment are one.
        var freed = await LicenseStore.EventTimes(s, tenant, key.Id, Event, now - Month, (int)most);
        var free = freed.Count < most ? now : freed[(int)most - 1] + Month;
        var next = Math.Max(free, freed.Count == 0 ? now : freed[0] + wait * 1000);
        return new ReleaseTerms(most, Math.Max(0, most - freed.Count), next > now ? next : null);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
