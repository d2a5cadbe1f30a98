using System.Security.Cryptography;
using Gatehouse.Accounts.Customers;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>A business that rents out relays, without a web server: servers, a plan, people and serials.</summary>
internal sealed class RelayBench(Shop shop) : IAsyncDisposable
{
    public Shop Shop => shop;
    public Database Db => shop.Db;
    public RentalService Rentals => shop.Get<RentalService>();
    public RentalKeeper Keeper => shop.Get<RentalKeeper>();
    public DeviceService Devices => shop.Get<DeviceService>();
    public Plan Plan { get; private set; } = null!;

    public static async Task<RelayBench> Open(Engine engine, Func<Plan, Plan>? terms = null, int servers = 3, long portFrom = 20_000, long portTo = 29_999)
    {
        var bench = new RelayBench(await Shop.Open(engine));
        for (var i = 0; i < servers; i++)
            await bench.Server($"host-{i}", $"r{i}", $"203.0.113.{i + 1}", portFrom, portTo);
        var plan = new Plan { Name = "Relay 30", Kind = Plan.Relay, DurationSeconds = 30 * 86400 };
        bench.Plan = await bench.Db.Write(s => bench.Shop.Get<PlanService>().Create(s, Shop.Staff, terms?.Invoke(plan) ?? plan));
        return bench;
    }

    public Task<RelayServer> Server(string name, string region, string address, long from = 20_000, long to = 29_999) =>
        Db.Write(s => shop.Get<ServerService>().Create(s, Shop.Staff, new RelayServer { Name = name, RegionCode = region, Address = address, PortFrom = from, PortTo = to }, []));

    public async Task<Caller> Person() => Caller.Public("192.0.2.9", null) with
    {
        Kind = "customer", Id = (await Db.Write(s => shop.Get<CustomerService>().Create(s, Shop.Staff, new Customer { Email = $"{Ids.New()}@example.com" }, "!"))).Id,
    };

    public async Task<License> Serial(Plan? plan = null)
    {
        var key = (await shop.Keys(plan ?? Plan, 1))[0];
        return (await Db.Read(s => LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(key)!.Value)))!;
    }

    public Task<Rental> Redeem(Caller who, License serial, string? rental = null, string? name = null, string? when = null) => Db.Write(s => Rentals.Redeem(s, who, serial, new(rental, name, when)));

    public Task<List<Slot>> Slots(Rental rental) => Db.Read(s => SlotStore.OfRental(s, Caller.DefaultTenant, rental.Id));

    public async Task<Rental> Now(Rental rental) => (await Db.Read(s => RentalStore.Find(s, Caller.DefaultTenant, rental.Id)))!;

    public Task<List<string>> Story(Rental rental) => Db.Read(s => s.All("SELECT kind FROM rental_events WHERE rental_id = @id ORDER BY id", r => r.GetString(0), ("id", rental.Id)));

    public static string NodeKey() => "nodekey:" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public ValueTask DisposeAsync() => shop.DisposeAsync();
}
