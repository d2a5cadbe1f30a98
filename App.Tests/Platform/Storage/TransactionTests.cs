using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>The transaction contract: one for both engines.</summary>
public sealed class TransactionTests
{
    private static async Task<TestDatabase> Open(Engine engine)
    {
        var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => s.Execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)"));
        return test;
    }

    private static ValueTask<int> Insert(WriteTx s, string id) => s.Execute("INSERT INTO things (id, n) VALUES (@id, 0)", ("id", id));

    private static ValueTask<long> Count(ReadTx s) => s.Number("SELECT COUNT(*) FROM things");

    [Theory, BothEngines]
    public async Task A_write_inside_a_write_is_refused_at_once_and_the_database_goes_on(Engine engine)
    {
        await using var test = await Open(engine);
        await Assert.ThrowsAsync<NestedWriteException>(() => test.Database.Write(async s =>
        {
            await Insert(s, "outer");
            return await test.Database.Write(inner => Insert(inner, "inner"));
        })).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await test.Database.Read(Count));
        Assert.Equal(1, await test.Database.Write(s => Insert(s, "after")));
    }

    [Fact]
    public async Task A_write_that_waits_for_something_else_fails_loudly()
    {
        await using var test = await Open(Engine.Sqlite);
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Database.Write(async s =>
        {
            await Insert(s, "a");
            await Task.Delay(1);
            return 0;
        }));
        Assert.Equal(0, await test.Database.Read(Count));
    }

    [Theory, BothEngines]
    public async Task All_statements_of_a_read_see_one_moment(Engine engine)
    {
        await using var test = await Open(engine);
        await test.Database.Write(s => Insert(s, "a"));
        var (before, after) = await test.Database.Read(async s =>
        {
            var first = await Count(s);
            await Task.Run(() => test.Database.Write(w => Insert(w, "b")));
            return (first, await Count(s));
        });
        Assert.Equal((1, 1), (before, after));
        Assert.Equal(2, await test.Database.Read(Count));
    }

    [Theory, BothEngines]
    public async Task A_single_query_is_one_query(Engine engine)
    {
        await using var test = await Open(engine);
        Assert.Equal(0, await test.Database.ReadOne(Count));
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Database.ReadOne(async s => await Count(s) + await Count(s)));
        Assert.Equal(0, await test.Database.Read(async s => await Count(s) + await Count(s)));
    }

    [Theory, BothEngines]
    public async Task What_follows_a_commit_sees_it_and_may_write_and_is_done_before_the_caller_goes_on(Engine engine)
    {
        await using var test = await Open(engine);
        var seen = 0L;
        await test.Database.Write(async s =>
        {
            await Insert(s, "a");
            s.AfterCommit(async () =>
            {
                await test.Database.Write(w => Insert(w, "b"));
                seen = await test.Database.Read(Count);
            });
            return 0;
        });
        Assert.Equal(2, seen);
    }

    [Theory, BothEngines]
    public async Task What_follows_a_commit_never_runs_after_an_undone_one(Engine engine)
    {
        await using var test = await Open(engine);
        var ran = 0;
        await Assert.ThrowsAsync<Refusal>(() => test.Database.Write<int>(async s =>
        {
            await Insert(s, "a");
            s.AfterCommit(() => ran++);
            throw new Refusal(new(409, "CONFLICT"));
        }));
        await test.Database.Write(s => Insert(s, "b"));
        Assert.Equal(0, ran);
    }

    [Theory, BothEngines]
    public async Task What_fails_after_a_commit_is_told_elsewhere_and_the_write_stands(Engine engine)
    {
        await using var test = await Open(engine);
        var told = new List<string>();
        test.Database.AfterCommitFailed = e => told.Add(e.Message);
        Assert.Equal(1, await test.Database.Write(s =>
        {
            s.AfterCommit(() => throw new InvalidOperationException("late"));
            return Insert(s, "a");
        }));
        Assert.Equal(["late"], told);
        Assert.Equal(1, await test.Database.Read(Count));
    }

    [Theory, BothEngines]
    public async Task A_second_row_of_what_there_may_be_one_of_is_a_conflict(Engine engine)
    {
        await using var test = await Open(engine);
        await test.Database.Write(s => Insert(s, "a"));
        await Assert.ThrowsAsync<ConflictException>(() => test.Database.Write(s => Insert(s, "a")));
        await Assert.ThrowsAsync<ConflictException>(() => test.Database.Write(s => s.ExecuteMany("INSERT INTO things (id, n) VALUES (@id, 0)", [[("id", "b")], [("id", "a")]])));
        Assert.Equal(1, await test.Database.Read(Count));
    }

    [Fact]
    public async Task One_refused_write_makes_no_other_of_its_group_run_more_than_twice()
    {
        await using var test = await Open(Engine.Sqlite);
        var runs = new int[60];
        using var gate = new ManualResetEventSlim();
        var first = test.Database.Write(s =>
        {
            gate.Wait();
            return Insert(s, "first");
        });
        var writes = Enumerable.Range(0, runs.Length).Select(i => test.Database.Write<int>(async s =>
        {
            runs[i]++;
            // Some are refused before they changed anything, some after.
            if (i % 10 == 3)
                throw new Refusal(new(409, "CONFLICT"));
            await Insert(s, $"row-{i}");
            return i % 10 == 7 ? throw new Refusal(new(409, "CONFLICT")) : 0;
        })).ToList();
        gate.Set();
        await first;
        foreach (var (write, i) in writes.Select((w, i) => (w, i)))
            Assert.Equal(i % 10 is 3 or 7, await Record.ExceptionAsync(() => write) is Refusal);
        Assert.Equal(1 + runs.Length * 8 / 10, await test.Database.Read(Count));
        Assert.All(runs, n => Assert.InRange(n, 1, 2));
        Assert.All(Enumerable.Range(0, runs.Length).Where(i => i % 10 == 3), i => Assert.Equal(1, runs[i]));
    }

    [Fact]
    public async Task A_write_refused_before_it_changed_anything_lets_its_group_run_once()
    {
        await using var test = await Open(Engine.Sqlite);
        var runs = 0;
        using var gate = new ManualResetEventSlim();
        var first = test.Database.Write(s =>
        {
            gate.Wait();
            return Insert(s, "first");
        });
        var writes = Enumerable.Range(0, 20).Select(i => test.Database.Write<int>(async s =>
        {
            Interlocked.Increment(ref runs);
            return i == 5 ? throw new Refusal(new(409, "CONFLICT")) : await Insert(s, $"row-{i}");
        })).ToList();
        gate.Set();
        await first;
        foreach (var write in writes)
            await Record.ExceptionAsync(() => write);
        Assert.Equal(20, runs);
        Assert.Equal(20, await test.Database.Read(Count));
    }

    /// <summary>On SQLite it was kept: a group is undone only where something was written, and that looked at statements alone.</summary>
    [Theory, BothEngines]
    public async Task What_a_query_has_changed_is_undone_as_well(Engine engine)
    {
        await using var test = await Open(engine);
        await Assert.ThrowsAsync<Refusal>(() => test.Database.Write<int>(async s =>
        {
            Assert.Equal("a", await s.One("INSERT INTO things (id, n) VALUES ('a', 0) RETURNING id", r => r.GetString(0)));
            throw new Refusal(new(409, "CONFLICT"));
        }));
        await Assert.ThrowsAsync<Refusal>(() => test.Database.Write<int>(async s =>
        {
            Assert.Equal(2, (await s.All("INSERT INTO things (id, n) VALUES ('b', 0), ('c', 0) RETURNING id", r => r.GetString(0))).Count);
            throw new Refusal(new(409, "CONFLICT"));
        }));
        Assert.Equal(0, await test.Database.Read(Count));
    }

    [Theory, BothEngines]
    public async Task Half_a_character_is_stored_as_one_that_is_broken(Engine engine)
    {
        await using var test = await Open(engine);
        await test.Database.Write(s => s.ExecuteMany("INSERT INTO things (id, n) VALUES (@id, 0)", [[("id", "cut \uD83D")], [("id", "\uDE00 cut")], [("id", "whole 😀")]]));
        Assert.Equal(["cut \uFFFD", "whole 😀", "\uFFFD cut"], (await test.Database.Read(s => s.All("SELECT id FROM things", r => r.GetString(0)))).Order(StringComparer.Ordinal));
        Assert.Null(await test.Database.Read(s => s.One("SELECT id FROM things WHERE id = @id", r => r.GetString(0), ("id", "whole \uD83D"))));
    }
}
