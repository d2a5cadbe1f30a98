using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>
/// Two changes at the same moment: what is there afterwards, the audit log among it, is what comes of the one after the other. A
/// change that was lost, or done on what was no longer so, fits neither order.
/// </summary>
public sealed class LostUpdateTests(Sites sites) : IClassFixture<Sites>
{
    public static TheoryData<string, int, Engine> Races
    {
        get
        {
            var data = new TheoryData<string, int, Engine>();
            foreach (var row in EndpointCatalogue.Rows)
                for (var i = 0; i < row.Races.Length; i++)
                    foreach (var engine in Enum.GetValues<Engine>())
                        data.Add(row.ToString(), i, engine);
            return data;
        }
    }

    [Theory, MemberData(nameof(Races))]
    public async Task Two_at_once_are_as_one_after_the_other(string name, int index, Engine engine)
    {
        var site = await sites.On(engine);
        var race = EndpointCatalogue.Named(name).Races[index];
        var legal = new[]
        {
            await Round(site, race, async (first, second) =>
            {
                var one = await first();
                return (one, await second());
            }),
            await Round(site, race, async (first, second) =>
            {
                var two = await second();
                return (await first(), two);
            }),
        };
        // A pair of which neither does anything would pass whatever happens.
        Assert.All(legal, outcome => Assert.True(outcome.StartsWith("done", StringComparison.Ordinal) || outcome.Contains(", done", StringComparison.Ordinal), outcome));

        var wrong = new List<string>();
        for (var round = 0; round < race.Rounds; round++)
        {
            var outcome = await Round(site, race, async (first, second) =>
            {
                var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var both = new[] { first, second }.Select(send => Task.Run(async () =>
                {
                    await go.Task;
                    return await send();
                })).ToList();
                go.SetResult();
                var replies = await Task.WhenAll(both);
                return (replies[0], replies[1]);
            });
            if (!legal.Contains(outcome))
                wrong.Add(outcome);
        }
        Assert.True(wrong.Count == 0, $"{race}\n{wrong.Count} of {race.Rounds} rounds came out otherwise than in turn:\n{wrong.FirstOrDefault()}\n--- first, then second:\n{legal[0]}\n--- second, then first:\n{legal[1]}\n{string.Join('\n', site.Server.Errors.Lines.Take(3))}");
    }

    // On things of its own, in a tenant of its own unless visitors take part. Returns who was told that it was done, and what changed.
    private static async Task<string> Round(Site site, Race race, Func<Func<Task<Reply>>, Func<Task<Reply>>, Task<(Reply, Reply)>> run)
    {
        var rows = new[] { race.First, race.Second }.Select(EndpointCatalogue.Of).ToArray();
        var tenant = Site.TenantFor(rows.Any(r => r.IsDefaults));
        // Both pages are one person's, in one session.
        var (program, person) = (await site.Visitor(Role.Owner, tenant, true),
            rows.Any(r => r.IsCustomers) ? await site.Customer(tenant) : rows.Any(r => !r.IsApi) ? await site.Visitor(rows.All(r => r.IsApi || r.LetsIn(Role.Admin)) ? Role.Admin : Role.Owner, tenant, false) : new(null, null, null));
        var things = await site.Things(tenant, person);
        if (person.Account is { } account)
            things.Label(account, "me");
        var (first, second) = (await things.Fill(race.First), await things.Fill(race.Second));
        var before = await Snapshot.Take(site.Server, tenant);
        var (one, two) = await run(() => site.Send(Of(rows[0]), first), () => site.Send(Of(rows[1]), second));
        var changed = (await Snapshot.Take(site.Server, tenant)).Since(before, things);
        return $"{Told(one)}, {Told(two)}\n{changed}";

        Visitor Of(EndpointRow row) => row.IsOpen ? new(null, null, null) : row.IsApi && !row.IsCustomers ? program : person;
    }

    private static string Told(Reply reply) => reply.Status >= 500 ? reply.ToString() : reply.Done ? "done" : "refused";
}
