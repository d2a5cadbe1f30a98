using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Actions;

/// <summary>Why something cannot be done to a key as it stands.</summary>
public static class ActionErrors
{
    public static readonly ErrorCode AlreadySuspended = new(409, "ALREADY_SUSPENDED");
    public static readonly ErrorCode NotSuspended = new(409, "NOT_SUSPENDED");
    public static readonly ErrorCode AlreadyRevoked = new(409, "ALREADY_REVOKED");
    public static readonly ErrorCode AlreadyUnused = new(409, "ALREADY_UNUSED");
    public static readonly ErrorCode NotUnused = new(409, "NOT_UNUSED");
    public static readonly ErrorCode NotActivated = new(409, "NOT_ACTIVATED");
    public static readonly ErrorCode NeverExpires = new(409, "NEVER_EXPIRES");
    public static readonly ErrorCode NotBound = new(409, "NOT_BOUND");
    public static readonly ErrorCode RechargeKey = new(409, "RECHARGE_KEY");
    public static readonly ErrorCode RelayKey = new(409, "RELAY_KEY");
    public static readonly ErrorCode KeysCollide = new(409, "KEYS_COLLIDE");

    public static readonly IReadOnlyList<ErrorCode> All =
    [
        AlreadySuspended, NotSuspended, AlreadyRevoked, AlreadyUnused, NotUnused, NotActivated, NeverExpires, NotBound, RechargeKey, RelayKey, KeysCollide,
    ];
}
