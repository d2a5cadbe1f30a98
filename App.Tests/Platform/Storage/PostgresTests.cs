using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Npgsql;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>PostgreSQL's own ways: lost races, lost connections, nodes that start together.</summary>
public sealed class PostgresTests
{
    [Fact]
    public async Task A_deadlock_is_tried_again_until_both_are_done()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        await test.Database.Write(s => s.Execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)"));
        await test.Database.Write(s => s.Execute("INSERT INTO things (id, n) VALUES ('a', 0), ('b', 0)"));
        var bothHoldOne = new Barrier(2);
        var first = 0;

        Task<int> Move(string from, string to) => Task.Run(() => test.Database.Write(async s =>
        {
            await s.Execute("UPDATE things SET n = n - 1 WHERE id = @id", ("id", from));
            // Only the first tries meet; the repeated one runs through.
            if (Interlocked.Increment(ref first) <= 2)
                bothHoldOne.SignalAndWait(TimeSpan.FromSeconds(30));
            return await s.Execute("UPDATE things SET n = n + 1 WHERE id = @id", ("id", to));
        }));
        await Task.WhenAll(Move("a", "b"), Move("b", "a"));
        Assert.True(first > 2, "There was no deadlock.");
        Assert.Equal([0, 0], await test.Database.Read(s => s.All("SELECT n FROM things ORDER BY id", r => r.GetInt64(0))));
    }

    [Fact]
    public async Task A_lost_connection_is_unavailable_storage_and_comes_back_by_itself()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => test.Database.Write(async s =>
        {
            var own = await s.Number("SELECT pg_backend_pid()");
            await using (var connection = new NpgsqlConnection(TestDatabase.Server))
            {
                await connection.OpenAsync();
                await using var command = new NpgsqlCommand($"SELECT pg_terminate_backend({own})", connection);
                await command.ExecuteNonQueryAsync();
            }
            return await s.Number("SELECT COUNT(*) FROM tenants");
        }));
        Assert.Equal(1, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM tenants")));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Timeout=5")]
    [InlineData("this is no connection string")]
    public async Task A_server_that_is_not_there_is_told_plainly(string connectionString)
    {
        using var folder = new TestFolder();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Database.Open(folder.Path, connectionString));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_told_plainly()
    {
        using var folder = new TestFolder();
        var missing = new NpgsqlConnectionStringBuilder(TestDatabase.Server) { Database = "gatehouse_no_such" }.ConnectionString;
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => Database.Open(folder.Path, missing));
        Assert.Contains("gatehouse_no_such", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>By SQLSTATE, as in appendix A of its manual.</summary>
    [Theory]
    [InlineData("53100", "The disk that holds the database is full.")]
    [InlineData("53200", "PostgreSQL: no")]
    [InlineData("28P01", "PostgreSQL refused the connection: no (28P01). Check Storage:Postgres.")]
    [InlineData("3D000", "PostgreSQL refused the connection: no (3D000). Check Storage:Postgres.")]
    [InlineData("25006", "PostgreSQL: no")]
    [InlineData("55P03", "PostgreSQL: no")]
    [InlineData("57014", "PostgreSQL: no")]
    [InlineData("58030", "PostgreSQL: no")]
    [InlineData("40001", "PostgreSQL: no")]
    public async Task Trouble_of_the_servers_own_is_storages_and_told_as_what_it_is(string state, string told)
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        var trouble = await Assert.ThrowsAnyAsync<StorageException>(() =>
            test.Database.Write(s => s.Execute($"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")));
        Assert.Equal(told, trouble.Message);
    }

    [Fact]
    public async Task A_fault_of_a_statement_is_no_trouble_of_storage()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        await Assert.ThrowsAsync<PostgresException>(() => test.Database.Read(s => s.Number("SELECT nothing FROM nowhere")));
    }
}
