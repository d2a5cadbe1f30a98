using System.Security.Cryptography;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Storage.Postgres;
using Gatehouse.Platform.Storage.Sqlite;

namespace Gatehouse.Tests.Support;

/// <summary>A database as version 0.1.0 made it, filled by a test and then moved up.</summary>
internal sealed class OldDatabase : IAsyncDisposable
{
    private readonly TestDatabase _test;

    private OldDatabase(TestDatabase test, Database db)
    {
        (_test, Db) = (test, db);
        Log = new TestAudit(db, new SecretBox(RandomNumberGenerator.GetBytes(SecretBox.KeySize)), test.Folder, test.Clock);
    }

    /// <summary>Moved up to this version.</summary>
    public Database Db { get; }

    /// <summary>Its audit log, as this version goes on with it.</summary>
    public TestAudit Log { get; }

    /// <param name="fill">Writes rows by the schema of then.</param>
    public static async Task<OldDatabase> Make(Engine engine, Func<WriteTx, ValueTask> fill)
    {
        var test = await TestDatabase.Empty(engine);
        Database db = engine == Engine.Sqlite
            ? SqliteDatabase.Create(Path.Combine(test.Folder.Path, DataFolder.DatabaseFile), test.Clock)
            : new PostgresDatabase(test.ConnectionString!);
        await Migrator.Apply(db, [Migration.All[0]]);
        await db.Write(fill);
        await Migrator.Apply(db, Migration.All);
        return new OldDatabase(test, db);
    }

    /// <summary>Appends an entry to the chain that all tenants shared then, and returns its hash.</summary>
    public static async ValueTask<string> Audit(WriteTx s, AuditEntry entry, string previous)
    {
        var hash = AuditEntry.Chain(previous, entry);
        await s.Execute(
            """
            INSERT INTO audit_entries (seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash)
            VALUES (@seq, @tenant, @at, @kind, @actor, @name, @ip, @action, @target_kind, @target, @target_name, @before, @after, @reason, @hash)
            """,
            ("seq", entry.Seq), ("tenant", entry.TenantId), ("at", entry.At), ("kind", entry.ActorKind), ("actor", entry.ActorId), ("name", entry.ActorName), ("ip", entry.Ip),
            ("action", entry.Action), ("target_kind", entry.Target.Kind), ("target", entry.Target.Id), ("target_name", entry.Target.Name), ("before", entry.Before),
            ("after", entry.After), ("reason", entry.Reason), ("hash", hash));
        await s.Execute("UPDATE audit_head SET seq = @seq, hash = @hash", ("seq", entry.Seq), ("hash", hash));
        return hash;
    }

    public async ValueTask DisposeAsync()
    {
        await Log.File.DisposeAsync();
        await Db.DisposeAsync();
        await _test.DisposeAsync();
    }
}
