using System.Diagnostics;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>SQLite's own ways: the writer that groups, durability, a full disk, a damaged file.</summary>
public sealed class SqliteTests
{
    private static async Task<TestDatabase> Open()
    {
        var test = await TestDatabase.Open(Engine.Sqlite);
        await test.Database.Write(s => s.Execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, words TEXT)"));
        return test;
    }

    private static ValueTask<int> Insert(WriteTx s, string id, string words = "") =>
        s.Execute("INSERT INTO things (id, words) VALUES (@id, @words)", ("id", id), ("words", words));

    private static Task<long> Count(Database db) => db.Read(s => s.Number("SELECT COUNT(*) FROM things"));

    /// <summary>Occupies the writer until disposed of, so that what is written meanwhile becomes one group.</summary>
    private sealed class HeldWriter(ManualResetEventSlim gate, Task<bool> held) : IAsyncDisposable
    {
        public static async Task<HeldWriter> Of(Database db)
        {
            var gate = new ManualResetEventSlim();
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var held = db.Write(_ =>
            {
                started.SetResult();
                gate.Wait();
                return new ValueTask<bool>(true);
            });
            await started.Task;
            return new HeldWriter(gate, held);
        }

        public async ValueTask DisposeAsync()
        {
            gate.Set();
            await held;
            gate.Dispose();
        }
    }

