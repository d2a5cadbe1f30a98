using System.Security.Cryptography;
using Gatehouse.Audit.Chain;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Audit;

/// <summary>What is remembered of the log beside the key file, and all that must be no alarm.</summary>
public sealed class HeadFileTests
{
    private static async Task Add(TestAudit audit, int count = 1, Caller? who = null)
    {
        for (var i = 0; i < count; i++)
            await audit.Db.Command(who ?? Caller.Cli, s => audit.Writer().Write(s, who ?? Caller.Cli, "plan.changed", new AuditTarget("plan", Guid.NewGuid().ToString(), "Plan")));
        await audit.File.Settled();
    }

    private static long? Seq(TestAudit audit) => audit.File.Read()?.GetValueOrDefault(Caller.DefaultTenant)?.Seq;

    [Theory, BothEngines]
    public async Task It_follows_the_log_and_only_its_owner_reads_it(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        Assert.Null(Seq(test.Audit));
        await Add(test.Audit, 3);
        Assert.Equal(3, Seq(test.Audit));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(test.Audit.File.Path));
        Assert.Equal(await test.Database.Read(s => s.One("SELECT hash FROM audit_heads", r => r.GetString(0))), test.Audit.File.Read()![Caller.DefaultTenant].Hash);
        // What is undone is not remembered.
        await Record.ExceptionAsync(() => test.Database.Command(Caller.Cli, async s =>
        {
            await test.Audit.Writer().Write(s, Caller.Cli, "plan.changed", new AuditTarget("plan", "id", "Plan"));
            throw new Refusal(new(409, "NO"));
        }));
        await test.Audit.File.Settled();
        Assert.Equal(3, Seq(test.Audit));
    }

    [Theory, BothEngines]
    public async Task One_that_is_behind_or_gone_is_no_alarm(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await Add(test.Audit, 3);
        var behind = await File.ReadAllBytesAsync(test.Audit.File.Path);
        await Add(test.Audit, 3);
        // As after a crash between a commit and the write.
        await File.WriteAllBytesAsync(test.Audit.File.Path, behind);
        Assert.Empty(await test.Audit.Verify());
        await Add(test.Audit);
        Assert.Equal(7, Seq(test.Audit));
        File.Delete(test.Audit.File.Path);
        Assert.Empty(await test.Audit.Verify());
        await test.Audit.Heads.StartAsync(default);
        await test.Audit.File.Settled();
        Assert.Equal(7, Seq(test.Audit));
    }

    [Theory, BothEngines]
    public async Task Several_nodes_and_processes_write_at_once_and_none_alarms(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        using var folder = new TestFolder();
        var node = DataFolder.Open(folder.File("node"));
        TestAudit[] writers = [test.Audit, new(test.Database, test.Secrets, test.Folder, test.Clock), new(test.Database, test.Secrets, node, test.Clock)];
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => Add(writers[i % 3]))));
            foreach (var writer in writers)
            {
                Assert.Empty(await writer.Verify());
                Assert.True(Seq(writer) > 0);
            }
        }
        Assert.Equal(90, await test.Database.Read(s => s.Number("SELECT seq FROM audit_heads")));
        Assert.Equal(1, await test.Database.Read(s => s.Number("SELECT COUNT(*) FROM audit_secrets")));
        // The node that wrote last of all is ahead of the others, until those look again.
        foreach (var writer in writers)
        {
            Assert.True(await writer.Heads.CatchUp());
            await writer.File.Settled();
            Assert.Equal(90, Seq(writer));
        }
        Assert.Empty(Directory.GetFiles(test.Folder.Path, "*.part"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("gatehouse audit log 1 {key}\n1\thash")]
    [InlineData("gatehouse audit log 1 {key}\nx\thash\tdefault\n")]
    [InlineData("gatehouse audit log 1 {key}\n1\ta\tdefault\n2\tb\tdefault\n")]
    public async Task One_that_is_spoilt_is_told_and_kept_until_it_is_accepted(string content)
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await Add(test.Audit, 3);
        content = content.Replace("{key}", test.Secrets.Fingerprint);
        await File.WriteAllTextAsync(test.Audit.File.Path, content);
        await Add(test.Audit);
        Assert.Equal(content, await File.ReadAllTextAsync(test.Audit.File.Path));
        Assert.Contains("gatehouse audit accept", Assert.Single(await test.Audit.Verify()));
        Assert.Single(await test.Audit.Heads.Accept(Caller.Cli));
        Assert.Empty(await test.Audit.Verify());
        Assert.Equal(5, Seq(test.Audit));
    }

    [Fact]
    public async Task One_that_another_installation_has_left_is_none()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        var before = new TestAudit(test.Database, new SecretBox(RandomNumberGenerator.GetBytes(32)), test.Folder, test.Clock);
        before.File.Replace([new(Caller.DefaultTenant, 900, "theirs")]);
        await Add(test.Audit, 3);
        Assert.Empty(await test.Audit.Verify());
        Assert.Equal(3, Seq(test.Audit));
    }

    [Theory, BothEngines]
    public async Task An_older_database_is_an_alarm_until_it_is_accepted(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await Add(test.Audit, 3);
        await test.Database.Write(async s =>
        {
            await s.Execute("CREATE TABLE backup_entries AS SELECT * FROM audit_entries");
            await s.Execute("CREATE TABLE backup_heads AS SELECT * FROM audit_heads");
        });
        await Add(test.Audit, 3);
        await test.Database.Write(async s =>
        {
            foreach (var table in new[] { "entries", "heads" })
            {
                await s.Execute($"DELETE FROM audit_{table}");
                await s.Execute($"INSERT INTO audit_{table} SELECT * FROM backup_{table}");
                await s.Execute($"DROP TABLE backup_{table}");
            }
        });
        Assert.Contains("an older copy", Assert.Single(await test.Audit.Verify()));
        Assert.False(await test.Audit.Heads.CatchUp());
        await Add(test.Audit, 5);
        Assert.Equal(6, Seq(test.Audit));
        Assert.Contains("gatehouse audit accept", Assert.Single(await test.Audit.Verify()));
        Assert.Single(await test.Audit.Heads.Accept(Caller.Cli));
        Assert.Empty(await test.Audit.Heads.Accept(Caller.Cli));
        Assert.Equal("audit.accepted", await test.Database.Read(s => s.One("SELECT action FROM audit_entries ORDER BY seq DESC LIMIT 1", r => r.GetString(0))));
        await Add(test.Audit);
        Assert.Empty(await test.Audit.Verify());
        Assert.Equal(10, Seq(test.Audit));
    }

    [Theory, BothEngines]
    public async Task The_chain_goes_on_over_a_rotation_and_over_a_key_that_was_lost(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        var other = Caller.Cli with { TenantId = "other" };
        await Add(test.Audit, 3);
        await Add(test.Audit, 2, other);
        var keys = new KeyFolder(test.Folder.Path);
        var fresh = keys.MakePending();
        await test.Database.Write(s => new SealedTexts([ChainSecrets.Sealed], test.Secrets, TimeProvider.System).Reseal(s, fresh));
        keys.Settle(fresh);
        var rotated = new TestAudit(test.Database, fresh, test.Folder, test.Clock);
        Assert.Empty(await rotated.Verify());
        // This process still has the key of before.
        await Assert.ThrowsAsync<KeyFileException>(() => Add(test.Audit));
        await Add(rotated, 3);
        Assert.Empty(await rotated.Verify());

        var lost = new TestAudit(test.Database, new SecretBox(RandomNumberGenerator.GetBytes(32)), test.Folder, test.Clock);
        await test.Database.Command(Caller.Cli, async s =>
        {
            await new SealedTexts([ChainSecrets.Sealed], lost.Box, TimeProvider.System).GiveUp(s);
            await lost.Heads.Renew(s);
        });
        Assert.Empty(await lost.Verify());
        await Add(lost, 3);
        await Add(lost, 1, other);
        Assert.Empty(await lost.Verify());
        // The last one under the lost secret is covered by the one after it.
        await test.Database.Write(s => s.Execute("UPDATE audit_entries SET hash = 'x.y' WHERE tenant_id = 'default' AND seq = 6"));
        Assert.NotEmpty(await lost.Verify());
    }
}
