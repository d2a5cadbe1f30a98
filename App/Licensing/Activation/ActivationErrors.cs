using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Activation;

/// <summary>What asking about keys is refused with.</summary>
public static class ActivationErrors
{
    public static readonly ErrorCode TooManyWrongKeys = new(429, "TOO_MANY_WRONG_KEYS");

    public static readonly IReadOnlyList<ErrorCode> All = [TooManyWrongKeys];
}
