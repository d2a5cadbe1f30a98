using Gatehouse.Platform.Crypto;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary>The key of the operation that a form will start: known by the form since it was shown, so that sending it twice starts one.</summary>
internal static class OperationKey
{
    private const int MaxLength = 64;

    /// <summary>As the form has it; where that can be none of ours, another.</summary>
    public static string Of(string? typed) =>
        typed is { Length: > 0 and <= MaxLength } && typed.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? typed : OpaqueToken.Create();
}
