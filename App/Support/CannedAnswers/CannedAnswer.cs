using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.CannedAnswers;

/// <summary>An answer that staff give again and again: a text in one language or both, with gaps such as <c>{{name}}</c> that each customer's own values fill.</summary>
[JsonConverter(typeof(CannedAnswerConverter))]
public sealed partial record CannedAnswer
{
    public const int MaxTitle = 80;
    public const int MaxText = 5000;

    /// <summary>All that is known of one, declared once.</summary>
    public static readonly Fields<CannedAnswer> Fields = new Fields<CannedAnswer>("canned_answers", "c")
        .Text("id", c => c.Id, (c, v) => c with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("title", c => c.Title, (c, v) => c with { Title = v }, (check, field, v) => check.Text(field, v, 1, MaxTitle))
        .Text("text_en", c => c.TextEn, (c, v) => c with { TextEn = v }, Body)
        .Text("text_zh", c => c.TextZh, (c, v) => c with { TextZh = v }, Body)
        .Text("folded", c => SearchText.Of(c.Title, c.TextEn, c.TextZh), (c, _) => c, use: FieldUse.Stored)
        .Time("created_at", c => c.CreatedAt, (c, v) => c with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", c => c.UpdatedAt, (c, v) => c with { UpdatedAt = v }, FieldUse.Shown | FieldUse.Stored);

    public string Id { get; init; } = "";

    /// <summary>By which staff find it; customers never see it.</summary>
    public string Title { get; init; } = "";
    public string TextEn { get; init; } = "";
    public string TextZh { get; init; } = "";
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    /// <summary>The text in that language, or in the other where it has none, its gaps filled; one of another name stays as it is.</summary>
    public string For(string language, IReadOnlyDictionary<string, string> values)
    {
        var text = TextZh.Length > 0 && (language == "zh" || TextEn.Length == 0) ? TextZh : TextEn;
        return Gap().Replace(text, m => values.TryGetValue(m.Groups[1].Value, out var value) ? value : m.Value);
    }

    /// <summary>The answer, when what is said of it as a whole holds as well.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public static CannedAnswer Checked(CannedAnswer wanted)
    {
        var kept = Fields.Checked(wanted);
        return kept.TextEn.Length + kept.TextZh.Length > 0 ? kept : throw Refusal.Field("text_en", "canned.field.text");
    }

    private static string Body(FieldChecks check, string field, string typed) => check.Text(field, typed.ReplaceLineEndings("\n"), 0, MaxText, lines: true);

    [GeneratedRegex(@"\{\{([a-z_]{1,40})\}\}")]
    private static partial Regex Gap();
}

internal sealed class CannedAnswerConverter() : FieldsConverter<CannedAnswer>(CannedAnswer.Fields);

/// <summary>A canned answer as clients send it, whole or in part: described by its fields.</summary>
public sealed record CannedAnswerInput;

public sealed record CannedAnswerResponse(bool Success, [property: JsonPropertyName("canned_answer")] CannedAnswer Answer);

public sealed record CannedAnswerList(bool Success, IReadOnlyList<CannedAnswer> Items, string? Next);

public sealed record CannedAnswerRemoved(bool Success, string Id);

/// <summary>JSON of canned answers. Clients' bodies are read by <see cref="CannedAnswer.Fields"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CannedAnswerInput))]
[JsonSerializable(typeof(CannedAnswerResponse))]
[JsonSerializable(typeof(CannedAnswerList))]
[JsonSerializable(typeof(CannedAnswerRemoved))]
internal sealed partial class CannedAnswerJson : JsonSerializerContext;
