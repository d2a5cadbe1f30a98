using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;

namespace Gatehouse.Accounts.Notes;

/// <summary>Something that staff noted of a customer, who never sees it. Times in unix milliseconds.</summary>
[JsonConverter(typeof(AccountNoteConverter))]
public sealed record AccountNote
{
    public const int MaxText = 2000;
    private const FieldUse Made = FieldUse.Shown | FieldUse.Inserted;

    public static readonly Fields<AccountNote> Fields = new Fields<AccountNote>("account_notes", "n")
        .Text("id", n => n.Id, (n, v) => n with { Id = v }, use: Made)
        .Text("account_id", n => n.AccountId, (n, v) => n with { AccountId = v }, use: FieldUse.Inserted)
        .Text("text", n => n.Text, (n, v) => n with { Text = v }, (check, field, v) => check.Text(field, v, 1, MaxText, lines: true))
        .Text("author", n => n.Author, (n, v) => n with { Author = v }, use: Made)
        .Time("created_at", n => n.CreatedAt, (n, v) => n with { CreatedAt = v }, Made);

    public string Id { get; init; } = "";
    public string AccountId { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>The name of who wrote it, as it was then.</summary>
    public string Author { get; init; } = "";
    public long CreatedAt { get; init; }
}

internal sealed class AccountNoteConverter() : FieldsConverter<AccountNote>(AccountNote.Fields);

/// <summary>A note as clients send it: described by its fields.</summary>
public sealed record AccountNoteInput;

public sealed record AccountNoteResponse(bool Success, AccountNote Note);

public sealed record AccountNoteList(bool Success, IReadOnlyList<AccountNote> Items, string? Next);

public sealed record AccountNoteRemoved(bool Success, string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AccountNoteInput))]
[JsonSerializable(typeof(AccountNoteResponse))]
[JsonSerializable(typeof(AccountNoteList))]
[JsonSerializable(typeof(AccountNoteRemoved))]
internal sealed partial class AccountNoteJson : JsonSerializerContext;
