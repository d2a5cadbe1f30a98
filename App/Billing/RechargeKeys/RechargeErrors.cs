using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.RechargeKeys;

/// <summary>Why a key puts nothing on a balance.</summary>
public static class RechargeErrors
{
    public static readonly ErrorCode NotOne = new(409, "NOT_A_RECHARGE_KEY");
    public static readonly ErrorCode Spent = new(409, "RECHARGE_KEY_SPENT");
    public static readonly ErrorCode Blocked = new(409, "RECHARGE_KEY_BLOCKED");

    public static readonly IReadOnlyList<ErrorCode> All = [NotOne, Spent, Blocked];
}
