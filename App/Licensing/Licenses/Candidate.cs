namespace Gatehouse.Licensing.Licenses;

/// <summary>What is known of a key when a machine asks about it. Times in unix milliseconds.</summary>
/// <param name="BoundHere">Is it bound to the machine that asks?</param>
public sealed record Candidate(
    string Id, string Key, string Stored, long? UsedAt, long? ExpireAt, string PlanId, string PlanName,
    long? DurationSeconds, long MachineLimit, long OfflineGraceSeconds, string Entitlements, bool BoundHere, long Bindings)
{
    /// <summary>What its plan is of.</summary>
    public string ProductId { get; init; } = "";
    public string Product { get; init; } = "";

    /// <summary>Its plan is a trial: a machine has one key of it.</summary>
    public bool Trial { get; init; }

    /// <summary>What it puts on a balance, in minor units of <see cref="Currency"/>; 0: it is activated.</summary>
    public long Recharge { get; init; }
    public string Currency { get; init; } = "";

    /// <summary>It is a serial: it gives a customer relays, and is bound to no machine.</summary>
    public bool Relay { get; init; }
}
