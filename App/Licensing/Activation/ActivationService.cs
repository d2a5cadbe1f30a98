using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Devices.Fingerprints;
using Gatehouse.Licensing.LicenseFiles;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Activation;

/// <summary>A verdict with the key as it stands after it.</summary>
/// <param name="Key">Null when there is no such key.</param>
public sealed record Validation(string Code, Candidate? Key, bool FirstActivation, string Machine, long Now)
{
    public bool Valid => Code == Verdict.Valid;

    /// <summary>Of a key that there is not: the one that it looks like.</summary>
    public string? DidYouMean { get; init; }
}

/// <summary>What somebody typed as a key.</summary>
/// <param name="Solved">The work that came with it, for where many guess.</param>
/// <param name="OnPage">Into a page of ours, whose script does such work by itself.</param>
public readonly record struct TypedKey(string? Text, SolvedChallenge? Solved = null, bool OnPage = false)
{
    public static implicit operator TypedKey(string? text) => new(text);
}

/// <summary>Validates keys for machines. The first call activates: it binds the machine and starts the clock.</summary>
public sealed class ActivationService(Database db, LicenseFileIssuer certificates, GuessGuard guesses, TenantQuotas quotas, TenantSettings preferences, TimeProvider clock)
{
    private const int MaxCode = 200;

    /// <summary>
    /// The verdict on a key for a machine. What needs no change is answered from a read; a binding is decided inside the write
    /// transaction, and the answer is given when it is durable.
    /// </summary>
    /// <param name="product">The product that the program is of, by name or id: another's key is not activated for it. Null: of any.</param>
    /// <exception cref="Refusal">
    /// 422 on code or machine_code; 429 when this address or this key is asked about too often; 403 CHALLENGE_REQUIRED, which a machine that
    /// the key is bound to never meets with; 403 QUOTA_EXCEEDED.
    /// </exception>
    public async Task<Validation> Validate(Caller who, TypedKey code, string? machineCode, CancellationToken ct, string? product = null)
    {
        var (typed, machine) = Typed(code.Text, machineCode);
        var key = LicenseKey.Parse(typed);
        guesses.Budget(key?.Compact);
        var now = Now();
        var seen = key is { } known ? await db.ReadOne(s => LicenseStore.Candidate(s, who.TenantId, known, machine, now), ct) : null;
        // A machine that the key is bound to works on, whatever else comes from its address.
        if (seen is not { BoundHere: true })
        {
            guesses.Wait(who.Ip);
            await guesses.Charge(who, code);
        }
        if (seen is null)
        {
            await guesses.Wrong(who, typed);
            return new Validation(Verdict.NotFound, null, false, machine.Sent, now) { DidYouMean = await Meant(who, code, ct) };
        }
        return Verdict.Judge(seen, now, product) is { } verdict
            ? new Validation(verdict, seen, false, machine.Sent, now)
            : await db.Write(s => quotas.Within(s, who, LicenseQuotas.ActiveKeys, () => quotas.Within(s, who, LicenseQuotas.Devices, () => Bind(s, who, key!.Value, seen, machine, product))), ct);
    }

    /// <summary>What a key is, without activating it. Null when there is no such key.</summary>
    /// <exception cref="Refusal">422 on code; 429 and 403 CHALLENGE_REQUIRED as for <see cref="Validate"/>.</exception>
    public Task<License?> Look(Caller who, TypedKey code, CancellationToken ct) =>
        Look(who, code, (s, key) => LicenseStore.Find(s, who.TenantId, key), ct);

    /// <summary>
    /// The one key that somebody may have meant who typed one that there is not, with a letter that the alphabet of codes leaves out
    /// (O for 0). To offer, never to take for it: the offer counts as a guess. Null when there is none, or more than one.
    /// </summary>
    public async Task<string?> Meant(Caller who, TypedKey code, CancellationToken ct)
    {
        if (LicenseKey.Parse(Typed(code.Text)) is not { } key || LookAlikes.Of(key, preferences.Get(who.TenantId, LicenseSettings.KeyAlphabet)) is not { Count: > 0 } alike
            || await db.ReadOne(s => LicenseStore.Only(s, who.TenantId, alike), ct) is not { } meant)
            return null;
        await guesses.Wrong(who, "?" + key.Compact);
        return meant;
    }

    /// <summary>The key as it is, for whoever was let through already, such as by <see cref="ReleaseService.Release"/>.</summary>
    public async Task<License?> Find(string tenant, TypedKey code, CancellationToken ct) =>
        LicenseKey.Parse(Typed(code.Text)) is { } key ? await db.ReadOne(s => LicenseStore.Find(s, tenant, key), ct) : null;

