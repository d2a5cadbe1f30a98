using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>What an order does to a key that is there already. Times in unix milliseconds.</summary>
/// <param name="Key">As it was called when it was ordered.</param>
/// <param name="Seconds">The time that is sold.</param>
/// <param name="DoneAt">When the key got it; null: not yet.</param>
/// <param name="EndsAt">When the time that was sold is over. What was sold later begins there.</param>
/// <param name="TakenBack">How much of it a refund took back, in milliseconds.</param>
public sealed record KeyChange(string OrderId, string LicenseId, string Key, long Seconds, long? DoneAt, long? EndsAt, long TakenBack, long CreatedAt)
{
    /// <summary>How much of the time that was sold nobody has used yet, in milliseconds.</summary>
    public long Unused(long now) => EndsAt is { } end ? Math.Clamp(end - now, 0, Seconds * 1000 - TakenBack) : 0;

    /// <summary>Why a key cannot be renewed under its plan; null when it can.</summary>
    public static ErrorCode? Obstacle(License key, Plan plan, long now) =>
        key.Recharge > 0 ? ActionErrors.RechargeKey
        : key.Relay ? ActionErrors.RelayKey
        : key.Stored == LicenseState.Revoked ? ActionErrors.AlreadyRevoked
        : key.Stored == LicenseState.Suspended ? KeyChangeErrors.Suspended
        : key.UsedAt is null ? ActionErrors.NotActivated
        : key.ExpireAt is not { } end || plan.DurationSeconds is not { } seconds || LicenseAction.Extended(end, seconds, now) > License.Latest ? ActionErrors.NeverExpires
        : plan.Trial ? KeyChangeErrors.Trial
        : null;
}

/// <summary>Why a key's time does not go on.</summary>
public static class KeyChangeErrors
{
    public static readonly ErrorCode Suspended = new(409, "KEY_SUSPENDED");
    public static readonly ErrorCode Trial = new(409, "TRIAL_NOT_RENEWED");

    public static readonly IReadOnlyList<ErrorCode> All = [Suspended, Trial];
}
