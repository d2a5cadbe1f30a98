using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Support.Announcements;

/// <summary>
/// The announcements that pages show as banners, kept in memory. As settings are, they are read anew every few seconds, so that every
/// node of a shared database shows a change within <see cref="Freshness"/>; the node that made it, at once.
/// </summary>
public sealed class AnnouncementBoard(Database db, TimeProvider clock) : IBannerSource
{
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    // More than anybody reads. What begins later is known before it does.
    private const int Most = 100;

    private readonly ConcurrentDictionary<string, (long ReadAt, IReadOnlyList<Entry> Entries)> _boards = new();

    public async ValueTask Refresh(string tenant)
    {
        if (!_boards.TryGetValue(tenant, out var known) || clock.GetElapsedTime(known.ReadAt) >= Freshness)
            await Read(tenant);
    }

    public IEnumerable<Banner> Current(string tenant, Localizer text, DateTimeOffset now)
    {
        if (!_boards.TryGetValue(tenant, out var board) || board.Entries.Count == 0)
            return [];
        var at = now.ToUnixTimeMilliseconds();
        return board.Entries.Where(e => e.Said.StateAt(at) == "current").Select(e =>
        {
            var (title, words, _) = e.Said.For(text);
            return new Banner(e.Key, e.Said.IsWarning ? "warn" : "info", title, words, "/news#" + e.Said.Id, e.Said.ForCustomers, e.Said.ForStaff);
        });
    }

    /// <summary>Shows on this node what the transaction changes, once it has ended.</summary>
    internal void ShowAfter(WriteTx s, string tenant) => s.AfterCommit(() => Read(tenant));

    private async Task Read(string tenant)
    {
        var time = clock.GetTimestamp();
        var rows = await db.Read(s => AnnouncementStore.Ahead(s, tenant, Most, clock.GetUtcNow().ToUnixTimeMilliseconds()));
        var read = (ReadAt: time, Entries: (IReadOnlyList<Entry>)[.. rows.OrderBy(a => !a.IsWarning).Select(a => new Entry(Key(a), a))]);
        // What was read before a change must not take the place of what was read after it.
        _boards.AddOrUpdate(tenant, read, (_, there) => there.ReadAt > time ? there : read);
    }

    // Of its words and what makes it matter, not of its times: who has closed it sees it again when it says something else.
    private static string Key(Announcement a)
    {
        var said = string.Join('\n', a.Id, a.Severity, a.TitleEn, a.TitleZh, a.TextEn, a.TextZh);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)).AsSpan(0, 8));
    }

    private sealed record Entry(string Key, Announcement Said);
}
