using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>A key of somebody's device or password manager that opens their account. Times in unix milliseconds.</summary>
/// <param name="RpId">The host name that it was made at: it is offered at no other.</param>
/// <param name="CredentialId">As the browser names it, base64url.</param>
/// <param name="PublicKey">The COSE key, base64url.</param>
/// <param name="UserHandle">What the device calls the account, base64url.</param>
/// <param name="SignCount">Of the last use; 0 where the device does not count.</param>
/// <param name="Name">As its owner calls it.</param>
public sealed record Passkey(
    string Id, string AccountId, string RpId, string CredentialId, string PublicKey, string UserHandle, long SignCount, string Name, long CreatedAt, long? LastUsedAt)
{
    public const int MaxName = 60;

    /// <summary>An account keeps no more than these.</summary>
    public const int Most = 20;

    /// <summary>Has a device counted on, as it must, when it shows this count? One that does not count shows 0 for ever; else two have the key.</summary>
    internal bool CountedOn(long count) => count > SignCount || (count == 0 && SignCount == 0);
}

/// <summary>What passkeys are refused with.</summary>
public static class PasskeyErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_PASSKEY");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
