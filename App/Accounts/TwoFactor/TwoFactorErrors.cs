using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.TwoFactor;

/// <summary>What changes to two-factor sign-in are refused with.</summary>
public static class TwoFactorErrors
{
    public static readonly ErrorCode On = new(409, "TWO_FACTOR_ON");
    public static readonly ErrorCode Off = new(409, "TWO_FACTOR_OFF");
    public static readonly ErrorCode NotBegun = new(409, "TWO_FACTOR_NOT_BEGUN");

    public static readonly IReadOnlyList<ErrorCode> All = [On, Off, NotBegun];
}
