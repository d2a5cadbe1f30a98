namespace Gatehouse.Relays.Acls;

/// <summary>The numbers of regions. Those from 900 to 999 are left to users by Tailscale (its client's <c>tailcfg.DERPMap</c>); headscale takes 999 for its own relay.</summary>
public static class RegionIds
{
    public const int First = 900, Last = 999;
    private const int Headscale = 999;

    public static bool AreOurs(int id) => id is >= First and <= Last;

    /// <summary>Where <paramref name="count"/> numbers in a row are free, a round one where there is one; null when there is no room.</summary>
    public static int? FreeBase(IEnumerable<int> taken, int count)
    {
        var used = taken.Append(Headscale).ToHashSet();
        return Enumerable.Range(First, Last - First + 1).OrderBy(id => id % 10 == 0 ? 0 : 1).Where(id => id + count - 1 <= Last)
            .Select(id => (int?)id).FirstOrDefault(id => !Enumerable.Range(id!.Value, count).Any(used.Contains));
    }
}
