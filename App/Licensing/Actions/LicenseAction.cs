using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Actions;

/// <summary>The names of what staff may do to a key.</summary>
public static class ActionName
{
    public const string Suspend = "suspend";
    public const string Reinstate = "reinstate";
    public const string Revoke = "revoke";
    public const string Extend = "extend";
    public const string Unbind = "unbind";
    public const string Reset = "reset";
    public const string Delete = "delete";
    public const string Plan = "plan";
    public const string Prefix = "prefix";
    public const string Note = "note";

    public static readonly IReadOnlyList<string> All = [Suspend, Reinstate, Revoke, Extend, Unbind, Reset, Delete, Plan, Prefix, Note];
}

/// <summary>One thing to do to one or many keys.</summary>
/// <param name="Seconds">For <c>extend</c>: how much time to add.</param>
/// <param name="Plan">For <c>plan</c>: id or name of the new plan.</param>
/// <param name="Prefix">For <c>prefix</c>: the new prefix.</param>
/// <param name="Note">For <c>note</c>: the new note.</param>
/// <param name="Machine">For <c>unbind</c>: which machine; null for all.</param>
/// <param name="Reason">Kept in the history and the audit log; <c>reset</c> must give one.</param>
public sealed record LicenseAction(string Name, long? Seconds = null, string? Plan = null, string? Prefix = null, string? Note = null, string? Machine = null, string? Reason = null)
{
    private const long MaxExtension = 100L * 366 * 86400;

    /// <exception cref="Refusal">422 by field when what the action needs is missing or wrong.</exception>
    public LicenseAction Checked()
    {
        var check = new FieldChecks();
        if (!ActionName.All.Contains(Name))
            check.Wrong("action", "field.action", string.Join(", ", ActionName.All));
        if (Name == ActionName.Extend && Seconds is null)
            check.Wrong("seconds", "field.required");
        if (Seconds is { } seconds)
            check.Range("seconds", seconds, 1, MaxExtension);
        if (Name == ActionName.Plan && string.IsNullOrWhiteSpace(Plan))
            check.Wrong("plan", "field.required");
        if (Name == ActionName.Reset && string.IsNullOrWhiteSpace(Reason))
            check.Wrong("reason", "field.required");
        var action = this with
        {
            Reason = Reason is null ? null : check.Text("reason", Reason, 0, 500),
            Note = Note is null ? null : check.Text("note", Note, 0, License.MaxNote),
            Prefix = Prefix is null ? null : LicenseKey.CheckedPrefix(check, Prefix),
        };
        if (Name == ActionName.Prefix && Prefix is null)
            check.Wrong("prefix", "field.required");
        if (Name == ActionName.Note && Note is null)
            check.Wrong("note", "field.required");
        check.ThrowIfAny();
        return action;
    }

    /// <summary>Why it cannot be done to this key now, or null when it can. Whether a machine that is named is bound, the database knows.</summary>
    public ErrorCode? Obstacle(License key, long now)
    {
        var state = key.StateAt(now);
        return Name switch
        {
            // What was put on a balance once must not be there twice.
            ActionName.Reset or ActionName.Extend or ActionName.Plan when key.Recharge > 0 => ActionErrors.RechargeKey,
            // Its time is the rental's.
            ActionName.Reset or ActionName.Extend or ActionName.Plan when key.Relay => ActionErrors.RelayKey,
            ActionName.Suspend when state is LicenseState.Suspended => ActionErrors.AlreadySuspended,
            ActionName.Reinstate when state is not LicenseState.Suspended => ActionErrors.NotSuspended,
            ActionName.Extend when key.UsedAt is null => ActionErrors.NotActivated,
            ActionName.Extend when key.ExpireAt is null => ActionErrors.NeverExpires,
            ActionName.Unbind when key.Bindings == 0 => ActionErrors.NotBound,
            ActionName.Reset when state is LicenseState.Unused => ActionErrors.AlreadyUnused,
            ActionName.Delete when key.UsedAt is not null => ActionErrors.NotUnused,
            ActionName.Delete or ActionName.Reset => null,
            _ when state == LicenseState.Revoked => ActionErrors.AlreadyRevoked,
            _ => null,
        };
    }

    /// <summary>The end of the key's time after an extension: time adds up, and a key that has run out starts again from now.</summary>
    public static long Extended(long expireAt, long seconds, long now) => Math.Max(expireAt, now) + seconds * 1000;
}
