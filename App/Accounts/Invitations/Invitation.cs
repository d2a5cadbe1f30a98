using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Invitations;

/// <summary>A link by which so many people may make an account, until its end. Times in unix milliseconds.</summary>
[JsonConverter(typeof(InvitationConverter))]
public sealed record Invitation
{
    public const int MaxName = 80;
    public const long MaxUses = 10_000;

    /// <summary>The furthest end.</summary>
    public const int MaxDays = 366;

    /// <summary>All that <see cref="State"/> may be.</summary>
    public static readonly IReadOnlyList<string> States = ["open", "used", "expired", "revoked"];

    private const FieldUse Made = FieldUse.Shown | FieldUse.Inserted;

    /// <summary>Reads give <c>@now</c>.</summary>
    public static readonly Fields<Invitation> Fields = new Fields<Invitation>("invitations", "i")
        .Text("id", i => i.Id, (i, v) => i with { Id = v }, use: Made)
        .Text("name", i => i.Name, (i, v) => i with { Name = v }, (check, field, v) => check.Text(field, v, 0, MaxName))
        .Number("max_uses", i => i.Uses, (i, v) => i with { Uses = v }, (check, field, v) => check.Range(field, v, 1, MaxUses))
        .Number("uses", i => i.Used, (i, v) => i with { Used = v }, use: FieldUse.Shown)
        .MomentOrNull("expires_at", i => i.ExpiresAt, (i, v) => i with { ExpiresAt = v }, (_, _, v) => v)
        .Text("state", i => i.State, (i, v) => i with { State = v }, use: FieldUse.Shown,
            sql: "CASE WHEN i.revoked_at IS NOT NULL THEN 'revoked' WHEN i.uses >= i.max_uses THEN 'used' WHEN i.expires_at <= @now THEN 'expired' ELSE 'open' END")
        .Text("created_by", i => i.CreatedBy, (i, v) => i with { CreatedBy = v }, use: Made)
        .Time("created_at", i => i.CreatedAt, (i, v) => i with { CreatedAt = v }, Made);

    public string Id { get; init; } = "";

    /// <summary>What staff call it: whom it is for.</summary>
    public string Name { get; init; } = "";

    /// <summary>How many may make an account by it.</summary>
    public long Uses { get; init; } = 1;

    /// <summary>How many have.</summary>
    public long Used { get; init; }

    /// <summary>Until then; where none was given, for a week.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>One of <see cref="States"/>, as it is at the moment of the read.</summary>
    public string State { get; init; } = "open";

    /// <summary>The name of who made it, as it was then.</summary>
    public string CreatedBy { get; init; } = "";
    public long CreatedAt { get; init; }
}

internal sealed class InvitationConverter() : FieldsConverter<Invitation>(Invitation.Fields);

/// <summary>An invitation as clients send it: described by its fields.</summary>
public sealed record InvitationInput;

/// <param name="Link">What to send to people.</param>
public sealed record InvitationResponse(bool Success, Invitation Invitation, string Link);

public sealed record InvitationList(bool Success, IReadOnlyList<Invitation> Items, string? Next);

public sealed record InvitationRevoked(bool Success, Invitation Invitation);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InvitationInput))]
[JsonSerializable(typeof(InvitationResponse))]
[JsonSerializable(typeof(InvitationList))]
[JsonSerializable(typeof(InvitationRevoked))]
internal sealed partial class InvitationJson : JsonSerializerContext;

/// <summary>What is refused about invitations.</summary>
public static class InvitationErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_INVITATION");

    /// <summary>Accounts are made by invitation only, and there was none.</summary>
    public static readonly ErrorCode Required = new(403, "INVITATION_REQUIRED");

    /// <summary>Unknown, used up, over or revoked.</summary>
    public static readonly ErrorCode Invalid = new(403, "INVITATION_INVALID");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Required, Invalid];
}
