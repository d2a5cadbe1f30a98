using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Tokens;

/// <summary>What changes to API tokens are refused with.</summary>
public static class TokenErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_TOKEN");
    public static readonly ErrorCode Revoked = new(409, "TOKEN_REVOKED");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Revoked];
}
