namespace Gatehouse.Platform.Hosting;

/// <summary>Finds what somebody who mistyped a name most likely meant.</summary>
public static class Nearest
{
    /// <summary>The name with the fewest edits away, ignoring case; null when none is near (more than a third of it differs).</summary>
    public static string? To(string typed, IEnumerable<string> names)
    {
        var best = names.Select(n => (Name: n, Edits: Edits(typed.ToLowerInvariant(), n.ToLowerInvariant()))).MinBy(p => p.Edits);
        return best.Name is not null && best.Edits <= Math.Max(2, best.Name.Length / 3) ? best.Name : null;
    }

    // Damerau-Levenshtein: two letters exchanged count as one edit.
    internal static int Edits(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
