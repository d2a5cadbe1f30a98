using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.MyAccount;

/// <summary>What customers are refused with at their own door.</summary>
public static class MyAccountErrors
{
    public static readonly ErrorCode InvalidCredentials = new(401, "INVALID_CREDENTIALS");
    public static readonly ErrorCode TwoFactorRequired = new(401, "TWO_FACTOR_REQUIRED");
    public static readonly ErrorCode Locked = new(423, "ACCOUNT_LOCKED");
    public static readonly ErrorCode Disabled = new(403, "ACCOUNT_DISABLED");
    public static readonly ErrorCode Pending = new(403, "ACCOUNT_PENDING");

    public static readonly IReadOnlyList<ErrorCode> All = [InvalidCredentials, TwoFactorRequired, Locked, Disabled, Pending];
}
