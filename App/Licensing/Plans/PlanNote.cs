using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;

namespace Gatehouse.Licensing.Plans;

/// <summary>What staff want to remember of a plan, such as who supplies it: pinned to it, seen by staff only, and removed when it is no longer so.</summary>
[JsonConverter(typeof(PlanNoteConverter))]
public sealed record PlanNote
{
    public const int MaxText = 500;
    private const FieldUse Made = FieldUse.Shown | FieldUse.Inserted;

    public static readonly Fields<PlanNote> Fields = new Fields<PlanNote>("plan_notes", "n")
        .Text("id", n => n.Id, (n, v) => n with { Id = v }, use: Made)
        .Text("plan_id", n => n.PlanId, (n, v) => n with { PlanId = v }, use: Made)
        .Text("text", n => n.Text, (n, v) => n with { Text = v }, (check, field, v) => check.Text(field, v, 1, MaxText, lines: true))
        .Text("author", n => n.Author, (n, v) => n with { Author = v }, use: Made)
        .Time("created_at", n => n.CreatedAt, (n, v) => n with { CreatedAt = v }, Made);

    public string Id { get; init; } = "";
    public string PlanId { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>The name of who wrote it, as it was then.</summary>
    public string Author { get; init; } = "";
    public long CreatedAt { get; init; }
}

internal sealed class PlanNoteConverter() : FieldsConverter<PlanNote>(PlanNote.Fields);

/// <summary>A note as clients send it: described by its fields.</summary>
public sealed record PlanNoteInput;

public sealed record PlanNoteResponse(bool Success, PlanNote Note);

public sealed record PlanNoteList(bool Success, IReadOnlyList<PlanNote> Items, string? Next);

public sealed record PlanNoteRemoved(bool Success, string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PlanNoteInput))]
[JsonSerializable(typeof(PlanNoteResponse))]
[JsonSerializable(typeof(PlanNoteList))]
[JsonSerializable(typeof(PlanNoteRemoved))]
internal sealed partial class PlanNoteJson : JsonSerializerContext;
