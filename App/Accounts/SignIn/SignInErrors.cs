using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.SignIn;

/// <summary>What signing in is refused with.</summary>
public static class SignInErrors
{
    public static readonly ErrorCode Failed = new(422, "SIGN_IN_FAILED");

    public static readonly ErrorCode Passkey = new(422, "PASSKEY_REFUSED");

    public static readonly IReadOnlyList<ErrorCode> All = [Failed, Passkey];
}
