using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.SignUp;

/// <summary>What signing up is refused with.</summary>
public static class SignUpErrors
{
    public static readonly ErrorCode Closed = new(403, "SIGN_UP_CLOSED");
    public static readonly ErrorCode InvalidCode = new(422, "INVALID_CODE");
    public static readonly ErrorCode InvalidLink = new(410, "LINK_INVALID");
    public static readonly ErrorCode TooMany = new(429, "TOO_MANY_MAILS");

    public static readonly IReadOnlyList<ErrorCode> All = [Closed, InvalidCode, InvalidLink, TooMany];
}
