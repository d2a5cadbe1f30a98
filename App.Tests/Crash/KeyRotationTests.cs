using System.Diagnostics;
using System.Net.Http.Headers;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Crash;

/// <summary>
/// <c>key rotate</c> of the published binary is killed at moments all over its run: afterwards the installation starts with what lies
/// there, or the rotation is run again, and nothing that was sealed is lost.
/// </summary>
public sealed class KeyRotationTests
{
    private const int Rounds = 12;

    [Fact]
    public async Task A_rotation_that_was_killed_leaves_an_installation_that_starts_or_rotates_again()
    {
        using var folder = new TestFolder();
        var data = folder.File("data");
        await using var appliance = new Appliance(await Appliance.Binary(), data);
        appliance.Serve();
        await appliance.Ready();
        var token = new AuthenticationHeaderValue("Bearer", await appliance.Run("token", "create", "--name", "crash", "--role", "owner"));
        appliance.Http.DefaultRequestHeaders.Authorization = token;
        var keys = (await appliance.Http.MakeKeys(await appliance.Http.MakePlan(), 5)).Keys;
        var published = (string)(await appliance.Http.GetApi("/api/public-key"))["public_key"]!;
        await appliance.Kill();
        var whole = await Rotate(appliance);

        var random = Fake.Data().Random;
        var cut = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // One in each stretch of a whole run, and a little beyond it.
            var after = whole * ((round + random.Double()) / Rounds * 1.1);
            if (await appliance.RunAndKill(after, "key", "rotate"))
                cut++;
            // Every other time it is run again before anything else, over what the killed one left; what that takes is measured anew, for
            // the machine may have been busy.
            if (round % 2 == 1)
                whole = await Rotate(appliance);
            appliance.Serve();
            await appliance.Ready();
            appliance.Http.DefaultRequestHeaders.Authorization = token;
            Assert.Equal(published, (string)(await appliance.Http.GetApi("/api/public-key"))["public_key"]!);
            Assert.Equal("VALID", (await appliance.Http.Validate(keys[0], "machine-1")).Code);
            var rotations = 0;
            for (string? next = ""; next is not null;)
            {
                var page = await appliance.Http.GetApi("/api/audit?action=master_key.rotated&limit=100" + (next.Length == 0 ? "" : "&after=" + next));
                rotations += page["items"]!.AsArray().Count;
                next = (string?)page["next"];
            }
            await appliance.Kill();
            // What the database says and what lies in the folder agree: each key that was in force is kept.
            await appliance.Run("db", "check");
            Assert.Equal(rotations, Directory.GetFiles(data, "gatehouse.key.old-*").Length);
        }
        // One that was killed early leaves a key that waits: the next takes it.
        await appliance.Run("key", "rotate");
        Assert.False(File.Exists(Path.Combine(data, "gatehouse.key.new")));
        Assert.True(cut >= Rounds / 3, $"Only {cut} of {Rounds} were killed before they had ended.");
    }

    /// <summary>A whole run, and how long it took.</summary>
    private static async Task<TimeSpan> Rotate(Appliance appliance)
    {
        var watch = Stopwatch.StartNew();
        await appliance.Run("key", "rotate");
        return watch.Elapsed;
    }
}
