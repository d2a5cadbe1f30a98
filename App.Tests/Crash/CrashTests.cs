using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Crash;

/// <summary>
/// The published binary is killed, again and again, while keys are being activated: what was acknowledged is there afterwards,
/// and nothing is there by half.
/// </summary>
public sealed class CrashTests
{
    private const int Kills = 50;
    private const int Workers = 12;
    private const int LongestLife = 250;

    [Fact]
    public async Task What_was_acknowledged_survives_fifty_kills_and_nothing_is_half_there()
    {
        using var folder = new TestFolder();
        var data = folder.File("data");
        await using var appliance = new Appliance(await Appliance.Binary(), data);
        var keys = new ConcurrentQueue<string>(await Generate(appliance));
        var random = Fake.Data().Random;
        var acknowledged = new ConcurrentDictionary<string, string>();
        var broken = 0;

        for (var kill = 1; kill <= Kills; kill++)
        {
            appliance.Serve();
            // One in five dies while it is still starting: over the log that the last one left.
            if (kill % 5 == 0)
            {
                await Task.Delay(random.Int(0, 150));
                await appliance.Kill();
                Check(data, acknowledged, kill);
                continue;
            }
            await appliance.Ready();
            var work = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => Activate(appliance.Http, keys, acknowledged))).ToList();
            await Task.Delay(random.Int(1, LongestLife));
            await appliance.Kill();
            broken += (await Task.WhenAll(work)).Count(interrupted => interrupted);
            Check(data, acknowledged, kill);
        }
        Assert.True(acknowledged.Count >= Kills, $"Only {acknowledged.Count} activations: there was no stream of them to break.");
        Assert.True(broken >= Kills, $"Only {broken} requests were cut off: it was killed while nothing went on.");

        // And a client that asks again is told the same.
        appliance.Serve();
        await appliance.Ready();
        foreach (var (key, machine) in acknowledged.Take(200))
        {
            var answer = await appliance.Http.Validate(key, machine);
            Assert.True(answer.Code == "VALID" && !(bool)answer["first_activation"]!, answer.ToString());
        }
        await appliance.Kill();
        await appliance.Run("db", "check");
    }

    private static async Task<List<string>> Generate(Appliance appliance)
    {
        appliance.Serve();
        await appliance.Ready();
        var token = await appliance.Run("token", "create", "--name", "crash", "--role", "owner");
        appliance.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var plan = await appliance.Http.MakePlan();
        var keys = new List<string>();
        for (var batch = 0; batch < 3; batch++)
            keys.AddRange((await appliance.Http.MakeKeys(plan, 10_000)).Keys);
        await appliance.Kill();
        return keys;
    }

    /// <summary>Activates one key after the other until the server is gone. Returns whether it went away under a request.</summary>
    private static async Task<bool> Activate(HttpClient http, ConcurrentQueue<string> keys, ConcurrentDictionary<string, string> acknowledged)
    {
        while (keys.TryDequeue(out var key))
        {
            var machine = "machine-" + key;
            try
            {
                var answer = await http.Validate(key, machine);
                Assert.True(answer.Code == "VALID" && (bool)answer["first_activation"]!, answer.ToString());
                acknowledged[key] = machine;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Looks at a copy of the files as they were left: opening them would mend what the next start has to mend itself.</summary>
    private static void Check(string data, ConcurrentDictionary<string, string> acknowledged, int kill)
    {
        using var left = new LeftFiles(data);
        Assert.Empty(left.Read(
            """
            SELECT key || ' ' || state FROM licenses l
            WHERE (state = 'active') <> (used_at IS NOT NULL)
               OR (state = 'active') <> (expire_at IS NOT NULL)
               OR (state = 'active') <> EXISTS (SELECT 1 FROM bindings b WHERE b.license_id = l.id)
               OR (state = 'active') <> EXISTS (SELECT 1 FROM license_events e WHERE e.license_id = l.id AND e.kind = 'activated')
            LIMIT 5
            """));
        var there = left.Read("SELECT l.key || ' ' || b.machine_code FROM licenses l JOIN bindings b ON b.license_id = l.id").ToHashSet();
        var lost = acknowledged.Where(a => !there.Contains($"{a.Key} {a.Value}")).Select(a => a.Key).ToList();
        Assert.True(lost.Count == 0, $"After kill {kill}, {lost.Count} of {acknowledged.Count} acknowledged activations are gone, such as {lost.FirstOrDefault()}.");
    }
}
