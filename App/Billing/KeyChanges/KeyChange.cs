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
    public const string Renew = "renew", AddOn = "add_on";

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

    /// <summary>When a refund took back what is no time.</summary>
    public long? UndoneAt { get; init; }

    /// <summary>How much of the time that was sold nobody has used yet, in milliseconds.</summary>
    public long Unused(long now) => EndsAt is { } end ? Math.Clamp(end - now, 0, Seconds * 1000 - TakenBack) : 0;

    /// <summary>Why a key cannot be renewed under its plan; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, long now) => Standing(key, plan) ?? LongerObstacle(key, plan.DurationSeconds, now);

    /// <summary>Why a key cannot get an add-on of its plan; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, AddOn addOn, long quantity, long now) =>
        Standing(key, plan) ?? (addOn.Kind == AddOns.Days ? LongerObstacle(key, addOn.Amount * quantity * 86400, now) : key.ExpireAt <= now ? KeyChangeErrors.Ended : null);

    private static ErrorCode? Standing(License key, Plan plan) =>
        key.Recharge > 0 ? ActionErrors.RechargeKey
        : key.Relay ? ActionErrors.RelayKey
        : key.Stored == LicenseState.Revoked ? ActionErrors.AlreadyRevoked
        : key.Stored == LicenseState.Suspended ? KeyChangeErrors.Suspended
        : key.UsedAt is null ? ActionErrors.NotActivated
        : plan.Trial ? KeyChangeErrors.Trial
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

    public static readonly IReadOnlyList<ErrorCode> All = [Suspended, Trial, Ended, AddOnLimit];
}
