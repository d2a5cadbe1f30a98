using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>What both engines promise of reads and writes.</summary>
public sealed class DatabaseTests
{
    private static async Task<TestDatabase> Open(Engine engine)
    {
        var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => s.Execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, n BIGINT, words TEXT)"));
        await test.Database.Write(s => s.Execute("INSERT INTO things (id, n) VALUES ('counter', 0)"));
        return test;
    }

    private static ValueTask<int> Insert(WriteTx s, string id, long? n = null, string? words = null) =>
        s.Execute("INSERT INTO things (id, n, words) VALUES (@id, @n, @words)", ("id", id), ("n", n), ("words", words));

    private static Task<long> Count(Database db, string id) => db.Read(s => s.Number("SELECT COUNT(*) FROM things WHERE id = @id", ("id", id)));

    [Theory, BothEngines]
    public async Task A_write_is_seen_by_another_connection_once_it_returned(Engine engine)
    {
        await using var test = await Open(engine);
        await using var other = await test.OpenAnother();
        for (var i = 0; i < 20; i++)
        {
            await test.Database.Write(s => Insert(s, $"row-{i}"));
            Assert.Equal(1, await Count(other, $"row-{i}"));
        }
    }

    [Fact]
    public async Task Time_is_the_servers_on_PostgreSQL_and_goes_on_within_a_transaction()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        await using var db = await Database.Open(test.Folder.Path, test.ConnectionString);
        var (first, begun, second) = await db.Write(async s =>
        {
            var first = await s.Now();
            var begun = await s.Number("SELECT EXTRACT(EPOCH FROM now()) * 1000 FROM pg_sleep(0.05)");
            return (first, begun, await s.Now());
        });
        Assert.InRange(first - begun, -1, 10_000);
        Assert.InRange(second - first, 49, 10_000);
    }

    [Fact]
    public async Task Time_is_this_processs_on_SQLite()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        test.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(test.Clock.Now, await test.Database.Read(s => s.Now()));
        Assert.Equal(test.Clock.Now, await test.Database.Write(s => s.Now()));
    }

    [Theory, BothEngines]
    public async Task The_same_statement_takes_its_arguments_in_any_order(Engine engine)
    {
        await using var test = await Open(engine);
        const string sql = "INSERT INTO things (id, n, words) VALUES (@id, @n, @words)";
        await test.Database.Write(s => s.Execute(sql, ("id", "a"), ("n", 1L), ("words", "one")));
        await test.Database.Write(s => s.Execute(sql, ("words", "two"), ("id", "b"), ("n", 2L)));
        Assert.Equal("two", await test.Database.Read(s => s.One("SELECT words FROM things WHERE id = 'b' AND n = 2", r => r.GetString(0))));
    }

    [Theory, BothEngines]
    public async Task A_write_outlives_a_restart(Engine engine)
    {
        await using var test = await Open(engine);
        await test.Database.Write(s => Insert(s, "kept", 7, "words"));
        await test.Reopen();
        Assert.Equal((7, "words"), await test.Database.Read(s => s.One("SELECT n, words FROM things WHERE id = 'kept'", r => (r.GetInt64(0), r.GetString(1)))));
    }

    [Theory, BothEngines]
    public async Task An_exception_undoes_all_of_its_write_and_comes_out_as_it_is(Engine engine)
    {
        await using var test = await Open(engine);
        var thrown = await Assert.ThrowsAsync<Refusal>(() => test.Database.Write<int>(async s =>
        {
            await Insert(s, "undone");
            throw new Refusal(new(409, "NO"));
        }));
        Assert.Equal("NO", thrown.Code);
        Assert.Equal(0, await Count(test.Database, "undone"));
    }

    [Theory, BothEngines]
    public async Task A_broken_statement_undoes_its_write(Engine engine)
    {
        await using var test = await Open(engine);
        await Assert.ThrowsAsync<ConflictException>(() => test.Database.Write(async s =>
        {
            await Insert(s, "undone");
            return await Insert(s, "counter");
        }));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => test.Database.Write(async s =>
        {
            await Insert(s, "undone");
            return await s.Execute("UPDATE nothing SET n = 1");
        }));
        Assert.Equal(0, await Count(test.Database, "undone"));
    }

    [Theory, BothEngines]
    public async Task A_failing_write_does_not_touch_those_beside_it(Engine engine)
    {
        await using var test = await Open(engine);
        var writes = Enumerable.Range(0, 120).Select(i => test.Database.Write(async s =>
        {
            await Insert(s, $"row-{i}");
            return i % 3 == 0 ? throw new Refusal(new(409, "NO")) : i % 3 == 1 ? await Insert(s, "counter") : 1;
        })).ToList();
        for (var i = 0; i < writes.Count; i++)
        {
            var failed = await Record.ExceptionAsync(() => writes[i]);
            Assert.True(i % 3 == 2 ? failed is null : i % 3 == 0 ? failed is Refusal : failed is ConflictException, $"{i}: {failed}");
            Assert.Equal(i % 3 == 2 ? 1 : 0, await Count(test.Database, $"row-{i}"));
        }
    }

    [Theory, BothEngines]
    public async Task Five_hundred_writers_at_once_count_exactly(Engine engine)
    {
        await using var test = await Open(engine);
        var seen = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => test.Database.Write(async s =>
        {
            var n = await s.Locked("SELECT n FROM things WHERE id = 'counter'", r => r.GetInt64(0));
            await s.Execute("UPDATE things SET n = @n WHERE id = 'counter'", ("n", n + 1));
            return n;
        }))));
        Assert.Equal(Enumerable.Range(0, 500).Select(n => (long)n), seen.Order());
        Assert.Equal(500, await test.Database.Read(s => s.Number("SELECT n FROM things WHERE id = 'counter'")));
    }

    [Theory, BothEngines]
    public async Task Only_one_of_many_takes_what_is_there_once(Engine engine)
    {
        await using var test = await Open(engine);
        var won = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => test.Database.Write(s =>
            s.Execute("INSERT INTO things (id, n) VALUES ('prize', @n) ON CONFLICT DO NOTHING", ("n", i))))));
        Assert.Equal(1, won.Sum());
    }

    [Theory, BothEngines]
    public async Task Readers_go_on_while_writers_write(Engine engine)
    {
        await using var test = await Open(engine);
        var writes = Enumerable.Range(0, 200).Select(i => test.Database.Write(s => Insert(s, $"row-{i}"))).ToList();
        var reads = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => test.Database.Read(s => s.Number("SELECT COUNT(*) FROM things")))));
        Assert.All(reads, n => Assert.InRange(n, 1, 201));
        await Task.WhenAll(writes);
    }

    [Theory, BothEngines]
    public async Task A_cancelled_write_leaves_nothing(Engine engine)
    {
        await using var test = await Open(engine);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Database.Write(s => Insert(s, "never"), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Database.Read(s => s.Number("SELECT 1"), cancelled.Token));
        Assert.Equal(0, await Count(test.Database, "never"));
    }

    [Theory, BothEngines]
    public async Task Many_statements_say_how_many_rows_each_changed(Engine engine)
    {
        await using var test = await Open(engine);
        var changed = await test.Database.Write(s => s.ExecuteMany(
            "INSERT INTO things (id, n, words) VALUES (@id, @n, @words) ON CONFLICT DO NOTHING",
            [.. Enumerable.Range(0, 1203).Select(i => new (string, object?)[] { ("id", i % 401 == 400 ? "counter" : $"row-{i}"), ("n", (long)i), ("words", i % 2 == 0 ? null : "odd") })]));
        Assert.Equal(1203, changed.Length);
        for (var i = 0; i < changed.Length; i++)
            Assert.Equal(i % 401 == 400 ? 0 : 1, changed[i]);
        Assert.Equal(1200, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM things WHERE id <> 'counter'")));
        Assert.Equal(600, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM things WHERE words IS NULL AND id <> 'counter'")));
        Assert.Empty(await test.Database.Write(s => s.ExecuteMany("DELETE FROM things WHERE id = @id", [])));
    }

    [Theory, BothEngines]
    public async Task Values_come_back_as_they_went_in(Engine engine)
    {
        await using var test = await Open(engine);
        const string words = "'; DROP TABLE things; -- \" \\ % _ {} 卡密 😀 \n\t";
        await test.Database.Write(s => Insert(s, "max", long.MaxValue, words));
        await test.Database.Write(s => Insert(s, "min", long.MinValue, ""));
        await test.Database.Write(s => Insert(s, "null"));
        var rows = await test.Database.Read(s => s.All("SELECT n, words FROM things WHERE id IN ('max', 'min', 'null') ORDER BY id", r => (r.LongOrNull(0), r.TextOrNull(1))));
        Assert.Equal([(long.MaxValue, words), (long.MinValue, ""), (null, null)], rows);
    }

    [Theory, BothEngines]
    public async Task A_number_is_read_whatever_the_engine_types_it(Engine engine)
    {
        await using var test = await Open(engine);
        Assert.Equal(1, await test.Database.Read(s => s.Number("SELECT 1")));
        Assert.Equal(0, await test.Database.Read(s => s.Number("SELECT SUM(n) FROM things")));
        Assert.Equal(0, await test.Database.Read(s => s.Number("SELECT SUM(n) FROM things WHERE id = 'none'")));
        Assert.Equal(0, await test.Database.Read(s => s.Number("SELECT n FROM things WHERE id = 'none'")));
        Assert.Equal(1, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM things")));
    }

    [Theory, BothEngines]
    public async Task A_database_that_is_sound_says_so(Engine engine)
    {
        await using var test = await Open(engine);
        Assert.Empty(await test.Database.CheckIntegrity());
        Assert.True(await test.Database.SizeBytes() > 0);
    }
}
