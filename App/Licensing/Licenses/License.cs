using Gatehouse.Devices.Fingerprints;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Licenses;

/// <summary>The states of a key, by the names they have in the API, in the database and in the language files.</summary>
public static class LicenseState
{
    public const string Unused = "unused";
    public const string Active = "active";
    public const string Expired = "expired";
    public const string Suspended = "suspended";
    public const string Revoked = "revoked";

    public static readonly IReadOnlyList<string> All = [Unused, Active, Expired, Suspended, Revoked];

    /// <summary>
    /// The state now. Of a key whose clock runs the end decides, to the millisecond, and never the mark that the hourly job has made: the
    /// server's clock may have been wrong then. <see cref="LicenseWhere"/> says the same in SQL.
    /// </summary>
    public static string At(string stored, long? expireAt, long now) => stored switch
    {
        Active when expireAt <= now => Expired,
        Expired when expireAt > now => Active,
        _ => stored,
    };
}

/// <summary>One sold right. Times in unix milliseconds.</summary>
/// <param name="Stored">The state as last written; <see cref="StateAt"/> is the truth.</param>
/// <param name="Bindings">How many machines it is bound to.</param>
/// <param name="Machine">One of them, the earliest; null when there is none.</param>
public sealed record License(
    string Id, string Key, string Prefix, string PlanId, string PlanName, string BatchId, string BatchName, string Stored,
    long CreatedAt, long? UsedAt, long? ExpireAt, string Note, long Bindings, string? Machine)
{
    /// <summary>No key ends later, in unix milliseconds: the year 9000, which four digits can tell in every time zone.</summary>
    public static readonly long Latest = new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Characters of a note.</summary>
    public const int MaxNote = 500;

    /// <summary>What it puts on a balance, in minor units of <see cref="Currency"/>; 0: it is activated.</summary>
    public long Recharge { get; init; }
    public string Currency { get; init; } = "";

    /// <summary>The kind of product whose keys are serials.</summary>
    public const string RelayKind = "relay";

    /// <summary>It is a serial: it gives a customer relays, and is bound to no machine.</summary>
    public bool Relay { get; init; }

    public string StateAt(long now) => LicenseState.At(Stored, ExpireAt, now);

    /// <summary>Whole seconds left, 0 when it has run out; null when it is not running or never ends.</summary>
    public long? RemainingSeconds(long now) => Remaining(UsedAt, ExpireAt, now);

    internal static long? Remaining(long? usedAt, long? expireAt, long now) =>
        usedAt is null || expireAt is not { } end ? null : Math.Max(0, (end - now + 999) / 1000);
}

/// <summary>What a row of the list of keys shows of one.</summary>
public sealed record LicenseLine(string Id, string Key, string PlanId, string Stored, long? UsedAt, long? ExpireAt, string Note, long Bindings, string? Machine)
{
    public string StateAt(long now) => LicenseState.At(Stored, ExpireAt, now);
}

/// <summary>A machine that a key is bound to.</summary>
public sealed record Binding(string MachineCode, long CreatedAt, string? Ip);

/// <summary>One line of a key's history.</summary>
public sealed record LicenseEvent(string Id, long At, string Kind, string Actor, string? Ip, Message What)
{
    /// <summary>What goes into the gaps of its words, as the API tells it.</summary>
    public string[] Detail => What.Texts();

    /// <summary>The words for it, which are <c>event.KIND</c> but for a note that was removed. Times are given as ISO 8601.</summary>
    internal static Message Words(string kind, params string[] detail) => kind switch
    {
        "note" when detail is [_, ""] => new Message("keys.history.note_removed", [.. detail]),
        "extended" or "shortened" or "expiry_undone" => new Message("event." + kind, [.. detail.Select(d => Format.ParseIso(d) is { } at ? (object)DateTimeOffset.FromUnixTimeMilliseconds(at) : d)]),
        _ => new Message("event." + kind, [.. detail]),
    };
}
