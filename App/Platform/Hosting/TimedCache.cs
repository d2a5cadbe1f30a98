namespace Gatehouse.Platform.Hosting;

/// <summary>
/// Values that are dear to make, each kept for twenty times as long as it took: making them never takes more than a twentieth of
/// the time, however often they are asked for, and what is made quickly is always new. Callers who ask at once share one making.
/// </summary>
/// <param name="least">Each is kept at least that long.</param>
/// <param name="dear">A value that took this long or longer is given while a new one is made, unless it is older than a minute and than forty times as long as it took; null: callers wait for the new one.</param>
/// <param name="failed">Hears why a value could not be made for which nobody waited; the old one stays, and the next caller tries again.</param>
public sealed class TimedCache<TKey, TValue>(TimeProvider clock, TimeSpan least = default, TimeSpan? dear = null, Action<Exception>? failed = null) where TKey : notnull
{
    private const int Times = 20;
    private const int MaxEntries = 1000;
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _entries = [];

    /// <summary>The value that is kept, or else a new one.</summary>
    /// <param name="make">Runs to its end even when this caller goes: others may wait for it.</param>
    /// <exception cref="OperationCanceledException">The caller went.</exception>
    public async ValueTask<TValue> Get(TKey key, Func<Task<TValue>> make, CancellationToken ct)
    {
        Task<TValue> running;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                if (_entries.Count >= MaxEntries)
                    _entries.Clear();
                _entries[key] = entry = new Entry();
            }
            if (entry.Last is { } last)
            {
                if (last.Version == entry.Version && clock.GetElapsedTime(last.Stamp) < Longer(least, last.Took * Times))
                    return last.Value;
                // Not one that nobody has asked for in a long time: it may be of yesterday.
                if (last.Took >= dear && clock.GetElapsedTime(last.Stamp) < Longer(Oldest, last.Took * Times * 2))
                {
                    Begin(entry, version => Refresh(entry, version, last, make));
                    return last.Value;
                }
                // One that began before the value was called old would not know what has changed since.
                if (entry.RunningVersion < entry.Version)
                    entry.Running = null;
            }
            running = Begin(entry, version => Make(entry, version, make));
        }
        return await running.WaitAsync(ct);
    }

    /// <summary>What was kept is old from now on.</summary>
    public void Expire(TKey key)
    {
        lock (_gate)
            if (_entries.TryGetValue(key, out var entry))
                entry.Version++;
    }

    private static Task<TValue> Begin(Entry entry, Func<int, Task<TValue>> make)
    {
        if (entry.Running is not null)
            return entry.Running;
        var version = entry.RunningVersion = entry.Version;
        // Elsewhere: nothing of it runs under the lock.
        return entry.Running = Task.Run(() => make(version));
    }

    private async Task<TValue> Make(Entry entry, int version, Func<Task<TValue>> make)
    {
        try
        {
            var start = clock.GetTimestamp();
            var value = await make();
            lock (_gate)
                if (entry.Last is null || entry.Last.Version <= version)
                    entry.Last = new Made(value, clock.GetTimestamp(), clock.GetElapsedTime(start), version);
            return value;
        }
        finally
        {
            lock (_gate)
                if (entry.RunningVersion == version)
                    entry.Running = null;
        }
    }

    private async Task<TValue> Refresh(Entry entry, int version, Made old, Func<Task<TValue>> make)
    {
        try
        {
            return await Make(entry, version, make);
        }
        catch (Exception e)
        {
            failed?.Invoke(e);
            return old.Value;
        }
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed record Made(TValue Value, long Stamp, TimeSpan Took, int Version);

    private sealed class Entry
    {
        public Made? Last;
        public Task<TValue>? Running;
        public int RunningVersion;

        /// <summary>Counts how often the value was called old.</summary>
        public int Version;
    }
}
