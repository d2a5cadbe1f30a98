using Gatehouse.Licensing.Licenses;

namespace Gatehouse.Licensing.Activation;

/// <summary>Letters and digits that people take for each other, where the alphabet of codes leaves one out.</summary>
public static class LookAlikes
{
    // So few keys are looked at beside the one that was typed: more would be guessing for whoever guesses.
    private const int Most = 24;
    private static readonly string[] Groups = ["0O", "1IL", "2Z", "5S", "8B", "UV"];

    /// <summary>
    /// The keys, in the form they are looked up by, that somebody may have meant: what the alphabet leaves out, in the code alone,
    /// read as what it looks like. None when there are too many.
    /// </summary>
    public static IReadOnlyList<string> Of(LicenseKey typed, string alphabet)
    {
        var all = new List<string> { typed.Prefix.Replace("-", "", StringComparison.Ordinal) };
        foreach (var c in typed.Code.Where(c => c != '-'))
        {
            var group = alphabet.Contains(c) ? null : Groups.FirstOrDefault(g => g.Contains(c));
            all = [.. all.SelectMany(begun => (group ?? c.ToString()).Select(like => begun + like))];
            if (all.Count > Most + 1)
                return [];
        }
        all.Remove(typed.Compact);
        return all;
    }
}
