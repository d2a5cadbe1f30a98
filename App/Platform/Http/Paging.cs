using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

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

/// <summary>Something that a list can be sorted by, served by an index over the expression and the row's id.</summary>
/// <param name="Name">In addresses and REST.</param>
/// <param name="Words">The key of what people call it.</param>
/// <param name="Sql">Never null; empty: the id alone, which is the order that rows were made in.</param>
/// <param name="GreatestFirst">What is wanted first.</param>
public sealed record SortKey(string Name, string Words, string Sql, bool IsNumber = false, bool GreatestFirst = false);

/// <summary>An order of a list. Rows that are alike in it stand in that of their ids, so that each has one place.</summary>
public sealed record ListOrder(SortKey Key, bool Descending)
{
    /// <summary>In addresses and REST: <c>name</c>, and <c>-name</c> from the end.</summary>
    public string Text => (Descending ? "-" : "") + Key.Name;

    /// <summary>The order that was asked for; null for a word that is none.</summary>
    /// <param name="keys">The first, its greatest first, where nothing was asked for.</param>
    public static ListOrder? Of(string? asked, IReadOnlyList<SortKey> keys) => string.IsNullOrEmpty(asked) ? new(keys[0], keys[0].GreatestFirst)
        : keys.FirstOrDefault(k => k.Name == asked.TrimStart('-') && asked.Length - k.Name.Length is 0 or 1) is { } key ? new(key, asked[0] == '-') : null;

    public bool ById => Key.Sql.Length == 0;

    /// <param name="id">The column of the rows' ids.</param>
    public string By(string id) => ById ? $"{id}{Way}" : $"{Key.Sql}{Way}, {id}{Way}";

    /// <summary>The rows after a cursor.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>: it is of another order, or none of ours.</exception>
    public SqlFilter After(SqlFilter where, string id, string? cursor)
    {
        var beyond = Descending ? "<" : ">";
        if (Cursor.Decode(cursor) is not { } position)
            return where;
        if (ById)
            return where.And($"{id} {beyond} @after", ("after", position));
        if (position.Split(' ', 2) is not [var after, var text] || (Key.IsNumber && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            throw Refusal.Field("after", "field.cursor");
        return where.And($"({Key.Sql}, {id}) {beyond} (@key, @after)", ("key", Key.IsNumber ? long.Parse(text, CultureInfo.InvariantCulture) : text), ("after", after));
    }

    /// <summary>The position of a row, for its cursor.</summary>
    /// <param name="key">The column that <see cref="SortKey.Sql"/> was read as.</param>
    public string Position(string id, Row row, int key) => ById ? id : $"{id} {(Key.IsNumber ? row.GetInt64(key).ToString(CultureInfo.InvariantCulture) : row.GetString(key))}";

    private string Way => Descending ? " DESC" : "";
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
