using System.Diagnostics;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Connections;

/// <summary>A process that may open 1,024 files, as one is that nobody gave more. In seconds, so it runs alone.</summary>
[Collection(Timed.Collection)]
public sealed class FewFilesTests
{
    private const int Files = 1024;
    private const int Attack = 1200;

    // Long for a busy machine, and nothing to who is kept out: an attack or a limit lasts until the test ends it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // What is promised. A busy machine may miss it: once of so many rounds is enough.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(2);
    private const int Rounds = 3;

    private static async Task<Appliance> Serve(TestFolder folder)
    {
        var appliance = new Appliance(Appliance.NamedOrOwn, folder.Path) { Files = Files };
        try
        {
            appliance.Serve();
            await appliance.Ready();
            return appliance;
        }
        catch
        {
            await appliance.DisposeAsync();
            throw;
        }
    }

    [Fact]
    public async Task More_half_sent_requests_than_files_neither_end_it_nor_keep_others_out()
    {
        using var folder = new TestFolder();
        await using var appliance = await Serve(folder);
        await Recovers(appliance, async () =>
        {
            using var attack = new HalfSent();
            await attack.Open(appliance.Http.BaseAddress!, Attack, HalfSent.Head);
            // Those that only wait make room, while the attack goes on.
            await Answers(appliance);
            Assert.True(attack.Alive < Files - 128, $"{attack.Alive} are in.");
            Assert.InRange(Directory.GetFiles($"/proc/{appliance.Process.Id}/fd").Length, 1, Files - 64);
            appliance.Process.Refresh();
            Assert.False(appliance.Process.HasExited);
        });
    }

    [Fact]
    public async Task Without_a_file_left_it_waits_quietly_and_goes_on_when_there_is_one()
    {
        using var folder = new TestFolder();
        await using var appliance = await Serve(folder);
        // What is compiled just in time opens files of its own until it has been everywhere once: the slowest of what runs by itself looks
        // every ten seconds.
        await Answers(appliance);
        await Task.Delay(TimeSpan.FromSeconds(12));
        await Answers(appliance);
        await Recovers(appliance, async () =>
        {
            await Limit(appliance, "10");
            using (var attack = new HalfSent())
            {
                await attack.Open(appliance.Http.BaseAddress!, 20, HalfSent.Head);
                appliance.Process.Refresh();
                var before = appliance.Process.TotalProcessorTime;
                await Task.Delay(TimeSpan.FromSeconds(4));
                appliance.Process.Refresh();
                Assert.False(appliance.Process.HasExited);
                Assert.True(appliance.Process.TotalProcessorTime - before < TimeSpan.FromSeconds(2), "It is busy with accepting what it cannot take.");
            }
            await Limit(appliance, "1024");
        });
    }

    [Fact]
    public async Task Half_sent_bodies_cost_what_has_a_bound()
    {
        using var folder = new TestFolder();
        await using var appliance = await Serve(folder);
        appliance.Process.Refresh();
        var before = appliance.Process.WorkingSet64;
        using var attack = new HalfSent();
        var large = new byte[1_000_000];
        "POST /api/validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000001\r\n\r\n"u8.CopyTo(large);
        await attack.Open(appliance.Http.BaseAddress!, 300, large);
        appliance.Process.Refresh();
        var grown = appliance.Process.WorkingSet64 - before;
        Assert.True(grown < 120L << 20, $"It has grown by {grown >> 20} MB.");
    }

    /// <summary>Answers again at once when what kept others out is over.</summary>
    private static async Task Recovers(Appliance appliance, Func<Task> attack)
    {
        var took = new List<TimeSpan>();
        do
        {
            await attack();
            took.Add(await Answers(appliance));
        }
        while (took[^1] > Recovery && took.Count < Rounds);
        Assert.True(took[^1] <= Recovery, $"It answers again after {string.Join(", ", took)}.");
    }

    private static async Task Limit(Appliance appliance, string files)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", appliance.Process.Id.ToString(), $"--nofile={files}:{Files}"]);
        await prlimit.WaitForExitAsync();
        Assert.Equal(0, prlimit.ExitCode);
    }

    /// <summary>How long it took.</summary>
    private static async Task<TimeSpan> Answers(Appliance appliance)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var http = new HttpClient { BaseAddress = appliance.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(5) };
                using var answer = await http.GetAsync("/health");
                if (answer.IsSuccessStatusCode)
                    return watch.Elapsed;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }
            Assert.True(watch.Elapsed < Patience, $"It does not answer within {Patience}.");
            await Task.Delay(50);
        }
    }
}
