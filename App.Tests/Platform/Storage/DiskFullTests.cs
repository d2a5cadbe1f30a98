using System.Diagnostics;
using System.Net;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>SQLite on a real file system that runs full: a small tmpfs, which needs the right to mount (root, or a container with CAP_SYS_ADMIN).</summary>
public sealed class DiskFullTests
{
    /// <summary>A file system of a few megabytes, gone after the test.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly TestFolder _folder = new();

        public SmallDisk(int megabytes)
        {
            Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "tmpfs", _folder.Path);
        }

        public string Path => _folder.Path;

        /// <summary>Takes what space is left, all but so many bytes.</summary>
        public void Fill(long leave)
        {
            using var file = System.IO.File.Create(System.IO.Path.Combine(Path, "ballast"));
            var block = new byte[4096];
            while (new DriveInfo(Path).AvailableFreeSpace > leave)
                file.Write(block);
        }

        public void Free() => System.IO.File.Delete(System.IO.Path.Combine(Path, "ballast"));

        public void Dispose()
        {
            Run("umount", _folder.Path);
            _folder.Dispose();
        }

        private static void Run(string program, params string[] args)
        {
            using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"This test needs the right to mount a tmpfs: run it as root, or in a container with CAP_SYS_ADMIN. {program}: {said}");
        }
    }

    private static async Task<Database> Open(string path)
    {
        DataFolder.Open(path);
        return await Database.Open(path, null);
    }

    private static Task<long> Rows(Database db) => db.Read(s => s.Number("SELECT COUNT(*) FROM things"));

    [Fact]
    public async Task On_a_full_disk_what_was_acknowledged_is_all_there_and_nothing_else()
    {
        using var disk = new SmallDisk(8);
        var filler = new string('x', 900);
        var (acknowledged, refused) = (new HashSet<string>(), 0);
        await using (var db = await Open(disk.Path))
        {
            await db.Write(s => s.Execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, half TEXT NOT NULL)"));
            // Each write is two rows; forty at once share transactions, until well after the disk is full.
            await Task.WhenAll(Enumerable.Range(0, 40).Select(worker => Task.Run(async () =>
            {
                for (var i = 0; Volatile.Read(ref refused) < 400; i++)
                {
                    var id = $"{worker}-{i}";
                    try
                    {
                        await db.Write(async s =>
                        {
                            await s.Execute("INSERT INTO things (id, half) VALUES (@id, @half)", ("id", id + "a"), ("half", filler));
                            return await s.Execute("INSERT INTO things (id, half) VALUES (@id, @half)", ("id", id + "b"), ("half", filler));
                        });
                        lock (acknowledged)
                            acknowledged.Add(id);
                    }
                    catch (StorageFullException)
                    {
                        Interlocked.Increment(ref refused);
                    }
                }
            })));
            Assert.True(acknowledged.Count > 100, $"{acknowledged.Count}");
            Assert.Equal(acknowledged.Count * 2L, await Rows(db));
        }
        await using var again = await Open(disk.Path);
        var there = (await again.Read(s => s.All("SELECT id FROM things", r => r.GetString(0)))).ToHashSet();
        Assert.Equal(acknowledged.SelectMany(id => new[] { id + "a", id + "b" }).ToHashSet(), there);
        Assert.Empty(await again.CheckIntegrity());
    }

    [Fact]
    public async Task It_goes_on_reading_and_writes_again_when_there_is_space()
    {
        using var disk = new SmallDisk(8);
        await using var db = await Open(disk.Path);
        await db.Write(s => s.Execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, half TEXT NOT NULL)"));
        await db.Write(s => s.Execute("INSERT INTO things (id, half) VALUES ('first', '')"));
        disk.Fill(leave: 0);
        var big = new string('x', 300_000);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<StorageFullException>(() => db.Write(s => s.Execute("INSERT INTO things (id, half) VALUES ('second', @half)", ("half", big))));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Rows(db)))), n => Assert.Equal(1, n));
        disk.Free();
        await db.Write(s => s.Execute("INSERT INTO things (id, half) VALUES ('second', @half)", ("half", big)));
        Assert.Equal(2, await Rows(db));
        Assert.Empty(await db.CheckIntegrity());
    }

    [Fact]
    public async Task A_server_on_a_full_disk_says_so_reads_and_recovers()
    {
        using var disk = new SmallDisk(8);
        var folder = DataFolder.Open(disk.Path);
        await using var server = await TestServer.Start(await TestDatabase.OpenIn(folder));
        var token = await server.As(Role.Admin);
        var name = 0;
        Task<ApiAnswer> MakePlan() => token.PostApi("/api/plans", new { name = $"Plan {name++}", kind = "software", duration_seconds = 60, price = 0, currency = "CNY", machine_limit = 1, notes = new string('n', 900) });
        Assert.Equal(HttpStatusCode.Created, (await MakePlan()).Status);
        disk.Fill(leave: 0);
        ApiAnswer full;
        do
            full = await MakePlan();
        while (full.Status == HttpStatusCode.Created);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "STORAGE_FULL"), (full.Status, full.Code));
        Assert.NotNull(full.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await token.GetApi("/api/plans")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetApi("/api/health")).Status);
        disk.Free();
        Assert.Equal(HttpStatusCode.Created, (await MakePlan()).Status);
    }
}
