using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>Rentals and devices, over REST and as pages.</summary>
public static class RentalRows
{
    private const string Rental = "/api/rentals/{rental}", Bound = "/api/user/devices/{bound_key}", Tried = "/api/user/devices/refused/{refused_key}", Own = "/account/rentals/{own_rental}", Desk = "/admin/rentals/{rental}", Changed = "name={new_word}&device_limit=4&end_at=2031-01-01T00:00&notes=typed", Redeem = "serial={relay_serial}&rental=&name=Home", Grant = """{"account":"{customer}","plan":"{relay_plan}"}""", Given = "account={customer}&plan={relay_plan}&name={new_word}";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/rentals", RelayPermissions.RentalsRead) { Query = "account plan status q after limit", Shows = ["rental"] },
        new("POST", "/api/rentals", RelayPermissions.RentalsWrite) { Json = """{"account":"{customer}","plan":"{relay_plan}","name":"{new_word}"}""", Optional = "name", Status = 201, Once = true, Races = [new(Post("/api/rentals", Grant), Delete("/api/plans/{relay_plan}"))] },
        new("GET", "/api/rentals/{id}", RelayPermissions.RentalsRead) { Path = Rental },
        new("PATCH", "/api/rentals/{id}", RelayPermissions.RentalsWrite)
        {
            Path = Rental, Json = """{"name":"{new_word}","notes":"x","device_limit":9,"suspended":true}""", Optional = "name notes device_limit suspended",
            Races = [new(Patch(Rental, """{"notes":"One"}"""), Patch(Rental, """{"device_limit":7}""")), new(Patch(Rental, """{"suspended":true}"""), Patch(Rental, """{"name":"Two"}"""))],
        },
        new("GET", "/admin/rentals", RelayPermissions.RentalsRead) { Query = "q status after", Shows = ["rental"] },
        new("GET", "/admin/rentals/new", RelayPermissions.RentalsWrite) { Query = "account" },
        new("POST", "/admin/rentals/new", RelayPermissions.RentalsWrite) { Form = Given, Races = [new(Page("/admin/rentals/new", Given), Delete("/api/plans/{relay_plan}"))] },
        new("GET", "/admin/rentals/{id}", RelayPermissions.RentalsRead) { Path = Desk },
        new("POST", "/admin/rentals/{id}", RelayPermissions.RentalsWrite) { Path = Desk, Form = Changed, Races = [new(Page(Desk, Changed), Patch(Rental, """{"suspended":true}"""))] },
        new("POST", "/admin/rentals/{id}/suspend", RelayPermissions.RentalsWrite) { Path = Desk + "/suspend", Form = "suspended=true", Races = [new(Page(Desk + "/suspend", "suspended=true"), Patch(Rental, """{"notes":"Two"}"""))] },
        new("GET", "/admin/rentals/{id}/extras", RelayPermissions.RentalsWrite) { Path = Desk + "/extras", Query = "kind amount days" },
        new("POST", "/admin/rentals/{id}/extras", RelayPermissions.RentalsWrite) { Path = Desk + "/extras", Form = "kind=devices&amount=1&days=", Races = [new(Page(Desk + "/extras", "kind=devices&amount=1&days="), Page(Desk, Changed))] },
        new("POST", "/api/user/activate", Customer)
        {
            IsShared = true, Json = """{"serial":"{relay_serial}","name":"{new_word}"}""", Optional = "name", Once = true,
            Races = [new(Post("/api/user/activate", """{"serial":"{relay_serial}"}"""), Post("/api/user/activate", """{"serial":"{relay_serial}","name":"Two"}"""))],
        },
        new("GET", "/api/user/rental_info", Customer) { Shows = ["own_rental"] },
        new("GET", "/api/user/history/{user_id}", RelayPermissions.RentalsRead) { Path = "/api/user/history/{customer}", Query = "after limit", AlsoCustomers = true },
        new("GET", "/api/user/devices", Customer) { Query = "rental", Shows = ["bound_key"] },
        new("POST", "/api/user/devices", Customer)
        {
            Json = """{"node_key":"{new_node_key}","name":"Laptop","rental":"{own_rental}"}""", Optional = "name rental", Once = true,
            Races = [new(Post("/api/user/devices", """{"node_key":"{new_node_key}","rental":"{own_rental}"}"""), Delete(Bound))],
        },
        new("DELETE", "/api/user/devices/{node_key}", Customer) { Path = Bound, Query = "rental", Races = [new(Delete(Bound), Delete(Bound))] },
        new("GET", "/api/user/devices/refused", Customer) { Query = "rental", Shows = ["refused_key"] },
        new("DELETE", "/api/user/devices/refused/{node_key}", Customer) { Path = Tried, Query = "rental", Races = [new(Delete(Tried), Delete(Tried)), new(Delete(Tried), Post("/api/user/devices", """{"node_key":"{refused_key}","rental":"{own_rental}"}"""))] },
        new("POST", "/account/rentals/{id}/refused/hide", Customer) { Path = Own + "/refused/hide", Form = "node_key={refused_key}", Races = [new(Page(Own + "/refused/hide", "node_key={refused_key}"), Delete(Tried))] },
        new("GET", "/account/rentals", Customer) { Query = "serial rental", Shows = ["own_rental"] },
        new("POST", "/account/rentals", Customer) { IsShared = true, Form = Redeem, Stranger = 422, Races = [new(Page("/account/rentals", Redeem), Page("/account/rentals", Redeem.Replace("Home", "Two")))] },
        new("GET", "/account/rentals/{id}", Customer) { Path = Own },
        new("POST", "/account/rentals/{id}/devices", Customer) { Path = Own + "/devices", Form = "node_key={new_node_key}&name=Phone", Races = [new(Page(Own + "/devices", "node_key={new_node_key}&name=Phone"), Delete(Bound))] },
        new("POST", "/account/rentals/{id}/devices/remove", Customer) { Path = Own + "/devices/remove", Form = "node_key={bound_key}", Races = [new(Page(Own + "/devices/remove", "node_key={bound_key}"), Delete(Bound))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["relay_plan"] = async t =>
        {
            await RelayRows.AddApart(t.Server, t.Tenant, v => v with { Name = t.Unique("host") });
            return (string)(await t.Owner.PostApi("/api/plans", new { name = t.Unique("relays"), kind = "relay", servers_per_rental = 1 }))["plan"]!["id"]!;
        },
        ["relay_serial"] = async t => (await t.Owner.Keys(await t.Get("relay_plan"), 1))[0],
        ["rental"] = async t => await Give(t, await t.Get("customer")),
        ["own_rental"] = async t => await Give(t, t.Account),
        ["new_node_key"] = t => Task.FromResult(Known(t, RelayBench.NodeKey(), "node_key")),
        ["bound_key"] = async t =>
        {
            var (key, rental) = (Known(t, RelayBench.NodeKey(), "bound"), await t.Get("own_rental"));
            await t.Server.Db.Write(s => t.Server.Service<DeviceService>().Add(s, t.Tenant, t.Account, key, "Laptop", rental));
            return key;
        },
        ["refused_key"] = async t =>
        {
            var (key, rental, now) = (Known(t, RelayBench.NodeKey(), "refused"), await t.Get("own_rental"), t.Server.Clock.Now);
            await t.Server.Db.Write(s => RefusedStore.Add(s, t.Tenant, t.Account, new(rental, key, "", "198.51.100.7", now, now, null), now));
            return key;
        },
    };

    private static string Known(Things t, string key, string name)
    {
        t.Label(key, name);
        return key;
    }

    private static async Task<string> Give(Things t, string account) => (string)(await t.Owner.PostApi("/api/rentals", new { account, plan = await t.Get("relay_plan") }))["rental"]!["id"]!;
}
