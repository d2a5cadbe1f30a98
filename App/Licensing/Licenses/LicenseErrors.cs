using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Licenses;

/// <summary>What requests about keys are refused with.</summary>
public static class LicenseErrors
{
    public static readonly ErrorCode NotFound = new(404, "KEY_NOT_FOUND");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
