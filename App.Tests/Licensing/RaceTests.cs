using System.Net;
using Gatehouse.Platform.Web;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing;

/// <summary>What must be exact is exact when everybody comes at once.</summary>
public sealed class RaceTests
{
    private static Task<long> Number(TestServer server, string sql) => server.Db.Read(s => s.Number(sql));

    [Theory, BothEngines]
    public async Task Two_hundred_machines_at_once_bind_one_key_to_one(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Owner);
        var (_, keys) = await staff.MakeKeys(await staff.MakePlan());
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => server.Http.Validate(keys[0], $"machine-{i}"))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        var winner = Assert.Single(answers, a => (bool)a["valid"]!);
        Assert.True((bool)winner["first_activation"]!);
        Assert.Equal(199, answers.Count(a => a.Code == "MACHINE_MISMATCH"));
        Assert.Equal(1, await Number(server, "SELECT COUNT(*) FROM bindings"));
        Assert.Equal(1, await Number(server, "SELECT COUNT(*) FROM license_events WHERE kind = 'activated'"));
        Assert.Equal((string?)winner["machine_code"], await server.Db.Read(s => s.One("SELECT machine_code FROM bindings", r => r.GetString(0))));
    }

    [Theory, BothEngines]
    public async Task Two_hundred_machines_at_once_fill_a_key_to_its_limit(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Owner);
        var (_, keys) = await staff.MakeKeys(await staff.MakePlan(machines: 7));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => server.Http.Validate(keys[0], $"machine-{i}"))));
        Assert.Equal(7, answers.Count(a => (bool)a["valid"]!));
        Assert.Single(answers, a => (bool)a["first_activation"]!);
        Assert.Equal(193, answers.Count(a => a.Code == "TOO_MANY_MACHINES"));
        Assert.Equal(7, await Number(server, "SELECT COUNT(*) FROM bindings"));
        // Those that are in stay in.
        foreach (var inside in answers.Where(a => (bool)a["valid"]!))
            Assert.Equal("VALID", (await server.Http.Validate(keys[0], (string)inside["machine_code"]!)).Code);
    }

    [Theory, BothEngines]
    public async Task The_same_machine_two_hundred_times_at_once_activates_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Owner);
        var (_, keys) = await staff.MakeKeys(await staff.MakePlan());
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => server.Http.Validate(keys[0].ToLowerInvariant(), " machine "))));
        Assert.All(answers, a => Assert.True((bool)a["valid"]!));
        Assert.Single(answers, a => (bool)a["first_activation"]!);
        Assert.Single(answers.Select(a => (string?)a["expire_at"]).Distinct());
        Assert.Equal(1, await Number(server, "SELECT COUNT(*) FROM license_events WHERE kind = 'activated'"));
    }

    [Theory, BothEngines]
    public async Task A_batch_that_is_asked_for_twice_with_one_key_exists_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Owner);
        var plan = await staff.MakePlan();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            staff.PostApi("/api/keys/generate", new { plan, prefix = "VIP", count = 500, length = 12 }, idempotencyKey: "batch-1"))));
        Assert.Single(answers.Select(a => a.Text).Distinct());
        Assert.Equal(500, await Number(server, "SELECT COUNT(*) FROM licenses"));
        Assert.Equal(1, await Number(server, "SELECT COUNT(*) FROM batches"));
    }

    [Theory, BothEngines]
    public async Task A_key_that_is_suspended_while_it_is_activated_is_one_or_the_other(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Owner);
        var (_, keys) = await staff.MakeKeys(await staff.MakePlan(), 30);
        await Task.WhenAll(keys.SelectMany((key, i) => new[]
        {
            Task.Run(() => server.Http.Validate(key, $"machine-{i}")),
            Task.Run(() => staff.PatchApi($"/api/keys/{key}", new { action = "suspend" })),
        }));
        foreach (var key in keys)
            Assert.Equal("SUSPENDED", (await server.Http.Validate(key, "late")).Code);
        // Who was activated before has a binding and its event; who was not has neither.
        Assert.Equal(0, await Number(server,
            """
            SELECT COUNT(*) FROM licenses l WHERE
              (l.used_at IS NOT NULL) <> EXISTS (SELECT 1 FROM bindings b WHERE b.license_id = l.id)
              OR (l.used_at IS NOT NULL) <> EXISTS (SELECT 1 FROM license_events e WHERE e.license_id = l.id AND e.kind = 'activated')
            """));
    }
}