    /// <summary>The same with what its plan allows, as a customer wants to know it before activating.</summary>
    /// <exception cref="Refusal">422 on code; 429 and 403 CHALLENGE_REQUIRED as for <see cref="Validate"/>.</exception>
    public Task<Candidate?> Offer(Caller who, TypedKey code, CancellationToken ct) =>
        Look(who, code, (s, key) => LicenseStore.Candidate(s, who.TenantId, key, machine: null, Now()), ct);

    /// <summary>The signed licence file that goes with a verdict; null when it is not valid or the plan has no offline grace.</summary>
    public async ValueTask<string?> Certificate(Caller who, Validation validation) =>
        validation is { Valid: true, Key: { } key } ? await certificates.For(who.TenantId, key, validation.Machine, validation.Now) : null;

    private async Task<T?> Look<T>(Caller who, TypedKey code, Func<ReadTx, LicenseKey, ValueTask<T?>> find, CancellationToken ct) where T : class
    {
        var typed = Typed(code.Text);
        var key = LicenseKey.Parse(typed);
        guesses.Enter(who.Ip, key?.Compact);
        await guesses.Charge(who, code);
        var found = key is { } known ? await db.ReadOne(s => find(s, known), ct) : null;
        if (found is null)
            await guesses.Wrong(who, typed);
        return found;
    }

    private async ValueTask<Validation> Bind(WriteTx s, Caller who, LicenseKey key, Candidate seen, MachineCode machine, string? product)
    {
        var now = Now();
        // Who is forgotten in this moment leaves nothing behind.
        if (who.IsCustomer && await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", who.TenantId), ("id", who.Id ?? "")) is null)
            who = Caller.Public(null, null, who.TenantId);
        // A machine has a trial once, whoever got it another key.
        if (seen is { Trial: true, BoundHere: false } && await LicenseStore.HasTrial(s, who.TenantId, seen, machine))
            return new Validation(Verdict.MachineMismatch, seen, false, machine.Sent, now);
        if (seen.Stored == LicenseState.Unused && await LicenseStore.Start(s, who.TenantId, seen, now) is { Started: true } start)
        {
            await Record(s, who, seen.Id, machine, now, "activated");
            return new Validation(Verdict.Valid, seen with { Stored = LicenseState.Active, UsedAt = now, ExpireAt = start.ExpireAt, BoundHere = true, Bindings = 1 }, true, machine.Sent, now);
        }
        // Somebody was first, or it has room for another machine, or its plan was changed: judge what is true now, under the row's lock.
        if (await LicenseStore.Lock(s, who.TenantId, key) is null
            || await LicenseStore.Candidate(s, who.TenantId, key, machine, now) is not { } current)
            return new Validation(Verdict.NotFound, null, false, machine.Sent, now);
        if (Verdict.Judge(current, now, product) is { } verdict)
            return new Validation(verdict, current, false, machine.Sent, now);
        if (current.Stored == LicenseState.Unused)
            return await Bind(s, who, key, current, machine, product);
        await Record(s, who, current.Id, machine, now, "bound");
        return new Validation(Verdict.Valid, current with { BoundHere = true, Bindings = current.Bindings + 1 }, false, machine.Sent, now);
    }

    private static async ValueTask Record(WriteTx s, Caller who, string id, MachineCode machine, long now, string kind)
    {
        await LicenseStore.Bind(s, who.TenantId, id, machine, who.Ip, now);
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, id, Ids.New(), now, kind, machine.Exact));
    }

    /// <summary>A key and a machine's code as they were typed.</summary>
    /// <exception cref="Refusal">422 on code, machine_code or both.</exception>
    internal static (string Typed, MachineCode Machine) Typed(string? code, string? machineCode)
    {
        try
        {
            var machine = MachineCode.Parse("machine_code", machineCode);
            return (Typed(code), machine);
        }
        catch (Refusal wrong) when (wrong.Fields.ContainsKey("machine_code"))
        {
            try
            {
                Typed(code);
            }
            catch (Refusal also)
            {
                throw new Refusal(HttpErrors.ValidationFailed) { Fields = wrong.Fields.Concat(also.Fields).ToDictionary() };
            }
            throw;
        }
    }

    // What was pasted in the form that keys are compared in: only that is judged, and counted as a guess.
    internal static string Typed(string? code)
    {
        var typed = LicenseKey.Canonical(code);
        return typed.Length == 0 ? throw Refusal.Field("code", "field.required")
            : code!.Length > LicenseKey.MaxTyped || typed.Length > MaxCode ? throw Refusal.Field("code", "field.too_long", MaxCode)
            : typed.Any(char.IsControl) ? throw Refusal.Field("code", "field.control_characters")
            : typed;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
