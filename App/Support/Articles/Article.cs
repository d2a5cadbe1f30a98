using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui.Parts;

namespace Gatehouse.Support.Articles;

/// <summary>Help that people read and search at <c>/help</c>: a title and Markdown in one language or both.</summary>
[JsonConverter(typeof(ArticleConverter))]
public sealed partial record Article
{
    public const int MaxSlug = 80;
    public const int MaxTitle = 120;
    public const int MaxBody = 20_000;
    private const int MaxPosition = 1_000_000;

    /// <summary>All that is known of an article, declared once.</summary>
    public static readonly Fields<Article> Fields = new Fields<Article>("articles", "a")
        .Text("id", a => a.Id, (a, v) => a with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("slug", a => a.Slug, (a, v) => a with { Slug = v }, CheckSlug)
        .Text("title_en", a => a.TitleEn, (a, v) => a with { TitleEn = v }, Title)
        .Text("title_zh", a => a.TitleZh, (a, v) => a with { TitleZh = v }, Title)
        .Text("body_en", a => a.BodyEn, (a, v) => a with { BodyEn = v }, Body)
        .Text("body_zh", a => a.BodyZh, (a, v) => a with { BodyZh = v }, Body)
        .Flag("published", a => a.Published, (a, v) => a with { Published = v })
        .Number("position", a => a.Position, (a, v) => a with { Position = v }, (check, field, v) => check.Range(field, v, 0, MaxPosition))
        .Text("folded", a => SearchText.Of(a.TitleEn, a.TitleZh, a.BodyEn, a.BodyZh), (a, _) => a, use: FieldUse.Stored)
        .Time("created_at", a => a.CreatedAt, (a, v) => a with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", a => a.UpdatedAt, (a, v) => a with { UpdatedAt = v }, FieldUse.Shown | FieldUse.Stored);

    public string Id { get; init; } = "";

    /// <summary>Its place below <c>/help</c>: small letters, digits and hyphens. Left empty, it is made of the English title.</summary>
    public string Slug { get; init; } = "";
    public string TitleEn { get; init; } = "";
    public string TitleZh { get; init; } = "";

    /// <summary>Markdown, as <see cref="MarkdownText"/> reads it.</summary>
    public string BodyEn { get; init; } = "";
    public string BodyZh { get; init; } = "";

    /// <summary>False: a draft, which only staff see.</summary>
    public bool Published { get; init; }

    /// <summary>Where it stands among the others, the least first.</summary>
    public long Position { get; init; } = 100;
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    /// <summary>Title and Markdown in the reader's language, or in the other where it has none.</summary>
    public (string Title, string Body, string Language) For(Localizer text) =>
        TitleZh.Length > 0 && (text.Language == "zh" || TitleEn.Length == 0) ? (TitleZh, BodyZh, "zh-CN") : (TitleEn, BodyEn, "en");

    /// <summary>The article with a slug, when what is said of it as a whole holds as well.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public static Article Checked(Article wanted)
    {
        var kept = Fields.Checked(wanted);
        if (kept.Slug.Length == 0)
            kept = kept with { Slug = SlugOf(kept.TitleEn) };
        var check = new FieldChecks();
        Whole(check, "en", kept.TitleEn, kept.BodyEn);
        Whole(check, "zh", kept.TitleZh, kept.BodyZh);
        if (kept.TitleEn.Length + kept.TitleZh.Length == 0)
            check.Wrong("title_en", "support.field.title");
        else if (kept.Slug.Length == 0)
            check.Wrong("slug", "articles.field.slug_needed");
        check.ThrowIfAny();
        return kept;
    }

    // A language that has one of the two has both: nobody reads a title in one and a text in the other.
    private static void Whole(FieldChecks check, string language, string title, string body)
    {
        if (title.Length == 0 && body.Length > 0)
            check.Wrong("title_" + language, "support.field.title_of_text");
        if (title.Length > 0 && body.Length == 0)
            check.Wrong("body_" + language, "articles.field.body_of_title");
    }

    private static string SlugOf(string title)
    {
        var slug = NoSlug().Replace(title.ToLowerInvariant(), "-").Trim('-');
        return slug.Length <= MaxSlug ? slug : slug[..MaxSlug].TrimEnd('-');
    }

    private static string CheckSlug(FieldChecks check, string field, string typed)
    {
        var slug = typed.Trim().ToLowerInvariant();
        if (slug.Length > MaxSlug)
            check.Wrong(field, "field.too_long", MaxSlug);
        else if (slug.Length > 0 && !IsSlug().IsMatch(slug))
            check.Wrong(field, "articles.field.slug");
        return slug;
    }

    private static string Title(FieldChecks check, string field, string typed) => check.Text(field, typed, 0, MaxTitle);

    private static string Body(FieldChecks check, string field, string typed)
    {
        var body = check.Text(field, typed.ReplaceLineEndings("\n"), 0, MaxBody, lines: true); // Browsers end lines as they please.
        if (!check.Has(field) && !MarkdownText.IsReadable(body))
            check.Wrong(field, "field.nested");
        return body;
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex IsSlug();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoSlug();
}

internal sealed class ArticleConverter() : FieldsConverter<Article>(Article.Fields);

/// <summary>An article as lists have it: without its texts.</summary>
public sealed record ArticleItem(string Id, string Slug, string TitleEn, string TitleZh, bool Published, long Position, long CreatedAt, long UpdatedAt)
{
    /// <summary>The title in the reader's language, or in the other where it has none.</summary>
    public string Title(Localizer text) => TitleZh.Length > 0 && (text.Language == "zh" || TitleEn.Length == 0) ? TitleZh : TitleEn;

    /// <summary>Where the list goes on after it.</summary>
    public string Cursor => $"{Position}:{Id}";
}

/// <summary>An article as clients send it, whole or in part: described by its fields.</summary>
public sealed record ArticleInput;

public sealed record ArticleResponse(bool Success, Article Article);

public sealed record ArticleItemView(string Id, string Slug, string TitleEn, string TitleZh, bool Published, long Position, string CreatedAt, string UpdatedAt)
{
    public static ArticleItemView Of(ArticleItem a) => new(a.Id, a.Slug, a.TitleEn, a.TitleZh, a.Published, a.Position, Format.Iso(a.CreatedAt), Format.Iso(a.UpdatedAt));
}

public sealed record ArticleList(bool Success, IReadOnlyList<ArticleItemView> Items, string? Next);

public sealed record ArticleRemoved(bool Success, string Id);

/// <summary>JSON of articles. Clients' bodies are read by <see cref="Article.Fields"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ArticleInput))]
[JsonSerializable(typeof(ArticleResponse))]
[JsonSerializable(typeof(ArticleList))]
[JsonSerializable(typeof(ArticleRemoved))]
internal sealed partial class ArticleJson : JsonSerializerContext;
