using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>What an order does to a key that is there already. Times in unix milliseconds.</summary>
/// <param name="Key">As it was called when it was ordered.</param>
/// <param name="Seconds">The time that is sold.</param>
/// <param name="DoneAt">When the key got it; null: not yet.</param>
/// <param name="EndsAt">When what was sold is over; null: not yet known, or never. Time that was sold later begins there.</param>
/// <param name="TakenBack">How much of the time a refund took back, in milliseconds.</param>
public sealed record KeyChange(string OrderId, string LicenseId, string Key, long Seconds, long? DoneAt, long? EndsAt, long TakenBack, long CreatedAt)
{
    public const string Renew = "renew", AddOn = "add_on", Switch = "switch";

    /// <summary>One of the above.</summary>
    public string Kind { get; init; } = Renew;

    /// <summary>The plan that the key had when it was ordered; null: that was not noted.</summary>
    public string? PlanId { get; init; }

    /// <summary>The add-on, by its id, and how many of it; empty: none.</summary>
    public string AddOnId { get; init; } = "";
    public long Quantity { get; init; } = 1;

    /// <summary>Machines that the key may have beside those of its plan.</summary>
    public long Machines { get; init; }

    /// <summary>They stay when the key is renewed.</summary>
    public bool ForGood { get; init; }

    /// <summary>The plan that a switch gives it, and what both were called then; null: it is no switch.</summary>
    public string? ToPlan { get; init; }
    public string FromName { get; init; } = "";
    public string ToName { get; init; } = "";

    /// <summary>When its time is over, and not now.</summary>
    public bool AtEnd { get; init; }

    /// <summary>What the new plan costs, what of what was paid before is credited, and what of that is on the buyer's balance; in minor units.</summary>
    public long Price { get; init; }
    public long Credit { get; init; }
    public long Rest { get; init; }

    /// <summary>Its end before; null: it had none.</summary>
    public long? WasEnd { get; init; }

    /// <summary>When it got the new plan.</summary>
    public long? SwitchedAt { get; init; }

    /// <summary>When a refund took back what is no time.</summary>
    public long? UndoneAt { get; init; }

    /// <summary>Since when it is taken back because its payment is disputed; null: it is not.</summary>
    public long? HeldAt { get; init; }

    /// <summary>By how much the key ends earlier for that, in milliseconds; below zero: later.</summary>
    public long Held { get; init; }

    /// <summary>How much of the time that was sold nobody has used yet, in milliseconds.</summary>
    public long Unused(long now) => EndsAt is { } end ? Math.Clamp(end - now, 0, Seconds * 1000 - TakenBack) : 0;

    /// <summary>Why a key cannot be renewed under its plan; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, long now) => Standing(key, plan) ?? LongerObstacle(key, plan.DurationSeconds, now);

    /// <summary>Why a key cannot get an add-on of its plan; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, AddOn addOn, long quantity, long now) =>
        Standing(key, plan) ?? (addOn.Kind == AddOns.Days ? LongerObstacle(key, addOn.Amount * quantity * 86400, now) : key.ExpireAt <= now ? KeyChangeErrors.Ended : null);

    /// <summary>Whether a switch is wanted at the key's end, by <c>now</c> or <c>end</c>; null: now.</summary>
    /// <exception cref="Refusal">422 on <c>when</c>.</exception>
    public static bool IsAtEnd(string? when) => when is "end" || (when is null or "now" ? false : throw Refusal.Field("when", "field.one_of", "now, end"));

    /// <summary>Why a key cannot be switched to any plan; null when it can.</summary>
    internal static ErrorCode? SwitchObstacle(License key) => Standing(key);

    private static ErrorCode? Standing(License key, Plan plan) => Standing(key) ?? (plan.Trial ? KeyChangeErrors.Trial : null);

    private static ErrorCode? Standing(License key) =>
        key.Recharge > 0 ? ActionErrors.RechargeKey
        : key.Relay ? ActionErrors.RelayKey
        : key.Stored == LicenseState.Revoked ? ActionErrors.AlreadyRevoked
        : key.Stored == LicenseState.Suspended ? KeyChangeErrors.Suspended
        : key.UsedAt is null ? ActionErrors.NotActivated
        : null;

    private static ErrorCode? LongerObstacle(License key, long? seconds, long now) =>
        key.ExpireAt is not { } end || seconds is not { } more || LicenseAction.Extended(end, more, now) > License.Latest ? ActionErrors.NeverExpires : null;
}

/// <summary>Why a key does not get what is sold to keys.</summary>
public static class KeyChangeErrors
{
    public static readonly ErrorCode Suspended = new(409, "KEY_SUSPENDED");
    public static readonly ErrorCode Trial = new(409, "TRIAL_NOT_RENEWED");
    public static readonly ErrorCode Ended = new(409, "KEY_ENDED");
    public static readonly ErrorCode AddOnLimit = new(409, "ADD_ON_LIMIT");


    /// <summary>It will be switched at its end.</summary>
    public static readonly ErrorCode Switching = new(409, "KEY_SWITCHES");
    public static readonly ErrorCode NoSwitch = new(409, "NO_SUCH_SWITCH");
    public static readonly ErrorCode NoEnd = new(409, "SWITCH_HAS_NO_END");
    public static readonly ErrorCode TooManyMachines = new(409, "SWITCH_MACHINES");
    public static readonly ErrorCode NotYours = new(409, "SWITCH_NOT_YOURS");

    /// <summary>A refund cannot undo a switch that other orders stand on.</summary>
    public static readonly ErrorCode ChangedSince = new(409, "KEY_CHANGED_SINCE");

    public static readonly IReadOnlyList<ErrorCode> All = [Suspended, Trial, Ended, AddOnLimit, Switching, NoSwitch, NoEnd, TooManyMachines, NotYours, ChangedSince];

    /// <summary>Those that an order is refused with.</summary>
    public static readonly IReadOnlyList<ErrorCode> Ordering = [Suspended, Trial, Ended, AddOnLimit, Switching, NoSwitch, NoEnd, TooManyMachines, NotYours];
}
