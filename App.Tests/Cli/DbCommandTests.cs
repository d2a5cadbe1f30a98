using Gatehouse.Cli.Shell;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Gatehouse.Tests.Cli;

/// <summary><c>db check</c> and <c>db copy</c>.</summary>
public sealed class DbCommandTests
{
    // A shop with plans, keys, machines, histories, a customer and an audit log, as the services leave them.
    private static async Task<TestFolder> Shop()
    {
        var folder = new TestFolder();
        await using (await Serving.Start(folder.Path, "--demo"))
            return folder;
    }

    private static async Task Alter(TestFolder folder, params string[] statements)
    {
        await using var db = await Database.Open(folder.Path, null);
        foreach (var sql in statements)
            await db.Write(s => s.Execute(sql));
    }

    private static Task<Ran> Check(TestFolder folder) => Shell.Run("db", "check", "--data", folder.Path);

    [Fact]
    public async Task A_whole_database_passes()
    {
        using var folder = await Shop();
        var ran = await Check(folder);
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Error));
        Assert.Equal(6, ran.Lines.Count(l => l.EndsWith(": ok", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("DELETE FROM audit_entries WHERE seq = 2", "Audit entry 2 is missing")]
    [InlineData("UPDATE audit_entries SET reason = 'nothing to see' WHERE seq = 3", "Audit entry 3 was altered")]
    [InlineData("UPDATE licenses SET used_at = NULL WHERE state = 'active'", "without a time of activation")]
    [InlineData("UPDATE licenses SET used_at = 1 WHERE key = 'VIP-DEMO123456'", "1 unused keys with a time of activation")]
    [InlineData("UPDATE licenses SET state = 'lost' WHERE key = 'VIP-DEMO123456'", "1 keys in a state that does not exist")]
    public async Task What_was_altered_behind_the_product_is_found(string sql, string finding)
    {
        using var folder = await Shop();
        await Alter(folder, sql);
        var ran = await Check(folder);
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Contains(finding, ran.Error);
        Assert.Contains("NOT OK", ran.Out);
    }

    [Fact]
    public async Task A_row_that_refers_to_nothing_is_damage()
    {
        using var folder = await Shop();
        using (var connection = new SqliteConnection(folder.File("gatehouse.db")))
            connection.Run("PRAGMA foreign_keys=OFF; DELETE FROM batches");
        var ran = await Check(folder);
        Assert.Equal(ExitCode.StorageCorrupt, ran.Code);
        Assert.Contains("licenses: a row refers to a missing batches", ran.Error);
    }

    [Fact]
    public async Task What_staff_may_do_is_a_note_and_no_finding()
    {
        await using var server = await TestServer.Start();
        var (plans, keys) = (server.Services.GetRequiredService<PlanService>(), server.Services.GetRequiredService<BatchService>());
        var made = await server.Db.Write(async s =>
        {
            await plans.Create(s, Caller.System, new Plan { Name = "Pro" });
            return await keys.Generate(s, Caller.System, new NewKeys("Pro", null, 1));
        });
        await server.Services.GetRequiredService<ActivationService>().Validate(Caller.System, made.Keys[0], "machine", CancellationToken.None);
        await server.Db.Write(s => server.Services.GetRequiredService<LicenseActions>().Apply(s, Caller.System, made.Keys[0], new LicenseAction(ActionName.Unbind)));
        var ran = await Shell.Run("db", "check", "--data", server.Storage.Folder.Path);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Contains("note: 1 active keys without a machine", ran.Out);
    }

    [Fact]
    public async Task A_copy_to_PostgreSQL_is_equal_in_every_table_and_opens()
    {
        using var folder = await Shop();
        await Alter(folder, "UPDATE plans SET notes = 'Zeile eins' || char(10) || '第二行 \"☃\" \\ \t' WHERE name = 'VIP'");
        await using var target = await TestDatabase.Empty(Engine.Postgres);
        var ran = await Shell.Run("db", "copy", "--data", folder.Path, "--to", target.ConnectionString!);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Contains("gatehouse.key", ran.Out);

        await using var here = await Database.Open(folder.Path, null);
        await using var there = await Database.Open(folder.Path, target.ConnectionString);
        var tables = await here.Read(s => s.All("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", r => r.GetString(0)));
        foreach (var table in tables)
        {
            var count = await here.Read(s => s.Number($"SELECT COUNT(*) FROM {table}"));
            Assert.Equal(count, await there.Read(s => s.Number($"SELECT COUNT(*) FROM {table}")));
            Assert.Contains(ran.Lines, l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var rows, _] && name == table && rows == count.ToString("N0"));
        }
        Assert.Equal("Zeile eins\n第二行 \"☃\" \\ \t", await there.Read(s => s.One("SELECT notes FROM plans WHERE name = 'VIP'", r => r.GetString(0))));
        Assert.Empty(await new TestAudit(there, new KeyFolder(folder.Path).Current()!, DataFolder.Open(folder.Path), TimeProvider.System).Verify());
    }

    [Fact]
    public async Task A_target_that_holds_anything_is_refused_and_stays_as_it_is()
    {
        using var folder = await Shop();
        await using var target = await TestDatabase.Empty(Engine.Postgres);
        await Execute(target, "CREATE TABLE mine (n BIGINT)");
        var ran = await Shell.Run("db", "copy", "--data", folder.Path, "--to", target.ConnectionString!);
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Contains("not empty", ran.Error);
        Assert.Equal(["mine"], await Tables(target));
    }

    [Theory]
    [InlineData("UPDATE licenses SET used_at = 'yesterday' WHERE key = 'VIP-DEMO123456'", "used_at")]
    [InlineData("UPDATE licenses SET note = 'a' || char(0) || 'b' WHERE key = 'VIP-DEMO123456'", "refused")]
    [InlineData("CREATE TABLE mine (n BIGINT)", "mine")]
    public async Task A_copy_that_cannot_be_equal_leaves_the_target_empty(string sql, string says)
    {
        using var folder = await Shop();
        await Alter(folder, sql);
        await using var target = await TestDatabase.Empty(Engine.Postgres);
        var ran = await Shell.Run("db", "copy", "--data", folder.Path, "--to", target.ConnectionString!);
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Contains(says, ran.Error);
        Assert.Empty(await Tables(target));
    }

    [Fact]
    public async Task A_target_that_changes_what_arrives_is_noticed()
    {
        using var folder = await Shop();
        await using var target = await TestDatabase.Empty(Engine.Postgres);
        // The database itself meddles: whatever table of plans is made, its rows lose their notes on the way in.
        await Execute(target,
            """
            CREATE SCHEMA meddler;
            CREATE FUNCTION meddler.change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := NEW.name || '!'; RETURN NEW; END $$;
            CREATE FUNCTION meddler.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
              IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.plans' AND command_tag = 'CREATE TABLE') THEN
                CREATE TRIGGER change BEFORE INSERT ON public.plans FOR EACH ROW EXECUTE FUNCTION meddler.change(); END IF; END $$;
            CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION meddler.watch();
            """);
        var ran = await Shell.Run("db", "copy", "--data", folder.Path, "--to", target.ConnectionString!);
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Contains("Table plans differs after the copy", ran.Error);
        Assert.Empty(await Tables(target));
    }

    [Theory]
    [InlineData("nonsense", ExitCode.Usage)]
    [InlineData("Host=127.0.0.1;Port=1;Username=x;Timeout=2", ExitCode.StorageUnreachable)]
    public async Task A_target_that_is_not_there_is_told_plainly(string connection, int code)
    {
        await using var test = await Shell.Installation();
        Assert.Equal(code, (await Shell.Run("db", "copy", "--data", test.Folder.Path, "--to", connection)).Code);
    }

    [Fact]
    public async Task Beside_a_running_server_the_copy_warns()
    {
        using var folder = await Shop();
        await using var target = await TestDatabase.Empty(Engine.Postgres);
        await using var server = await Serving.Start(folder.Path);
        var ran = await Shell.Run("db", "copy", "--data", folder.Path, "--to", target.ConnectionString!);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Contains("A server runs on this data folder", ran.Error);
    }

    private static async Task Execute(TestDatabase target, string sql)
    {
        await using var source = NpgsqlDataSource.Create(target.ConnectionString!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<string>> Tables(TestDatabase target)
    {
        await using var source = NpgsqlDataSource.Create(target.ConnectionString!);
        await using var command = source.CreateCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
            names.Add(reader.GetString(0));
        return names;
    }
}
