using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Tailnets;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>A rental of three devices, and the tailnet that it is to be connected with.</summary>
internal sealed record TailnetBed(TestServer Server, FakeTailnet Fake, string Rental, Caller Who) : IAsyncDisposable
{
    public static readonly TailnetWish Usual = new(FakeTailnet.Secret, "", false, "", Tailnet.Oldest);

    public TailnetService Tailnets => Server.Service<TailnetService>();
    public TailnetSync Sync => Server.Service<TailnetSync>();

    public static async Task<TailnetBed> Make(Engine engine = Engine.Sqlite, string? site = null)
    {
        var fake = new FakeTailnet();
        var server = await TestServer.Start(engine, new Dictionary<string, string?> { ["Relays:TailscaleApi"] = fake.Url, ["Server:PublicUrl"] = site });
        var account = await server.Staff.Customer();
        return new(server, fake, await Rent(server, account), Caller.Public("192.0.2.9", null) with { Kind = "customer", Id = account });
    }

    /// <summary>A rental of three devices, on a machine that nothing runs.</summary>
    public static async Task<string> Rent(TestServer server, string account)
    {
        await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "sh-1", Address = "203.0.113.10", RegionCode = "sh", RegionName = "Shanghai 上海" });
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay 30 中继", kind = "relay", servers_per_rental = 1, device_limit = 3, traffic_quota = 200_000_000_000, duration_seconds = 90 * 86400 }))["plan"]!["id"]!;
        return (string)(await owner.PostApi("/api/rentals", new { account, plan }))["rental"]!["id"]!;
    }

    public Task<Tailnet?> Now() => Server.Db.Read(s => TailnetStore.Find(s, Rental));

    public async Task<List<string>> Keys() => [.. (await Server.Db.Read(s => DeviceService.List(s, Caller.DefaultTenant, Who.Id!, Rental))).Select(d => d.NodeKey).Order(StringComparer.Ordinal)];

    /// <summary>Looks once more, as after five minutes.</summary>
    public async Task Later()
    {
        Server.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        await Sync.Tick(default);
        await Wait.Until(async () => (await Now()) is not { } t || t.SyncedAt >= Server.Clock.Now || t.Error is not null, "it was looked at");
    }

    public async Task<Delivery> Deliver(bool sure = false) => await Tailnets.Deliver(Who, Rental, (await Tailnets.Preview(Who, Rental, default)).Seen, sure, default);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Fake.Dispose();
    }

    public static string Key(char of) => "nodekey:" + new string(of, 64);

    public static async Task<string> Says(Func<Task> work, string field) => (await Assert.ThrowsAsync<Refusal>(work)).Fields[field].Key;
}