    [Fact]
    public async Task Closing_waits_for_those_who_read_and_lets_nobody_open_it_again()
    {
        var test = await Open();
        var (reading, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var read = test.Database.Read(async s =>
        {
            reading.SetResult();
            await go.Task;
            return await s.Number("SELECT COUNT(*) FROM things");
        });
        await reading.Task;
        var closing = test.Database.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        go.SetResult();
        Assert.Equal(0, await read);
        await closing;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Count(test.Database));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => test.Database.ReadOne(s => s.Number("SELECT COUNT(*) FROM things")));
        // Whole, and nothing beside it.
        Assert.DoesNotContain(Directory.EnumerateFiles(test.Folder.Path), f => f.EndsWith("-wal", StringComparison.Ordinal) || f.EndsWith("-shm", StringComparison.Ordinal));
        await test.DisposeAsync();
    }

    [Fact]
    public void A_statement_is_prepared_once_whatever_it_is_bound_to()
    {
        using var folder = new TestFolder();
        using var connection = new SqliteConnection(Path.Combine(folder.Path, "things.db"));
        connection.Run("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, words TEXT); INSERT INTO things VALUES ('a', 'x'), ('b', 'xy')");
        using var statement = connection.Prepare("SELECT id FROM things WHERE words LIKE @like ORDER BY id LIMIT @limit", out _)!;
        foreach (var (like, limit) in new[] { ("x%", 1L), ("%y", 2L), ("x%", 1L) })
        {
            statement.Bind([("like", like), ("limit", limit)]);
            statement.Run();
        }
        Assert.Equal(0, statement.PreparedAgain);
    }

    /// <summary>The connection that brings the log into the file at the end has then never been used.</summary>
    [Fact]
    public async Task A_database_that_was_made_and_never_written_closes_at_once()
    {
        using var folder = new TestFolder();
        var db = await Database.Open(folder.Path, null);
        var watch = Stopwatch.StartNew();
        await db.DisposeAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task Writes_that_wait_share_a_transaction_and_none_is_seen_before_its_end()
    {
        await using var test = await Open();
        List<Task<int>> writes;
        await using (await HeldWriter.Of(test.Database))
        {
            writes = [.. Enumerable.Range(0, 50).Select(i => test.Database.Write(s => Insert(s, $"row-{i}")))];
            await Task.Delay(50);
            Assert.All(writes, w => Assert.False(w.IsCompleted));
            Assert.Equal(0, await Count(test.Database));
        }
        await Task.WhenAll(writes);
        Assert.Equal(50, await Count(test.Database));
    }

    [Fact]
    public async Task In_a_group_the_refused_and_the_cancelled_leave_the_others_alone()
    {
        await using var test = await Open();
        using var cancel = new CancellationTokenSource();
        Task<int> good, refused, doubled, cancelled, last;
        await using (await HeldWriter.Of(test.Database))
        {
            good = test.Database.Write(s => Insert(s, "good"));
            refused = test.Database.Write<int>(async s => await Insert(s, "refused") > 0 ? throw new Refusal(new(409, "NO")) : 0);
            doubled = test.Database.Write(s => Insert(s, "good"));
            cancelled = test.Database.Write(s => Insert(s, "cancelled"), cancel.Token);
            last = test.Database.Write(s => Insert(s, "last"));
            await cancel.CancelAsync();
        }
        await good;
        await last;
        await Assert.ThrowsAsync<Refusal>(() => refused);
        await Assert.ThrowsAsync<ConflictException>(() => doubled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(["good", "last"], await test.Database.Read(s => s.All("SELECT id FROM things ORDER BY id", r => r.GetString(0))));
    }

    [Fact]
    public async Task More_writes_than_a_group_takes_all_arrive()
    {
        await using var test = await Open();
        List<Task<int>> writes;
        await using (await HeldWriter.Of(test.Database))
            writes = [.. Enumerable.Range(0, 1500).Select(i => test.Database.Write(s => Insert(s, $"row-{i}")))];
        await Task.WhenAll(writes);
        Assert.Equal(1500, await Count(test.Database));
    }

    [Fact]
    public async Task Commits_are_flushed_to_disk_and_references_hold()
    {
        await using var test = await Open();
        Assert.Equal("wal", await test.Database.Read(s => s.One("PRAGMA journal_mode", r => r.GetString(0))));
        const long full = 2;
        Assert.Equal(full, await test.Database.Write(s => s.Number("PRAGMA synchronous")));
        Assert.Equal(1, await test.Database.Write(s => s.Number("PRAGMA foreign_keys")));
    }

    [Fact]
    public async Task What_waits_when_the_program_stops_is_written_and_what_comes_later_is_refused()
    {
        await using var test = await Open();
        var db = test.Database;
        var writes = Enumerable.Range(0, 300).Select(i => db.Write(s => Insert(s, $"row-{i}"))).ToList();
        await db.DisposeAsync();
        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => db.Write(s => Insert(s, "late")));
        Assert.False(File.Exists(Path.Combine(test.Folder.Path, "gatehouse.db-wal")) && new FileInfo(Path.Combine(test.Folder.Path, "gatehouse.db-wal")).Length > 0);
        await test.Reopen();
        Assert.Equal(300, await Count(test.Database));
    }

    [Fact]
    public async Task A_full_disk_keeps_nothing_half_and_ends_when_there_is_space()
    {
        await using var test = await Open();
        var pages = await test.Database.Write(s => s.Number("PRAGMA page_count"));
        await test.Database.Write(s => s.Number($"PRAGMA max_page_count={pages + 4}"));
        var big = new string('x', 200_000);
        await Assert.ThrowsAsync<StorageFullException>(() => test.Database.Write(async s =>
        {
            await Insert(s, "first");
            return await Insert(s, "second", big);
        }));
        Assert.Equal(0, await Count(test.Database));
        await test.Database.Write(s => Insert(s, "small"));
        await test.Database.Write(s => s.Number("PRAGMA max_page_count=1000000"));
        await test.Database.Write(s => Insert(s, "second", big));
        Assert.Equal(2, await Count(test.Database));
        Assert.Empty(await test.Database.CheckIntegrity());
    }

    [Fact]
    public async Task A_damaged_file_is_refused_with_the_way_back()
    {
        await using var test = await TestDatabase.Empty(Engine.Sqlite);
        await File.WriteAllBytesAsync(Path.Combine(test.Folder.Path, "gatehouse.db"), Fake.Data().Random.Bytes(8192));
        var refused = await Assert.ThrowsAsync<StorageCorruptException>(() => test.OpenAnother());
        Assert.Contains("backup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_damaged_in_the_middle_is_refused_too()
    {
        await using var test = await Open();
        for (var i = 0; i < 50; i++)
            await test.Database.Write(s => Insert(s, $"row-{i}", new string('x', 2000)));
        await test.Database.DisposeAsync();
        var path = Path.Combine(test.Folder.Path, "gatehouse.db");
        var bytes = await File.ReadAllBytesAsync(path);
        Fake.Data().Random.Bytes(bytes.Length / 2).CopyTo(bytes, bytes.Length / 4);
        await File.WriteAllBytesAsync(path, bytes);
        await Assert.ThrowsAsync<StorageCorruptException>(() => test.OpenAnother());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_plainly()
    {
        await using var test = await TestDatabase.Empty(Engine.Sqlite);
        Directory.CreateDirectory(Path.Combine(test.Folder.Path, "gatehouse.db"));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => test.OpenAnother());
    }

    [Fact]
    public async Task Two_processes_may_write_the_same_file()
    {
        await using var test = await Open();
        await using var other = await test.OpenAnother();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => (i % 2 == 0 ? test.Database : other).Write(s => Insert(s, $"row-{i}")))));
        Assert.Equal(200, await Count(other));
    }
}
