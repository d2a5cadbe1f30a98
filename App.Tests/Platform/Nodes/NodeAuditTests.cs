using System.Text.Json;
using Gatehouse.Audit.Chain;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Console.Jobs;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Nodes;

/// <summary>What each node remembers of an audit log that the others write too: no false alarm, and no cut end that shows on one of them only.</summary>
public sealed class NodeAuditTests
{
    [Fact]
    public async Task A_file_that_is_behind_another_nodes_entries_is_no_alarm_and_catches_up()
    {
        await using var nodes = await Nodes.Start();
        await Add(nodes.A, 5);
        Assert.Null(Remembered(nodes.B));
        Assert.Empty(await nodes.B.Service<AuditVerifier>().Verify());
        await Seen(nodes, 5);
        await Add(nodes.A, 5);
        Assert.Empty(await nodes.B.Service<AuditVerifier>().Verify());
        await Check(nodes.B, ExitCode.Ok);
        // B goes on from where A is.
        await Add(nodes.B, 1);
        await nodes.B.Service<HeadFile>().Settled();
        Assert.Equal(11, Remembered(nodes.B));
        await Seen(nodes, 11);
        foreach (var node in new[] { nodes.A, nodes.B })
        {
            Assert.Empty(await node.Service<AuditVerifier>().Verify());
            Assert.Equal("pass", await Health(node));
            Assert.Empty(node.Errors.Lines);
        }
    }

    [Fact]
    public async Task Nodes_that_write_at_once_and_look_meanwhile_never_alarm()
    {
        await using var nodes = await Nodes.Start();
        var writing = Task.WhenAll(new[] { nodes.A, nodes.B }.Select(node => Task.Run(() => Add(node, 60))));
        while (!writing.IsCompleted)
        {
            foreach (var node in new[] { nodes.A, nodes.B })
            {
                Assert.True(await node.Service<AuditHeads>().CatchUp());
                Assert.Empty(await node.Service<AuditVerifier>().Verify());
            }
        }
        await writing;
        await Seen(nodes, 120);
    }

    [Fact]
    public async Task An_end_that_another_node_wrote_and_somebody_cut_off_shows_on_every_node()
    {
        await using var nodes = await Nodes.Start();
        await Add(nodes.A, 3);
        await nodes.A.Db.Write(async s =>
        {
            await s.Execute("CREATE TABLE backup_entries AS SELECT * FROM audit_entries");
            await s.Execute("CREATE TABLE backup_heads AS SELECT * FROM audit_heads");
        });
        await Add(nodes.A, 3);
        // Nothing is written on B.
        await Seen(nodes, 6);
        await nodes.A.Db.Write(async s =>
        {
            foreach (var table in new[] { "entries", "heads" })
            {
                await s.Execute($"DELETE FROM audit_{table}");
                await s.Execute($"INSERT INTO audit_{table} SELECT * FROM backup_{table}");
                await s.Execute($"DROP TABLE backup_{table}");
            }
        });
        foreach (var node in new[] { nodes.A, nodes.B })
        {
            await Soon(nodes, async () => await Health(node) == "warn", "the health of each tells");
            Assert.Contains("an older copy", Assert.Single(await node.Service<AuditVerifier>().Verify()));
            // Once, however often it looks.
            await node.Service<AuditHeads>().CatchUp();
            Assert.Single(node.Errors.Lines, l => l.Contains(HeadFile.FileName, StringComparison.Ordinal));
        }
        // Whichever of them runs the nightly check, it fails.
        await Assert.ThrowsAsync<JobFailure>(() => nodes.B.Service<StorageJobs>().RunIntegrity(default));
        await Check(nodes.B, ExitCode.Failed);

        // What goes on is not remembered over it, until that is accepted on each.
        await Add(nodes.A, 5);
        Assert.Equal((6, 6), (Remembered(nodes.A), Remembered(nodes.B)));
        foreach (var node in new[] { nodes.A, nodes.B })
        {
            Assert.Single(await node.Service<AuditHeads>().Accept(Caller.Cli));
            await Soon(nodes, async () => await Health(node) == "pass", "accepted");
        }
        await Seen(nodes, 10);
    }

    [Fact]
    public async Task Without_news_the_file_is_not_written_again()
    {
        await using var nodes = await Nodes.Start();
        await Add(nodes.A, 1);
        var file = nodes.B.Service<HeadFile>();
        await Look();
        File.SetLastWriteTimeUtc(file.Path, DateTime.UnixEpoch);
        await Look();
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file.Path));
        await Add(nodes.A, 1);
        await Look();
        Assert.Equal(2, Remembered(nodes.B));

        async Task Look()
        {
            Assert.True(await nodes.B.Service<AuditHeads>().CatchUp());
            await file.Settled();
        }
    }

    private static async Task Add(TestServer node, int count)
    {
        for (var i = 0; i < count; i++)
            await node.Db.Command(Caller.Cli, s => node.Service<AuditWriter>().Write(s, Caller.Cli, "plan.changed", new AuditTarget("plan", Guid.NewGuid().ToString(), "Plan")));
        await node.Service<HeadFile>().Settled();
    }

    private static long? Remembered(TestServer node) => node.Service<HeadFile>().Read()?.GetValueOrDefault(Caller.DefaultTenant)?.Seq;

    private static Task Seen(Nodes nodes, long seq) =>
        Soon(nodes, () => Task.FromResult(Remembered(nodes.A) == seq && Remembered(nodes.B) == seq), $"both nodes remember entry {seq}");

    // Each look has some real time to end in.
    private static async Task Soon(Nodes nodes, Func<Task<bool>> holds, string what)
    {
        var asked = 0;
        await Wait.Until(async () =>
        {
            if (asked++ % 20 == 0)
                nodes.Clock.Advance(AuditHeadWatch.Every);
            return await holds();
        }, what, seconds: 20);
    }

    private static async Task<string> Health(TestServer node)
    {
        using var client = await node.As(Role.Analyst);
        return (string)(await client.GetApi("/api/health"))["checks"]!["audit"]!["status"]!;
    }

    private static async Task Check(TestServer node, int code)
    {
        await File.WriteAllTextAsync(Path.Combine(node.Storage.Folder.Path, "appsettings.json"), JsonSerializer.Serialize(new { Storage = new { Postgres = node.Storage.ConnectionString } }));
        var ran = await Shell.Run("db", "check", "--data", node.Storage.Folder.Path);
        Assert.True(ran.Code == code, $"{ran.Code}: {ran.Out} {ran.Error}");
    }
}
