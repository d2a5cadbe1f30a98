using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Batches;

/// <summary>A batch that is asked for again with the same Idempotency-Key is not made again.</summary>
public sealed class BatchOnceTests
{
    [Theory, BothEngines]
    public async Task A_batch_that_is_asked_for_at_once_with_one_key_exists_once(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var staff = await server.As(Role.Owner);
        var plan = await staff.MakePlan();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            staff.PostApi("/api/keys/generate", new { plan, prefix = "VIP", count = 500, length = 12 }, idempotencyKey: "batch-1"))));
        Assert.Single(answers.Select(a => a.Text).Distinct());
        Assert.Equal(500, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses")));
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM batches")));
    }
}
