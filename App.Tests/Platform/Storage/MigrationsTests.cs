using System.Text.RegularExpressions;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

public sealed partial class MigrationsTests
{
    private static readonly Migration
        Earlier = new("9001-01-01_earlier", "CREATE TABLE earlier (id BIGINT NOT NULL PRIMARY KEY); INSERT INTO earlier (id) VALUES (1)"),
        Later = new("9002-01-01_later", "CREATE TABLE later (id BIGINT NOT NULL PRIMARY KEY)");

    private static Task<List<string>> Names(Database db) => db.Read(s => s.All("SELECT name FROM schema_version ORDER BY version", r => r.GetString(0)));

    [Theory, BothEngines]
    public async Task A_fresh_database_gets_every_migration_once_however_often_it_is_opened(Engine engine)
    {
        await using var test = await TestDatabase.Empty(engine);
        for (var i = 0; i < 2; i++)
        {
            await using var opened = await test.OpenAnother();
            Assert.Equal(Migration.All.Select(m => m.Name), await Names(opened));
            Assert.Equal(["default"], await opened.Read(s => s.All("SELECT id FROM tenants", r => r.GetString(0))));
        }
    }

    [Theory, BothEngines]
    public async Task Nodes_that_start_together_do_not_trip_over_each_other(Engine engine)
    {
        // The moment in which they can trip is short.
        for (var round = 0; round < (engine == Engine.Sqlite ? 20 : 1); round++)
        {
            await using var test = await TestDatabase.Empty(engine);
            var nodes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(test.OpenAnother)));
            foreach (var node in nodes)
            {
                Assert.Equal(Migration.All.Select(m => m.Name), await Names(node));
                await node.DisposeAsync();
            }
        }
    }

    [Theory, BothEngines]
    public async Task Nodes_that_bring_an_old_database_up_to_date_together_do_so_once(Engine engine)
    {
        for (var round = 0; round < (engine == Engine.Sqlite ? 5 : 1); round++)
        {
            await using var test = await TestDatabase.Open(engine);
            // As version 0.1.0 named it.
            await test.Database.Write(s => s.Execute("UPDATE schema_version SET name = '0001_foundation' WHERE version = 1"));
            var nodes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(test.OpenAnother)));
            await Task.WhenAll(nodes.Select(node => Task.Run(() => Migrator.Apply(node, [.. Migration.All, Earlier, Later]))));
            foreach (var node in nodes)
                await node.DisposeAsync();
            Assert.Equal(["0001_foundation", .. Migration.All.Skip(1).Select(m => m.Name), Earlier.Name, Later.Name], await Names(test.Database));
            Assert.Equal(1, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM earlier")));
        }
    }

    [Theory, BothEngines]
    public async Task One_that_sorts_before_what_is_applied_still_runs(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await Migrator.Apply(test.Database, [.. Migration.All, Later]);
        await Migrator.Apply(test.Database, [.. Migration.All, Earlier, Later]);
        Assert.Equal([Later.Name, Earlier.Name], (await Names(test.Database)).TakeLast(2));
        Assert.Equal(1, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM earlier")));
    }

    [Theory, BothEngines]
    public async Task One_that_fails_leaves_nothing_and_is_tried_again(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var before = await Names(test.Database);
        var failing = Earlier with { Sql = Earlier.Sql + "; UPDATE nowhere SET id = 2" };
        var failed = await Assert.ThrowsAsync<StorageCorruptException>(() => Migrator.Apply(test.Database, [.. Migration.All, failing, Later]));
        Assert.Contains(Earlier.Name, failed.Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", failed.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Names(test.Database));
        Assert.False(await test.Database.Read(s => test.Database.TableExists(s, "earlier")));

        await Migrator.Apply(test.Database, [.. Migration.All, Earlier, Later]);
        Assert.Equal([.. before, Earlier.Name, Later.Name], await Names(test.Database));
    }

    [Theory, BothEngines]
    public async Task A_database_of_a_newer_version_is_refused_by_the_name_of_what_is_unknown_and_stays_as_it_is(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await Migrator.Apply(test.Database, [.. Migration.All, Earlier, Later]);
        var before = await Names(test.Database);
        var refused = await Assert.ThrowsAsync<StorageCorruptException>(test.OpenAnother);
        Assert.StartsWith($"The database has the migrations {Earlier.Name}, {Later.Name}, which this program does not know: it was opened by a newer version.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Names(test.Database));
        // 0.1.0 reads the greatest number and refuses what is above its own, 1.
        Assert.Equal(before.Count, await test.Database.Read(s => s.Number("SELECT MAX(version) FROM schema_version")));
    }

    [Fact]
    public void Every_file_says_its_day_and_what_it_is_for_and_no_two_have_one_name()
    {
        var files = Directory.EnumerateFiles(Repository.Path("App"), "*.sql", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "Migrations" && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal)).ToList();
        Assert.Equal(files.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal), Migration.All.Select(m => m.Name));
        Assert.Equal(files.Count, files.Select(Path.GetFileName).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Empty(Migration.All.Where(m => !DateAndWords().IsMatch(m.Name)).Select(m => m.Name));
        Assert.Equal("2026-11-01_foundation", Migration.All[0].Name);
    }

    [Fact]
    public void What_drops_a_table_says_rebuild() =>
        Assert.Empty(Migration.All.Where(m => !m.Rebuild && Drops().IsMatch(m.Sql)).Select(m => m.Name));

    [Theory, BothEngines]
    public async Task Every_table_of_business_rows_carries_its_tenant(Engine engine)
    {
        // These hold no tenant's rows.
        string[] shared = ["schema_version", "key_fingerprint", "tenants", "audit_head", "audit_secrets", "job_states", "job_runs", "relay_fleet"];
        await using var test = await TestDatabase.Open(engine);
        var (tables, columns) = engine == Engine.Sqlite
            ? ("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", "SELECT COUNT(*) FROM pragma_table_info(@table) WHERE name = 'tenant_id' AND \"notnull\" = 1")
            : ("SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()", "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = @table AND column_name = 'tenant_id' AND is_nullable = 'NO'");
        var without = new List<string>();
        foreach (var table in await test.Database.Read(s => s.All(tables, r => r.GetString(0))))
            if (await test.Database.Read(s => s.Number(columns, ("table", table))) == 0)
                without.Add(table);
        Assert.Equal(shared.Order(), without.Order());
    }

    [GeneratedRegex("^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(_[a-z0-9]+)+$")]
    private static partial Regex DateAndWords();

    [GeneratedRegex(@"\bDROP\s+TABLE\b", RegexOptions.IgnoreCase)]
    private static partial Regex Drops();
}
