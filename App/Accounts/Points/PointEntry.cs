using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Points;

/// <summary>Points that came to a customer, or went. An entry is never changed: what was wrong is set right by another. Times in unix milliseconds.</summary>
[JsonConverter(typeof(PointEntryConverter))]
public sealed record PointEntry
{
    public const int MaxReason = 200;

    /// <summary>Of one entry, given or taken.</summary>
    public const long MaxAmount = 1_000_000_000;

    /// <summary>Nobody has more.</summary>
    public const long MaxBalance = 1_000_000_000_000;

    private const FieldUse Made = FieldUse.Shown | FieldUse.Inserted;

    public static readonly Fields<PointEntry> Fields = new Fields<PointEntry>("point_entries", "p")
        .Text("id", p => p.Id, (p, v) => p with { Id = v }, use: Made)
        .Text("account_id", p => p.AccountId, (p, v) => p with { AccountId = v }, use: FieldUse.Inserted)
        .Number("number", p => p.Number, (p, v) => p with { Number = v }, use: Made)
        .Number("amount", p => p.Amount, (p, v) => p with { Amount = v }, CheckAmount)
        .Number("balance", p => p.Balance, (p, v) => p with { Balance = v }, use: Made)
        .Text("reason", p => p.Reason, (p, v) => p with { Reason = v }, (check, field, v) => check.Text(field, v, 1, MaxReason))
        .Text("actor", p => p.Actor, (p, v) => p with { Actor = v }, use: Made)
        .Time("created_at", p => p.CreatedAt, (p, v) => p with { CreatedAt = v }, Made);

    public string Id { get; init; } = "";
    public string AccountId { get; init; } = "";

    /// <summary>From 1 for each customer, without a gap.</summary>
    public long Number { get; init; }

    /// <summary>Given; below zero: taken or spent. Never zero.</summary>
    public long Amount { get; init; }

    /// <summary>What there is after it. Never below zero.</summary>
    public long Balance { get; init; }
    public string Reason { get; init; } = "";

    /// <summary>The name of who of staff did it, as it was then; empty: the customer's own doing.</summary>
    public string Actor { get; init; } = "";
    public long CreatedAt { get; init; }

    private static long CheckAmount(FieldChecks checks, string field, long value)
    {
        if (value is 0 or < -MaxAmount or > MaxAmount)
            checks.Wrong(field, "points.field.amount", MaxAmount);
        return value;
    }
}

internal sealed class PointEntryConverter() : FieldsConverter<PointEntry>(PointEntry.Fields);

/// <summary>Points as clients give, take or spend them: described by the fields.</summary>
public sealed record PointsInput;

public sealed record PointsResponse(bool Success, long Balance, PointEntry Entry);

public sealed record PointsList(bool Success, long Balance, IReadOnlyList<PointEntry> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PointsInput))]
[JsonSerializable(typeof(PointsResponse))]
[JsonSerializable(typeof(PointsList))]
internal sealed partial class PointsJson : JsonSerializerContext;
