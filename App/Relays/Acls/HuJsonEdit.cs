namespace Gatehouse.Relays.Acls;

/// <summary>Changes one member of a HuJSON object and leaves every other character as it is.</summary>
public static class HuJsonEdit
{
    /// <summary>Puts a value in the place of the member's, or a new member first into an object that lacks it.</summary>
    /// <param name="value">Makes the value for lines that are indented so and end so.</param>
    /// <exception cref="HuJsonException">The text is no object in HuJSON, or has that member twice.</exception>
    public static string Put(string text, string name, Func<string, string, string> value)
    {
        var document = HuJson.Parse(text);
        var (root, eol) = (document.Root, LineEnd(text));
        var changed = Only(text, root, name) is not { } member
            ? $"{text[..(root.Start + 1)]}{eol}\t\"{name}\": {value("\t", eol)}{(root.Members.Count > 0 ? "," : "")}{text[(root.Start + 1)..]}"
            : text[..member.Value.Start] + value(Indent(text, member.Start), eol) + text[member.Value.End..];
        Compare(text, root, changed, name);
        return changed;
    }

    /// <summary>Takes a member out, with the comma behind it, and the line that it began on where nothing else is on it.</summary>
    /// <exception cref="HuJsonException">The text is no object in HuJSON, or has that member twice.</exception>
    public static string Remove(string text, string name)
    {
        var document = HuJson.Parse(text);
        if (Only(text, document.Root, name) is not { } member)
            return text;
        var (start, comma) = (member.Start, member.Value.End);
        // The line end that ends a comment stays.
        var least = document.Comments.Where(c => c.End <= start).Select(c => c.End).DefaultIfEmpty().Max();
        while (start > least && text[start - 1] is ' ' or '\t' or '\r' or '\n')
            start--;
        // Comments may stand before the comma.
        while (text[comma] is ' ' or '\t' or '\r' or '\n' or '/')
            comma = text[comma] == '/' ? document.Comments.First(c => c.Start == comma).End : comma + 1;
        var changed = text[comma] == ',' ? text[..start] + text[member.Value.End..comma] + text[(comma + 1)..] : text[..start] + text[member.Value.End..];
        if (!Others(text, document.Root, name).SequenceEqual(Others(changed, HuJson.Parse(changed).Root, name)))
            throw new InvalidOperationException($"Taking {name} out of a policy changed more than that.");
        return changed;
    }

    /// <summary>The member of that name, whatever its case; null when there is none. Two of them are refused: programs differ in which they read.</summary>
    /// <exception cref="HuJsonException">It is no object, or has two.</exception>
    public static HuJsonMember? Only(string text, HuJsonValue value, string name)
    {
        if (value.Kind != HuJsonKind.Object)
            throw HuJson.Wrong(text, value.Start, "not_object");
        var hits = value.Named(name);
        if (hits.Count < 2)
            return hits.Count == 0 ? null : hits[0];
        var (first, second) = (HuJson.Place(text, hits[0].Start), HuJson.Place(text, hits[1].Start));
        throw new HuJsonException("twice", second.Line, second.Column, $"{first.Line}");
    }

    /// <summary>How its lines end: as the first does.</summary>
    internal static string LineEnd(string text) => text.IndexOf('\n') is > 0 and var at && text[at - 1] == '\r' ? "\r\n" : "\n";

    // What the line begins with, where nothing else stands before the name.
    private static string Indent(string text, int at)
    {
        var lead = text[(text.LastIndexOf('\n', Math.Max(0, at - 1), at) + 1)..at];
        return lead.All(c => c is ' ' or '\t') ? lead : "";
    }

    // It is somebody's way into their own network: what was not to be changed is compared before anybody gets it.
    private static void Compare(string text, HuJsonValue root, string changed, string name)
    {
        var now = HuJson.Parse(changed).Root;
        if (!Others(text, root, name).SequenceEqual(Others(changed, now, name)) || Only(changed, now, name) is null)
            throw new InvalidOperationException($"Putting {name} into a policy changed more than that.");
    }

    private static IEnumerable<string> Others(string text, HuJsonValue root, string name) =>
        root.Members.Where(m => !m.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(m => text[m.Start..m.Value.End]);
}
