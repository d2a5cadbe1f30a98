using System.IO.Compression;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Storage.Postgres;
using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Licensing.LicenseFiles;
using Gatehouse.Tests.Support;
using Npgsql;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>
/// Databases that an earlier version filled (<c>Golden/VERSION</c>, made by <c>Golden/make.sh</c> and never changed), moved up to
/// this one. They were made on 28 November 2026.
/// </summary>
public sealed class GoldenTests
{
    private sealed record Sum(string Table, string Columns, long Rows, string Text);

    private static string Golden(string file) => Repository.Path("App.Tests", "Platform", "Storage", "Golden", "0.1.0", file);

    [Theory, BothEngines]
    public async Task Every_row_is_there_after_the_way_up_and_all_checks_pass(Engine engine)
    {
        await using var old = await Old(engine);
        List<Sum> before;
        await using (var db = Unopened(old))
        {
            before = await Sums(db, await Tables(db, engine));
            Assert.Equal(21, before.Count);
            Assert.DoesNotContain(before, t => t.Rows == 0);
        }
        await old.Reopen();
        await using (var db = await old.OpenAnother())
        {
            Assert.Equal(before, await Sums(db, before));
            Assert.Equal(Migration.All.Count, await db.Read(s => s.Number("SELECT COUNT(*) FROM schema_version")));
        }
        if (engine == Engine.Postgres)
            File.WriteAllText(Path.Combine(old.Folder.Path, Config.FileName), $$"""{ "Storage": { "Postgres": "{{old.ConnectionString}}" } }""");
        var check = await Shell.Run("db", "check", "--data", old.Folder.Path);
        Assert.Equal((ExitCode.Ok, ""), (check.Code, check.Error));
    }

    [Theory, BothEngines]
    public async Task What_was_sold_and_set_then_holds_now(Engine engine)
    {
        var old = await Old(engine);
        await old.Reopen();
        await using var server = await TestServer.Start(old);
        // The signing key opens with the key file of then, and is the one that clients know.
        var publicKey = await server.Db.Read(s => s.One("SELECT public_key FROM signing_keys", r => r.GetString(0)));
        Assert.Equal(publicKey, (string?)(await server.Http.GetApi("/api/public-key"))["public_key"]);

        var bound = await server.Validate("GOLD-BOUND23456", "golden-machine");
        Assert.Equal((true, "VALID", false), ((bool)bound["valid"]!, bound.Code, (bool)bound["first_activation"]!));
        Assert.Equal("GOLD-BOUND23456", (string?)LicenseFileTests.Read((string)bound["certificate"]!, publicKey!)["data"]!["attributes"]!["key"]);
        Assert.True((bool)(await server.Validate("VIP-DEMO123456"))["first_activation"]!);
        Assert.Equal("SUSPENDED", (await server.Validate("GOLD-HELD234567", "golden-machine")).Code);
        Assert.Equal("REVOKED", (await server.Validate("GOLD-GONE234567", "golden-machine")).Code);

        var http = await server.As(Role.Owner);
        Assert.Equal("钥匙店", (string?)(await http.GetApi("/api/settings"))["settings"]!["site_name"]);
        Assert.Equal("0 */20 * * * ?", await server.Db.Read(s => s.One("SELECT cron FROM job_states WHERE name = 'storage.tidy'", r => r.GetString(0))));
        var hash = await server.Db.Read(s => s.One("SELECT password_hash FROM accounts WHERE username = 'mia'", r => r.GetString(0)));
        Assert.True(await server.Service<Passwords>().Verify(hash, "a golden password"));

        // The audit log goes on where it stood.
        var entries = await server.Db.Read(s => s.Number("SELECT MAX(seq) FROM audit_entries"));
        await http.PatchApi("/api/keys/GOLD-HELD234567", new { action = "reinstate" });
        Assert.Equal(entries + 1, await server.Db.Read(s => s.Number("SELECT MAX(seq) FROM audit_entries")));
        Assert.Empty(await server.Service<AuditVerifier>().Verify());
    }

    private static async Task<TestDatabase> Old(Engine engine)
    {
        var old = await TestDatabase.Empty(engine, Golden("gatehouse.key"));
        if (engine == Engine.Sqlite)
        {
            await using var packed = new GZipStream(File.OpenRead(Golden("gatehouse.db.gz")), CompressionMode.Decompress);
            await using var file = File.Create(Path.Combine(old.Folder.Path, DataFolder.DatabaseFile));
            await packed.CopyToAsync(file);
            return old;
        }
        await using var source = NpgsqlDataSource.Create(old.ConnectionString!);
        await using var command = source.CreateCommand(await File.ReadAllTextAsync(Golden("gatehouse.sql")));
        await command.ExecuteNonQueryAsync();
        return old;
    }

    // As it is, without what opening does to it.
    private static Database Unopened(TestDatabase test) =>
        test.ConnectionString is null ? SqliteDatabase.Create(Path.Combine(test.Folder.Path, DataFolder.DatabaseFile), TimeProvider.System) : new PostgresDatabase(test.ConnectionString);

    private static async Task<List<Sum>> Tables(Database db, Engine engine)
    {
        var sql = engine == Engine.Sqlite
            ? "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY m.name, c.cid"
            : "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position";
        var columns = await db.Read(s => s.All(sql, r => (Table: r.GetString(0), Column: r.GetString(1))));
        return [.. columns.GroupBy(c => c.Table).Select(t => new Sum(t.Key, string.Join(", ", t.Select(c => c.Column)), 0, ""))];
    }

    // What was said in another way before: all that the role may was an empty set.
    private static string Same(string column, string table) => (table, column) is ("api_tokens", "scopes") ? "CASE scopes WHEN '*' THEN '' ELSE scopes END" : column;

    // Of the columns that each had before; what was applied on the way up is no row of before.
    private static Task<List<Sum>> Sums(Database db, List<Sum> tables) => db.Read(async s =>
    {
        var sums = new List<Sum>();
        foreach (var table in tables)
        {
            var sum = new TableChecksum();
            var count = table.Columns.Split(", ").Length;
            await s.All($"SELECT {string.Join(", ", table.Columns.Split(", ").Select(c => Same(c, table.Table)))} FROM {table.Table}{(table.Table == "schema_version" ? " WHERE version = 1" : "")}", r =>
            {
                for (var i = 0; i < count; i++)
                    sum.Add(r.GetValue(i));
                sum.EndRow();
                return 0;
            });
            sums.Add(table with { Rows = sum.Rows, Text = sum.Text });
        }
        return sums;
    });
}
