using System.Text.Json.Nodes;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;
using Gatehouse.Tests.Errors;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>How each refusal about rentals and their devices comes about.</summary>
internal static class RentalWays
{
    public static readonly Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new()
    {
        [RentalErrors.NotFound] = site => site.Owner.GetApi("/api/rentals/nothing").Refused(),
        [RentalErrors.NotASerial] = async site => await (await Renter.Come(site)).Activate(await site.Key()),
        [RentalErrors.Spent] = async site =>
        {
            var who = await Renter.Come(site);
            var serial = await who.Serial(await who.Plan());
            await who.Activate(serial);
            return await who.Activate(serial);
        },
        [RentalErrors.Blocked] = async site =>
        {
            var who = await Renter.Come(site);
            var serial = await who.Serial(await who.Plan());
            await site.Owner.PatchApi("/api/keys/" + serial, new { action = "suspend" });
            return await who.Activate(serial);
        },
        [RentalErrors.Ended] = async site =>
        {
            var who = await Renter.Come(site);
            var rental = await who.Rent(await who.Plan());
            await site.Server.Db.Write(s => s.Execute("UPDATE rentals SET released_at = 1 WHERE id = @id", ("id", rental)));
            return await who.Bind(rental);
        },
        [RentalErrors.Suspended] = async site =>
        {
            var who = await Renter.Come(site);
            var plan = await who.Plan();
            var rental = await who.Rent(plan);
            await site.Owner.PatchApi("/api/rentals/" + rental, new { suspended = true });
            return await who.Activate(await who.Serial(plan), rental);
        },
        [RentalErrors.OtherPlan] = async site =>
        {
            var who = await Renter.Come(site);
            return await who.Activate(await who.Serial(await who.Plan()), await who.Rent(await who.Plan()));
        },
        [RentalErrors.Next] = async site =>
        {
            var who = await Renter.Come(site);
            var rental = await who.Rent(await who.Plan());
            await who.Activate(await who.Serial(await who.Plan()), rental, "end");
            return await who.Activate(await who.Serial(await who.Plan()), rental, "end");
        },
        [RentalErrors.NotComparable] = async site =>
        {
            var who = await Renter.Come(site);
            return await who.Activate(await who.Serial(await who.Plan(p => p["currency"] = "USD")), await who.Rent(await who.Plan()), "now");
        },
        [RentalErrors.NotRenewable] = site => Again(site, p => p["renewable"] = false),
        [RentalErrors.Forever] = site => Again(site, p => p["duration_seconds"] = null),
        [RentalErrors.PlanFull] = site => First(site, p => p["capacity"] = 0),
        [RentalErrors.TrialOnce] = async site =>
        {
            var who = await Renter.Come(site);
            var plan = await who.Plan(p => (p["trial"], p["price"]) = (true, 0));
            await who.Rent(plan);
            return await who.Activate(await who.Serial(plan));
        },
        [SlotErrors.NoRoom] = site => First(site, p => p["regions"] = new JsonArray("nowhere")),
        [SlotErrors.RegionsFull] = async site =>
        {
            var who = await Renter.Come(site);
            var plan = await who.Plan();
            var rental = await who.Rent(plan);
            for (var region = 901; region <= 999; region++)
                await site.Server.Db.Write(s => s.Execute(
                    """
                    INSERT INTO relay_slots (id, tenant_id, rental_id, account_id, server_id, position, region_id, region_code, region_name, node_name, host, port, public_key, cert_name, cert_until, sealed_identity, created_at)
                    VALUES (@id, 'default', @rental, @account, 'x', @region, @region, 'x', 'x', 'x', 'x', @port, 'x', 'x', 0, '', 0)
                    """, ("id", Ids.New()), ("rental", rental), ("account", who.Account), ("region", (long)region), ("port", 40_000L + region)));
            return await who.Activate(await who.Serial(plan));
        },
        [DeviceErrors.NotFound] = async site => await (await Renter.Come(site)).Http.DeleteApi("/api/user/devices/" + RelayBench.NodeKey()).Refused(),
        [DeviceErrors.Limit] = async site =>
        {
            var who = await Renter.Come(site);
            var rental = await who.Rent(await who.Plan(p => p["device_limit"] = 1));
            await who.Bind(rental);
            return await who.Bind(rental);
        },
        [DeviceErrors.Which] = async site =>
        {
            var who = await Renter.Come(site);
            var plan = await who.Plan();
            await who.Rent(plan);
            await who.Rent(plan);
            return await who.Bind(null);
        },
    };

    private static async Task<Refused> First(ErrorSite site, Action<JsonObject> terms)
    {
        var who = await Renter.Come(site);
        return await who.Activate(await who.Serial(await who.Plan(terms)));
    }

    private static async Task<Refused> Again(ErrorSite site, Action<JsonObject> terms)
    {
        var who = await Renter.Come(site);
        var plan = await who.Plan(terms);
        return await who.Activate(await who.Serial(plan), await who.Rent(plan));
    }

    /// <summary>A customer who rents, where there is room.</summary>
    private sealed record Renter(ErrorSite Site, string Account, HttpClient Http)
    {
        public static async Task<Renter> Come(ErrorSite site)
        {
            await RelayRows.AddApart(site.Server, Caller.DefaultTenant, v => v with { Name = site.Unique("apart"), RegionCode = "apart" });
            var (account, http) = await Helpdesk.Customer(site.Server);
            return new(site, account, http);
        }

        public async Task<string> Plan(Action<JsonObject>? terms = null)
        {
            var plan = new JsonObject { ["name"] = Site.Unique("rent"), ["kind"] = "relay", ["servers_per_rental"] = 1, ["price"] = 1000, ["regions"] = new JsonArray("apart") };
            terms?.Invoke(plan);
            return (string)(await Site.Owner.PostApi("/api/plans", plan))["plan"]!["id"]!;
        }

        public async Task<string> Serial(string plan) => (await Site.Owner.Keys(plan, 1))[0];

        public async Task<string> Rent(string plan) => (string)(await Http.PostApi("/api/user/activate", new { serial = await Serial(plan) }))["rental"]!["id"]!;

        public Task<Refused> Activate(string serial, string? rental = null, string? when = null) => Http.PostApi("/api/user/activate", new { serial, rental, when }).Refused();

        public Task<Refused> Bind(string? rental) => Http.PostApi("/api/user/devices", new { node_key = RelayBench.NodeKey(), rental }).Refused();
    }
}
