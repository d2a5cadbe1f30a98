using System.Collections.Concurrent;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Licensing.LicenseFiles;

/// <summary>
/// Issues licence files, and gives the same one again for a short while: a program that asks every few seconds does not need
/// a new signature each time. A file is never older than a minute or a hundredth of its grace.
/// </summary>
public sealed class LicenseFileIssuer(SigningKeys keys)
{
    private const int MaxKept = 4096;
    private const long MaxAge = 60_000;
    private readonly ConcurrentDictionary<(string, string, string), Issued> _kept = new();

    private int _issued;

    private sealed record Issued(Candidate Key, SigningKey Signer, long At, string Text);

    /// <summary>The licence file of a valid key for a machine, good for the plan's offline grace but never past the key's end; null without grace.</summary>
    public async ValueTask<string?> For(string tenant, Candidate key, string machine, long now)
    {
        if (key.OfflineGraceSeconds == 0)
            return null;
        var id = (tenant, key.Id, machine);
        var signer = await keys.Current(tenant);
        // One from a time to come was issued while the clock was ahead.
        if (_kept.TryGetValue(id, out var kept) && kept.Key == key && kept.Signer == signer && now >= kept.At && now - kept.At < Math.Min(MaxAge, key.OfflineGraceSeconds * 10))
            return kept.Text;
        var until = Math.Min(now + key.OfflineGraceSeconds * 1000, key.ExpireAt ?? long.MaxValue);
        var text = LicenseFile.Issue(signer, key, machine, now, until);
        // When it is full, starting over costs each program one signature. Counted here: the dictionary's own count takes all its locks.
        if (Interlocked.Increment(ref _issued) % MaxKept == 0)
            _kept.Clear();
        _kept[id] = new Issued(key, signer, now, text);
        return text;
    }
}
