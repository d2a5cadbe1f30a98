namespace Gatehouse.Tests.Derp;

/// <summary>Busy devices are shared out among the processors, whichever they came to first.</summary>
[Collection(Timed.Collection)]
public sealed class BalanceTests
{
    [Theory]
    [InlineData(Via.Plain)]
    [InlineData(Via.Tls)]
    public async Task Busy_senders_of_one_loop_are_shared_out_and_lose_nothing(Via via)
    {
        Assert.True(Environment.ProcessorCount > 1, "One processor has nothing to share out.");
        await using var relay = await RelayProcess.Open(via);
        var before = Times();
        // In turn, so that with two processors all senders come to one, as all receivers do.
        var clients = new List<DerpTestClient>();
        for (var i = 0; i < 8 * Environment.ProcessorCount; i++)
            clients.Add(await DerpTestClient.Connect(relay, via: via));
        var senders = clients.Chunk(Environment.ProcessorCount).Select((c, i) => Exchange.OneWay(c[0], c[1], [.. Enumerable.Repeat(1200, 12_000)], i));
        await Task.WhenAll(senders);
        var spent = Times().Select(t => t.Value - before.GetValueOrDefault(t.Key)).Order().ToList();
        foreach (var client in clients)
            await client.DisposeAsync();
        Assert.Equal(0, (await relay.Control.State()).Sum("drops"));
        Assert.True(spent.Count >= 2 && spent[^2] * 6 >= spent[^1], $"The loops had {string.Join(", ", spent)} ticks.");
    }

    /// <summary>The processor time that each loop's thread has had.</summary>
    private static Dictionary<string, long> Times() => Directory.EnumerateDirectories("/proc/self/task")
        .Where(t => File.ReadAllText($"{t}/comm").StartsWith("relay-", StringComparison.Ordinal) && !File.ReadAllText($"{t}/comm").StartsWith("relay-door", StringComparison.Ordinal))
        .ToDictionary(t => t, t => File.ReadAllText($"{t}/stat").Split(") ")[1].Split(' ') is var fields ? long.Parse(fields[11]) + long.Parse(fields[12]) : 0);
}
