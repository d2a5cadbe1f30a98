using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

public sealed class MigrationsTests
{
    private static Task<List<long>> Versions(Database db) => db.Read(s => s.All("SELECT version FROM schema_version ORDER BY version", r => r.GetInt64(0)));

    [Theory, BothEngines]
    public async Task A_fresh_database_gets_every_step_once_however_often_it_is_opened(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var all = Enumerable.Range(1, Migrator.Latest).Select(n => (long)n);
        Assert.Equal(all, await Versions(test.Database));
        await test.Reopen();
        Assert.Equal(all, await Versions(test.Database));
        Assert.Equal(["default"], await test.Database.Read(s => s.All("SELECT id FROM tenants", r => r.GetString(0))));
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
                Assert.Equal(Migrator.Latest, (await Versions(node)).Count);
                await node.DisposeAsync();
            }
        }
    }

    [Theory, BothEngines]
    public async Task A_database_of_a_newer_version_is_refused_and_stays_as_it_is(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => s.Execute("INSERT INTO schema_version (version, name, applied_at) VALUES (@version, 'future', 0)", ("version", Migrator.Latest + 1)));
        var refused = await Assert.ThrowsAsync<StorageCorruptException>(test.OpenAnother);
        Assert.Contains($"schema {Migrator.Latest + 1}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Migrator.Latest + 1, (await Versions(test.Database)).Count);
    }

    [Theory, BothEngines]
    public async Task Every_table_of_business_rows_carries_its_tenant(Engine engine)
    {
        // These hold no tenant's rows.
        string[] shared = ["schema_version", "tenants", "audit_head", "job_states", "job_runs"];
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
}
