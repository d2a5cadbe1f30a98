using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Sessions;

/// <summary>What is refused about sessions.</summary>
public static class SessionErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_SESSION");

    /// <summary>A program asks for something dangerous, and its person has not shown lately who they are.</summary>
    public static readonly ErrorCode ProofRequired = new(403, "PROOF_REQUIRED");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, ProofRequired];
}
