namespace Gatehouse.Relays.Tailnets;

/// <summary>A line of what changes.</summary>
/// <param name="Sign"><c>-</c> goes, <c>+</c> comes, a blank stays.</param>
public sealed record DiffLine(char Sign, string Text);

/// <summary>What is different between two policies of which one part was replaced: the lines that go and come, with some around them.</summary>
public static class PolicyDiff
{
    private const int Around = 3;

    /// <summary>Empty: nothing is.</summary>
    public static IReadOnlyList<DiffLine> Of(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var (same, last) = (0, Math.Min(old.Length, now.Length));
        while (same < last && old[same] == now[same])
            same++;
        if (same == old.Length && same == now.Length)
            return [];
        var end = 0;
        while (end < last - same && old[^(end + 1)] == now[^(end + 1)])
            end++;
        return
        [
            .. old[Math.Max(0, same - Around)..same].Select(l => new DiffLine(' ', l)), .. old[same..^end].Select(l => new DiffLine('-', l)), .. now[same..^end].Select(l => new DiffLine('+', l)),
            .. old[^end..].Take(Around).Select(l => new DiffLine(' ', l)),
        ];
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');
}
