namespace Gatehouse.Platform.Storage.Sqlite;

// Which tables there are, and how they are changed.
internal sealed partial class SqliteDatabase
{
    internal override async ValueTask<bool> TableExists(ReadTx s, string table) =>
        await s.Number("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = @table", ("table", table)) > 0;

    internal override ValueTask<List<TenantTable>> TenantTables(ReadTx s) => s.All(
        """
        SELECT t.name,
          (SELECT group_concat(name) FROM (SELECT c.name FROM pragma_table_info(t.name) c WHERE c.pk > 0 ORDER BY c.pk)),
          (SELECT group_concat(DISTINCT f."table") FROM pragma_foreign_key_list(t.name) f),
          EXISTS (SELECT 1 FROM pragma_index_list(t.name) l JOIN pragma_index_info(l.name) i WHERE l.partial = 0 AND i.seqno = 0 AND i.name = 'tenant_id')
        FROM sqlite_master t WHERE t.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'tenant_id') ORDER BY t.name
        """, TenantTable.Read);

    // Foreign keys can be switched only outside a transaction, and the writer's connection is never without one for long.
    internal override async Task ChangeSchema(Func<WriteTx, ValueTask> work, bool rebuild)
    {
        try
        {
            using var session = OpenSession(WriterCache);
            // With them on, dropping a table first deletes all its rows, and what refers to them by ON DELETE CASCADE.
            if (rebuild)
                session.Run("PRAGMA foreign_keys=OFF");
            session.Run("BEGIN IMMEDIATE");
            // A failure leaves the transaction open, and closing the connection undoes it.
            await work(session);
            if (rebuild && await BrokenReferences(session) is { Count: > 0 } broken)
                throw new BrokenReferencesException(broken);
            session.Run("COMMIT");
        }
        catch (SqliteException e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    // The second finds what has no rows yet: ALTER TABLE ... RENAME takes references along, to the name that is then dropped.
    private static async ValueTask<IReadOnlyList<string>> BrokenReferences(ReadTx s) =>
    [
        .. await s.All("SELECT \"table\", parent, COUNT(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2",
            r => $"{r.GetInt64(2)} rows of {r.GetString(0)} refer to {r.GetString(1)} that are not there"),
        .. await s.All(
            """
            SELECT t.name, f."table" FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f
            WHERE t.type = 'table' AND NOT EXISTS (SELECT 1 FROM sqlite_master p WHERE p.type = 'table' AND p.name = f."table" COLLATE NOCASE)
            """,
            r => $"the table {r.GetString(0)} refers to {r.GetString(1)}, which is not there"),
    ];

    // BEGIN IMMEDIATE serialises processes, and each migration is looked for again inside its transaction.
    internal override Task<IAsyncDisposable> SchemaLock() => Task.FromResult<IAsyncDisposable>(NoLock.Instance);

    private sealed class NoLock : IAsyncDisposable
    {
        public static readonly NoLock Instance = new();
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
