using System.Buffers.Text;
using System.Text;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Http;

/// <summary>One page of a list that is walked by key, newest first.</summary>
/// <param name="Next">The cursor for the following page; null at the end.</param>
public sealed record Slice<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Makes a page of rows that were asked for one beyond the limit.</summary>
    public static Slice<T> Of(List<T> rows, int limit, Func<T, string> cursor)
    {
        if (rows.Count <= limit)
            return new Slice<T>(rows, null);
        rows.RemoveRange(limit, rows.Count - limit);
        return new Slice<T>(rows, Cursor.Encode(cursor(rows[^1])));
    }
}

/// <summary>What is typed into the search of a list.</summary>
public static class SearchTerm
{
    private const int MaxLength = 200;

    /// <summary>The term without what came along unseen (<see cref="PastedText"/>); null for none.</summary>
    /// <exception cref="Refusal">422 on <c>q</c>.</exception>
    public static string? Of(string? typed)
    {
        if (string.IsNullOrEmpty(typed))
            return null;
        if (typed.Length > MaxLength)
            throw Refusal.Field("q", "field.too_long", MaxLength);
        var term = PastedText.Clean(typed);
        return term.Any(char.IsControl) ? throw Refusal.Field("q", "field.control_characters") : term.Length == 0 ? null : term;
    }
}

/// <summary>The span of time that a list is narrowed by, in unix milliseconds, its end exclusive.</summary>
public static class TimeRange
{
    /// <summary>What <c>from</c> and <c>to</c> ask for, as ISO 8601; null for nothing.</summary>
    public static (long? From, long? To) Of(IQueryCollection query, FieldChecks checks) => (Time(query, "from", checks), Time(query, "to", checks));

    private static long? Time(IQueryCollection query, string name, FieldChecks checks)
    {
        if (query[name].ToString() is not { Length: > 0 } text)
            return null;
        if (Format.ParseIso(text) is { } time)
            return time;
        checks.Wrong(name, "field.time");
        return null;
    }
}

/// <summary>Cursors are opaque to callers: base64url of the last row's sort key.</summary>
public static class Cursor
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    public static string Encode(string position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(position));

    /// <summary>The position, null for no cursor.</summary>
    /// <exception cref="Refusal">422 on <c>after</c> when it is not one of ours.</exception>
    public static string? Decode(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return null;
        if (cursor.Length > 400 || !Base64Url.IsValid(cursor))
            throw Refusal.Field("after", "field.cursor");
        var position = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return position.Any(char.IsControl) ? throw Refusal.Field("after", "field.cursor") : position;
    }

    /// <exception cref="Refusal">422 on <c>limit</c> outside 1 to 500.</exception>
    public static int Limit(string? value) => value switch
    {
        null or "" => DefaultLimit,
        _ when int.TryParse(value, out var limit) && limit is >= 1 and <= MaxLimit => limit,
        _ => throw Refusal.Field("limit", "field.range", 1, MaxLimit),
    };
}
