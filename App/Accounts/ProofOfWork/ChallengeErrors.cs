using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.ProofOfWork;

/// <summary>What is refused where some work comes first.</summary>
public static class ChallengeErrors
{
    public static readonly ErrorCode Required = new(403, "CHALLENGE_REQUIRED");

    public static readonly IReadOnlyList<ErrorCode> All = [Required];
}
