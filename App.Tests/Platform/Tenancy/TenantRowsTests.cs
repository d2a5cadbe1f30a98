using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Tenancy;

/// <summary>All rows of a tenant go, of every table there is, and nothing of another's.</summary>
public sealed class TenantRowsTests
{
    private sealed record Column(string Table, string Name, bool IsText, string? Parent, string? ParentColumn);

    [Theory, BothEngines]
    public async Task Every_table_is_emptied_of_one_and_of_no_other(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var (db, rows) = (test.Database, new TenantRows(test.Database));
        var tables = await db.Read(s => db.TenantTables(s));
        Assert.Equal(await Schema(), tables.Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.True(tables.Count > 50, $"{tables.Count} tables");
        foreach (var tenant in new[] { "goes", "stays" })
            await Fill(db, tables, tenant);
        foreach (var tenant in new[] { "goes", "stays" })
            Assert.Equal(tables.Select(t => t.Name).Order(StringComparer.Ordinal), (await db.Read(s => rows.Count(s, tenant))).Keys);
        var stays = await db.Read(s => rows.Count(s, "stays"));

        var gone = 0L;
        await rows.Erase("goes", n => gone += n, default);
        Assert.Empty(await db.Read(s => rows.Count(s, "goes")));
        Assert.Equal(stays, await db.Read(s => rows.Count(s, "stays")));
        // Some go with what they hang on.
        Assert.InRange(gone, tables.Count / 2, tables.Count);
        Assert.Empty(await db.CheckIntegrity());
    }

    [Theory, BothEngines]
    public async Task What_is_much_goes_in_steps_and_can_be_cut_off(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var (db, rows) = (test.Database, new TenantRows(test.Database));
        // One table whose tenant an index finds, one without.
        var tables = (await db.Read(s => db.TenantTables(s))).ToDictionary(t => t.Name);
        Assert.Equal((true, false), (tables["security_events"].Indexed, tables["license_events"].Indexed));
        foreach (var tenant in new[] { "goes", "stays" })
            await db.Write(async s =>
            {
                await s.Execute("INSERT INTO tenants (id, name, created_at) VALUES (@id, @id, 0)", ("id", tenant));
                for (var i = 0; i < 3000; i++)
                {
                    await s.Execute("INSERT INTO security_events (id, tenant_id, at, kind, severity, subject, detail) VALUES (@id, @tenant, 0, 'k', 'info', '', '')", ("id", $"{i:D5}{tenant}"), ("tenant", tenant));
                    await s.Execute("INSERT INTO license_events (license_id, id, tenant_id, at, kind, actor, detail) VALUES (@id, 'x', @tenant, 0, 'k', '', '[]')", ("id", $"{i:D5}{tenant}"), ("tenant", tenant));
                }
            });
        using var cut = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rows.Erase("goes", _ => cut.Cancel(), cut.Token));
        var left = (await db.Read(s => rows.Count(s, "goes"))).Values.Sum();
        Assert.InRange(left, 5000, 5999);

        var steps = new List<int>();
        await rows.Erase("goes", steps.Add, default);
        Assert.Equal(left, steps.Sum());
        Assert.All(steps, n => Assert.InRange(n, 1, 1000));
        Assert.Empty(await db.Read(s => rows.Count(s, "goes")));
        Assert.Equal(6000, (await db.Read(s => rows.Count(s, "stays"))).Values.Sum());
    }

    // A row in each, what it refers to before it; every text is the tenant's own, every number 1.
    private static async Task Fill(Database db, IReadOnlyList<TenantTable> tables, string tenant)
    {
        var columns = (await Columns()).ToLookup(c => c.Table);
        await db.Write(async s =>
        {
            await s.Execute("INSERT INTO tenants (id, name, created_at) VALUES (@id, @id, 0)", ("id", tenant));
            var (left, done) = (tables.ToList(), new HashSet<string> { "tenants" });
            while (left.Count > 0)
            {
                var next = left.First(t => t.Parents.All(p => p == t.Name || done.Contains(p)));
                var row = columns[next.Name].Select(c => (c.Name, c.Parent == next.Name ? null : Value(c))).ToArray();
                await s.Execute($"INSERT INTO {next.Name} ({string.Join(", ", row.Select(c => c.Name))}) VALUES ({string.Join(", ", row.Select(c => "@" + c.Name))})", row);
                left.Remove(next);
                done.Add(next.Name);
            }
        });

        // What is referred to may itself refer to something.
        object Value(Column c) => c.Parent == "tenants" || c.Name == "tenant_id" ? tenant : c.Parent is { } parent ? Value(columns[parent].First(p => p.Name == (c.ParentColumn ?? "id") && p.Parent != parent)) : c.IsText ? $"{tenant} {c.Table} {c.Name}" : 1L;
    }

    // The schema is the same on both engines, and one of them tells of it more shortly.
    private static async Task<List<Column>> Columns()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        return await test.Database.Read(s => s.All(
            """
            SELECT t.name, c.name, c.type, f."table", f."to" FROM sqlite_master t JOIN pragma_table_info(t.name) c LEFT JOIN pragma_foreign_key_list(t.name) f ON f."from" = c.name
            WHERE t.type = 'table'
            """, r => new Column(r.GetString(0), r.GetString(1), r.GetString(2) == "TEXT", r.TextOrNull(3), r.TextOrNull(4))));
    }

    private static async Task<IEnumerable<string>> Schema() => (await Columns()).Where(c => c.Name == "tenant_id").Select(c => c.Table).Order(StringComparer.Ordinal);
}
