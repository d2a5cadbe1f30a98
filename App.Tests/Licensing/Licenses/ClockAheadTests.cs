using System.IO.Pipelines;
using System.Text;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Statistics;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Licenses;

/// <summary>The clock was 40 days ahead, the hourly job ran, and the clock is right again: a key's end decides, not the mark.</summary>
public sealed class ClockAheadTests
{
    private static readonly TimeSpan Wrong = TimeSpan.FromDays(40);

    // One key that was marked too early, one that has run out indeed, one that never ends.
    private static async Task<(string Paid, string Over, string Forever)> Marked(Shop shop)
    {
        var (paid, over, forever) = (await shop.Active(), (await shop.Keys(await shop.Plan("Hour", 3600), 1))[0], (await shop.Keys(await shop.Plan("Ever", null), 1))[0]);
        Assert.True((await shop.Validate(over)).Valid && (await shop.Validate(forever)).Valid);
        shop.Clock.Advance(Wrong);
        Assert.Equal("2", (await shop.Get<ExpiryJob>().Run(default)).Texts()[^1]);
        shop.Clock.Advance(TimeSpan.FromHours(2) - Wrong);
        return (paid, over, forever);
    }

    private static async Task<List<string>> Found(Shop shop, string state) =>
        [.. (await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, new LicenseFilter(state), null, 10, default)).Items.Select(k => k.Key).Order()];

    private static async Task<List<string>> Exported(Shop shop, string? state)
    {
        using var memory = new MemoryStream();
        var writer = PipeWriter.Create(memory);
        await shop.Get<LicenseExport>().Write(writer, Caller.DefaultTenant, new LicenseFilter(state), "csv", default);
        await writer.CompleteAsync();
        return [.. Encoding.UTF8.GetString(memory.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => string.Join(' ', l.Split(',').Take(2))).Order()];
    }

    [Theory, BothEngines]
    public async Task Every_read_list_count_filter_and_export_goes_by_the_end(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var (paid, over, forever) = await Marked(shop);
        string[] active = [.. new[] { paid, forever }.Order()];
        Assert.Equal(("active", "expired", "active"), (await shop.State(paid), await shop.State(over), await shop.State(forever)));
        Assert.Equal(("VALID", "EXPIRED"), ((await shop.Validate(paid)).Code, (await shop.Validate(over)).Code));
        Assert.Equal(active, await Found(shop, "active"));
        Assert.Equal([over], await Found(shop, "expired"));
        Assert.Equal(active.Select(k => k + " active"), await Exported(shop, "active"));
        Assert.Equal([over + " expired"], await Exported(shop, "expired"));
        Assert.Equal(active.Select(k => k + " active").Append(over + " expired").Order(), await Exported(shop, null));
        var counts = await shop.Get<LicenseQueries>().Counts(Caller.DefaultTenant, default);
        Assert.Equal((2, 1, 3), (counts.Of("active"), counts.Of("expired"), counts.Total));
        var statistics = await shop.Get<LicenseStatistics>().Of(Caller.DefaultTenant, default);
        Assert.Equal((2, 1), ((int)statistics.ByStatus["active"], (int)statistics.ByStatus["expired"]));
        var batch = (await shop.Get<BatchQueries>().Find(Caller.DefaultTenant, (await shop.Key(paid)).BatchId, default))!;
        Assert.Equal("active", Assert.Single((await shop.Get<BatchQueries>().States(Caller.DefaultTenant, batch, default))!).Key);
        Assert.Equal([paid], (await shop.Db.Read(s => shop.Get<LicenseQueries>().ExpiringSoon(s, Caller.DefaultTenant, TimeSpan.FromDays(30), 10))).Select(k => k.Key));
        // By pages too, from either of the two stored states.
        var first = await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, new LicenseFilter("active"), null, 1, default);
        var second = await shop.Get<LicenseQueries>().List(Caller.DefaultTenant, new LicenseFilter("active"), first.Next, 1, default);
        Assert.Equal(active, new[] { first.Items[0].Key, second.Items[0].Key }.Order());
        Assert.Equal(2, (await shop.DoMany(new("suspend"), filter: new LicenseFilter("active"))).Changed);
    }

    [Theory, BothEngines]
    public async Task The_mark_is_named_and_taken_back_and_the_history_says_so(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var (paid, over, _) = await Marked(shop);
        Assert.Contains("1 keys that are marked as expired and have time left: the clock was ahead, and the hourly job takes the marks back", (await shop.Db.Read(LicenseConsistency.Check)).Errors);
        Assert.True(await shop.Db.Read(LicenseConsistency.MarkedAhead));
        Assert.Equal("job.keys.expire.undone", (await shop.Get<ExpiryJob>().Run(default)).Key);
        Assert.Equal("active", (await shop.Key(paid)).Stored);
        Assert.Equal("expired", (await shop.Key(over)).Stored);
        Assert.Equal(["activated", "expired", "expiry_undone"], await shop.History(paid));
        Assert.All(await shop.Events(paid), e => Assert.True(e.At <= shop.Now));
        Assert.Equal(["activated", "expired"], await shop.History(over));
        Assert.Empty((await shop.Db.Read(LicenseConsistency.Check)).Errors);
        Assert.False(await shop.Db.Read(LicenseConsistency.MarkedAhead));
        Assert.Equal("job.keys.expire.done", (await shop.Get<ExpiryJob>().Run(default)).Key);
        // When its time has come it ends, once.
        shop.Clock.Advance(TimeSpan.FromDays(31));
        await shop.Get<ExpiryJob>().Run(default);
        Assert.Equal(["activated", "expired", "expiry_undone", "expired"], await shop.History(paid));
    }

    [Theory, BothEngines]
    public async Task Health_names_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var key = (await owner.MakeKeys(await owner.MakePlan())).Keys[0];
        Assert.Equal("VALID", (await server.Validate(key)).Code);
        Assert.Equal("pass", (string)(await server.Http.GetApi("/api/health"))["checks"]!["data"]!["status"]!);
        await server.Db.Write(s => s.Execute("UPDATE licenses SET state = 'expired'"));
        server.Clock.Advance(TimeSpan.FromSeconds(3));
        var told = (await owner.GetApi("/api/health/details"))["checks"]!["data"]!;
        Assert.Equal(("warn", "KEYS_EXPIRED_AHEAD"), ((string)told["status"]!, (string)Assert.Single(told["contradictions"]!.AsArray())!));
    }

    [Theory]
    [InlineData("active", 10, "active")]
    [InlineData("active", 0, "expired")]
    [InlineData("active", null, "active")]
    [InlineData("expired", 10, "active")]
    [InlineData("expired", 0, "expired")]
    [InlineData("expired", null, "expired")]
    [InlineData("suspended", 0, "suspended")]
    [InlineData("revoked", 10, "revoked")]
    [InlineData("unused", null, "unused")]
    public void The_end_decides(string stored, int? left, string state) => Assert.Equal(state, LicenseState.At(stored, left is { } ms ? 1000L + ms : null, 1000));
}
