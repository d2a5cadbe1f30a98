using System.Net;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Batches;

/// <summary>What is done to many keys stands in the list of operations, and keeps no other staff waiting.</summary>
public sealed class BatchOperationTests
{
    [Theory, BothEngines]
    public async Task What_a_request_waited_for_is_recorded_with_its_result(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Operator);
        var plan = await (await server.As(Role.Owner)).MakePlan();
        var (batch, keys) = await http.MakeKeys(plan, 3);
        var imported = await http.PostApi("/api/keys/import", new { plan, content = "IMP-AAAAAAAAAAAA\nIMP-BBBBBBBBBBBB" });
        await http.PostApi("/api/keys/bulk", new { action = "suspend", keys });
        // What is refused is undone, its record too.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await http.PostApi("/api/keys/bulk", new { action = "suspend", keys = new[] { "NO-SUCHKEY23456" } })).Status);
        var items = (await http.GetApi("/api/operations")).Items().ToList();
        Assert.Equal([("keys.bulk", 3L), ("keys.import", 2L), ("keys.generate", 3L)], items.Select(o => ((string)o!["kind"]!, (long)o["total"]!)));
        Assert.All(items, o => Assert.Equal(("succeeded", (long)o!["total"]!), ((string)o["state"]!, (long)o["done"]!)));
        Assert.Equal(("suspend", 3L), ((string)items[0]!["result"]!["action"]!, (long)items[0]!["result"]!["changed"]!));
        Assert.Equal((string?)imported["batch_id"], (string)items[1]!["result"]!["batches"]![0]!);
        Assert.Equal(batch, (string)items[2]!["result"]!["batches"]![0]!);

        var first = await http.GetApi("/api/operations?limit=2");
        Assert.Equal("keys.generate", (string)Assert.Single((await http.GetApi("/api/operations?limit=2&after=" + first["next"])).Items())!["kind"]!);
    }

    [Theory, BothEngines]
    public async Task An_operation_is_its_tenants_and_asks_for_the_right_to_its_kind(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.MakeKeys(await owner.MakePlan());
        var path = "/api/operations/" + (string)(await owner.GetApi("/api/operations")).Items().Single()!["id"]!;
        Assert.Equal("keys.generate", (string)(await owner.GetApi(path))["operation"]!["kind"]!);
        var stranger = await server.As(Role.Owner, "other");
        using var narrow = server.Client(await server.Staff.Token(Role.Owner, scopes: LicensingPermissions.PlansRead.Name));
        foreach (var http in new[] { stranger, narrow })
        {
            Assert.Equal("OPERATION_NOT_FOUND", (await http.GetApi(path)).Code);
            Assert.Empty((await http.GetApi("/api/operations")).Items());
        }
    }

    /// <summary>Told by events: what staff do ends while the keys are still being made.</summary>
    [Fact]
    public async Task Other_staff_go_on_while_10000_keys_are_generated()
    {
        await using var server = await TestServer.Start(Engine.Postgres);
        var owner = await server.As(Role.Owner);
        var plan = await owner.MakePlan();
        using var half = new Half();
        var making = server.Db.Write(s => server.Service<BatchService>().Generate(s, Caller.System, new NewKeys(plan, null, 10_000), half));
        await half.Reached.WaitAsync(TimeSpan.FromSeconds(60));
        // Of all that staff can change this comes nearest: the plan itself, whose keys are being made.
        var changed = await owner.PatchApi("/api/plans/" + plan, new { notes = "changed meanwhile" }).WaitAsync(TimeSpan.FromSeconds(30));
        var made = await owner.PostApi("/api/plans", new { name = "Meanwhile", machine_limit = 1 }).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (changed.Status, made.Status));
        Assert.False(making.IsCompleted);
        half.GoOn();
        Assert.Equal(10_000, (await making).Keys.Count);
        Assert.Equal("keys.generated", await server.Db.Read(s => s.One("SELECT action FROM audit_entries ORDER BY seq DESC LIMIT 1", r => r.GetString(0))));
    }

    /// <summary>Stops at half of the keys until it is told to go on.</summary>
    private sealed class Half : IProgress<int>, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _go = new();

        public Task Reached => _reached.Task;

        public void Report(int value)
        {
            if (value != 5000)
                return;
            _reached.TrySetResult();
            _go.Wait();
        }

        public void GoOn() => _go.Set();

        public void Dispose()
        {
            _go.Set();
            _go.Dispose();
        }
    }
}
