using Gatehouse.Devices.Fingerprints;
using Gatehouse.Licensing.LicenseFiles;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Activation;

/// <summary>A verdict with the key as it stands after it.</summary>
/// <param name="Key">Null when there is no such key.</param>
public sealed record Validation(string Code, Candidate? Key, bool FirstActivation, string Machine, long Now)
{
    public bool Valid => Code == Verdict.Valid;
}

/// <summary>Validates keys for machines. The first call activates: it binds the machine and starts the clock.</summary>
public sealed class ActivationService(Database db, LicenseFileIssuer certificates, GuessGuard guesses, TimeProvider clock)
{
    /// <summary>
    /// The verdict on a key for a machine. What needs no change is answered from a read; a binding is decided inside the write
    /// transaction, and the answer is given when it is durable.
    /// </summary>
    /// <exception cref="Refusal">422 on code or machine_code; 429 when this address or this key is asked about too often.</exception>
    public async Task<Validation> Validate(Caller who, string? code, string? machineCode, CancellationToken ct)
    {
        var machine = MachineCode.Parse("machine_code", machineCode);
        var key = Key(code);
        guesses.Enter(who.Ip, key);
        var now = Now();
        var seen = key is null ? null : await db.ReadOne(s => LicenseStore.Candidate(s, who.TenantId, key, machine), ct);
        if (seen is null)
        {
            await guesses.Wrong(who);
            return new Validation(Verdict.NotFound, null, false, machine, now);
        }
        return Verdict.Judge(seen, now) is { } verdict
            ? new Validation(verdict, seen, false, machine, now)
            : await db.Write(s => Bind(s, who, seen, machine), ct);
    }

    /// <summary>What a key is, without activating it. Null when there is no such key.</summary>
    /// <exception cref="Refusal">422 on code; 429 as for <see cref="Validate"/>.</exception>
    public Task<License?> Look(Caller who, string? code, CancellationToken ct) =>
        Look(who, code, (s, key) => LicenseStore.Find(s, who.TenantId, key), ct);

    /// <summary>The same with what its plan allows, as a customer wants to know it before activating.</summary>
    /// <exception cref="Refusal">422 on code; 429 as for <see cref="Validate"/>.</exception>
    public Task<Candidate?> Offer(Caller who, string? code, CancellationToken ct) =>
        Look(who, code, (s, key) => LicenseStore.Candidate(s, who.TenantId, key, machine: ""), ct);

    /// <summary>The signed licence file that goes with a verdict; null when it is not valid or the plan has no offline grace.</summary>
    public async ValueTask<string?> Certificate(Caller who, Validation validation) =>
        validation is { Valid: true, Key: { } key } ? await certificates.For(who.TenantId, key, validation.Machine, validation.Now) : null;

    private async Task<T?> Look<T>(Caller who, string? code, Func<ReadTx, string, ValueTask<T?>> find, CancellationToken ct) where T : class
    {
        var key = Key(code);
        guesses.Enter(who.Ip, key);
        var found = key is null ? null : await db.ReadOne(s => find(s, key), ct);
        if (found is null)
            await guesses.Wrong(who);
        return found;
    }

    private async ValueTask<Validation> Bind(WriteTx s, Caller who, Candidate seen, string machine)
    {
        var now = Now();
        if (seen.Stored == LicenseState.Unused && await LicenseStore.Start(s, who.TenantId, seen.Id, now) is { Started: true } start)
        {
            await Record(s, who, seen.Id, machine, now, "activated");
            return new Validation(Verdict.Valid, seen with { Stored = LicenseState.Active, UsedAt = now, ExpireAt = start.ExpireAt, BoundHere = true, Bindings = 1 }, true, machine, now);
        }
        // Somebody was first, or it has room for another machine: judge what is true now, under the row's lock.
        if (await LicenseStore.Lock(s, who.TenantId, seen.Key) is null
            || await LicenseStore.Candidate(s, who.TenantId, seen.Key, machine) is not { } current)
            return new Validation(Verdict.NotFound, null, false, machine, now);
        if (Verdict.Judge(current, now) is { } verdict)
            return new Validation(verdict, current, false, machine, now);
        if (current.Stored == LicenseState.Unused)
            return await Bind(s, who, current, machine);
        await Record(s, who, current.Id, machine, now, "bound");
        return new Validation(Verdict.Valid, current with { BoundHere = true, Bindings = current.Bindings + 1 }, false, machine, now);
    }

    private static async ValueTask Record(WriteTx s, Caller who, string id, string machine, long now, string kind)
    {
        await LicenseStore.Bind(s, who.TenantId, id, machine, who.Ip, now);
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who.TenantId, id, Ids.New(), now, kind, who.Name, who.Ip, machine));
    }

    private static string? Key(string? code) => string.IsNullOrWhiteSpace(code) ? throw Refusal.Field("code", "field.required")
        : code.Length > 200 ? throw Refusal.Field("code", "field.too_long", 200)
        : code.Any(char.IsControl) ? throw Refusal.Field("code", "field.control_characters")
        : KeyFormat.Normalize(code);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
