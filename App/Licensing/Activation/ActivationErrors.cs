using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Activation;

/// <summary>What asking about keys is refused with.</summary>
public static class ActivationErrors
{
    public static readonly ErrorCode TooManyWrongKeys = new(429, "TOO_MANY_WRONG_KEYS");

    /// <summary>The plan leaves it to staff, or the key is suspended or revoked.</summary>
    public static readonly ErrorCode ReleaseNotAllowed = new(403, "RELEASE_NOT_ALLOWED");

    public static readonly ErrorCode ReleaseLimitReached = new(409, "RELEASE_LIMIT_REACHED");

    public static readonly IReadOnlyList<ErrorCode> All = [TooManyWrongKeys, ReleaseNotAllowed, ReleaseLimitReached];
}
