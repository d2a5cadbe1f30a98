using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>Migrations that say <c>-- rebuild</c>: a table that others refer to is made anew.</summary>
public sealed class RebuildTests
{
    private const string Name = "9001-01-01_licensing_serial";

    // The whole of a rebuild as sqlite.org/lang_altertable.html has it: make new, copy, drop old, rename, make its indexes again.
    private const string Anew =
        """
        -- rebuild: SQLite adds no column that is unique
        /*sqlite
        CREATE TABLE licenses_new (
          id TEXT NOT NULL PRIMARY KEY, tenant_id TEXT NOT NULL REFERENCES tenants (id), key TEXT NOT NULL, prefix TEXT NOT NULL, code TEXT NOT NULL,
          plan_id TEXT NOT NULL REFERENCES plans (id), batch_id TEXT NOT NULL REFERENCES batches (id), state TEXT NOT NULL, created_at BIGINT NOT NULL,
          used_at BIGINT, expire_at BIGINT, note TEXT NOT NULL DEFAULT '', serial TEXT UNIQUE
        );
        INSERT INTO licenses_new (id, tenant_id, key, prefix, code, plan_id, batch_id, state, created_at, used_at, expire_at, note)
          SELECT id, tenant_id, key, prefix, code, plan_id, batch_id, state, created_at, used_at, expire_at, note FROM licenses;
        DROP TABLE licenses;
        ALTER TABLE licenses_new RENAME TO licenses;
        */
        /*postgres ALTER TABLE licenses ADD COLUMN serial TEXT UNIQUE; */
        CREATE UNIQUE INDEX licenses_serial_tenant ON licenses (tenant_id, serial);
        """;

    private static Task Apply(Database db, string sql) => Migrator.Apply(db, [.. Migration.All, new Migration(Name, sql)]);

    private static Task<List<string>> Bound(Shop shop) => shop.Db.Read(s => s.All(
        "SELECT l.key, b.machine_code FROM licenses l JOIN bindings b ON b.license_id = l.id ORDER BY 1, 2", r => $"{r.GetString(0)} {r.GetString(1)}"));

    private static async Task<List<string>> ThreeBound(Shop shop)
    {
        foreach (var key in await shop.Keys(await shop.Plan(), 3))
            Assert.True((await shop.Validate(key)).Valid);
        var bound = await Bound(shop);
        Assert.Equal(3, bound.Count);
        return bound;
    }

    [Theory, BothEngines]
    public async Task What_refers_to_a_table_that_is_made_anew_stays_and_goes_on_referring_to_it(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var bound = await ThreeBound(shop);
        await Apply(shop.Db, Anew);
        Assert.Equal(bound, await Bound(shop));
        Assert.Empty(await shop.Db.CheckIntegrity());

        // Connections that were open before see the new table, and foreign keys hold on them: a cascade, and a refusal.
        await shop.Db.Write(s => s.Execute("UPDATE licenses SET serial = 'S-1' WHERE key = @key", ("key", bound[0].Split(' ')[0])));
        await shop.Db.Write(s => s.Execute("DELETE FROM licenses WHERE serial = 'S-1'"));
        Assert.Equal(bound.Skip(1), await Bound(shop));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Db.Write(s => s.Execute(
            "INSERT INTO bindings (license_id, machine_code, tenant_id, created_at) VALUES ('none', 'm', 'default', 0)")));
    }

    [Fact]
    public async Task Without_the_word_rebuild_SQLite_would_delete_what_refers_to_the_table()
    {
        await using var shop = await Shop.Open();
        await ThreeBound(shop);
        await Apply(shop.Db, Anew.Replace("-- rebuild", "-- plain", StringComparison.Ordinal));
        Assert.Empty(await Bound(shop));
    }

    [Theory]
    // Rows that are not taken over.
    [InlineData("FROM licenses;", "FROM licenses LIMIT 1;", "2 rows of bindings refer to licenses that are not there")]
    // The column that is referred to is no key any more.
    [InlineData("id TEXT NOT NULL PRIMARY KEY, tenant_id", "id TEXT NOT NULL, tenant_id", "foreign key mismatch")]
    // A name that nobody has.
    [InlineData("RENAME TO licenses;", "RENAME TO licences; CREATE TABLE licenses (id TEXT PRIMARY KEY, tenant_id TEXT, serial TEXT);", "3 rows of bindings refer to licenses that are not there")]
    public async Task A_rebuild_that_breaks_a_reference_changes_nothing(string part, string broken, string says)
    {
        await using var shop = await Shop.Open();
        var bound = await ThreeBound(shop);
        var refused = await Assert.ThrowsAsync<StorageCorruptException>(() => Apply(shop.Db, Anew.Replace(part, broken, StringComparison.Ordinal)));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Name, refused.Message, StringComparison.Ordinal);
        await AsBefore(shop, bound);
    }

    [Fact]
    public async Task On_PostgreSQL_a_rebuild_that_breaks_a_reference_changes_nothing()
    {
        await using var shop = await Shop.Open(Engine.Postgres);
        var bound = await ThreeBound(shop);
        var refused = await Assert.ThrowsAsync<StorageCorruptException>(() => Apply(shop.Db, "-- rebuild\nALTER TABLE licenses ADD COLUMN serial TEXT; DROP TABLE plans;"));
        Assert.Contains("plans", refused.Message, StringComparison.Ordinal);
        await AsBefore(shop, bound);
    }

    // Renaming the old table away takes the references of others along, and then it is dropped under them: no row need be there to break.
    [Fact]
    public async Task A_rebuild_that_renames_the_old_table_is_refused_even_when_nothing_refers_to_it_yet()
    {
        await using var shop = await Shop.Open();
        var wrong =
            """
            -- rebuild
            ALTER TABLE licenses RENAME TO licenses_old;
            CREATE TABLE licenses (id TEXT NOT NULL PRIMARY KEY, tenant_id TEXT, serial TEXT);
            DROP TABLE licenses_old;
            """;
        var refused = await Assert.ThrowsAsync<StorageCorruptException>(() => Apply(shop.Db, wrong));
        Assert.Contains("the table bindings refers to licenses_old, which is not there", refused.Message, StringComparison.Ordinal);
        await AsBefore(shop, []);
    }

    private static async Task AsBefore(Shop shop, List<string> bound)
    {
        Assert.Equal(bound, await Bound(shop));
        Assert.DoesNotContain(Name, await shop.Db.Read(s => s.All("SELECT name FROM schema_version", r => r.GetString(0))));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Db.Read(s => s.Number("SELECT COUNT(serial) FROM licenses")));
        Assert.True((await shop.Validate((await shop.Keys(await shop.Plan("Other"), 1))[0])).Valid);
        Assert.Empty(await shop.Db.CheckIntegrity());
    }
}
