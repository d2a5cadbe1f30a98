using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Billing;

/// <summary>Distributors, for themselves and for staff.</summary>
public static class DistributorRows
{
    private const string Buy = """{"plan":"{own_wholesale}","quantity":1}""";
    private const string BuyFor = """{"plan":"{own_wholesale}","quantity":1,"reference":"{new_word}","customer":"ann@example.com"}""";
    private const string Prices = """{"plan":"{plan}","prices":[{"level":1,"from":1,"price":900}]}""";
    private const string Terms = "state=active&level=2&credit=50.00&currency=CNY&reason=Welcome";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/distributor/prices", Customer),
        new("POST", "/api/distributor/prices", Customer) { Json = """{"items":[{"plan":"{own_wholesale}","quantity":1}]}""", Leaves = true, Stranger = 403 },
        new("PATCH", "/api/distributor/notice", Customer) { Json = """{"below":500}""", Optional = "below", Path = "/api/distributor/notice?for={own_wholesale}", Stranger = 403, Races = [new(Patch("/api/distributor/notice?for={own_wholesale}", """{"below":500}"""), Post("/api/distributor/keys", Buy))] },
        new("GET", "/api/distributor/keys", Customer) { Query = "status plan order reference key after limit" },
        new("POST", "/api/distributor/keys", Customer) { Json = Buy, Status = 201, Once = true, Stranger = 403, Races = [new(Post("/api/distributor/keys", Buy), Post("/api/distributor/keys", Buy))] },
        new("GET", "/api/distributor/orders", Customer) { Query = "reference after limit" },
        new("POST", "/api/distributor/orders", Customer)
        {
            Json = BuyFor, Optional = "reference customer", Status = 201, Once = true, Stranger = 403,
            Races = [new(Post("/api/distributor/orders", BuyFor), Post("/api/distributor/orders", BuyFor)), new(Post("/api/distributor/orders", BuyFor), Post("/api/distributor/keys", Buy))],
        },
        new("GET", "/api/distributors", BillingPermissions.DistributorsManage) { Query = "status after limit", Shows = ["distributor"], Finds = ["?status=applied"] },
        new("PATCH", "/api/distributors/{user}", BillingPermissions.DistributorsManage)
        {
            Path = "/api/distributors/{distributor}", Json = """{"status":"active","level":2,"credit":5000,"currency":"CNY","reason":"Welcome"}""", Optional = "status level credit currency reason",
            Races =
            [
                new(Patch("/api/distributors/{distributor}", """{"status":"active"}"""), Patch("/api/distributors/{distributor}", """{"status":"rejected"}""")),
                new(Patch("/api/distributors/{distributor}", """{"level":3}"""), Patch("/api/distributors/{distributor}", """{"reason":"Two"}""")),
            ],
        },
        new("GET", "/api/distributors/prices", BillingPermissions.DistributorsManage) { Path = "/api/distributors/prices?plan={plan}", Query = "plan" },
        new("POST", "/api/distributors/prices", BillingPermissions.DistributorsManage) { Json = Prices, Once = true, Races = [new(Post("/api/distributors/prices", Prices), Post("/api/distributors/prices", """{"plan":"{plan}","prices":[{"level":2,"from":5,"price":800}]}"""))] },
        new("GET", "/account/distributor", Customer),
        new("POST", "/account/distributor", Customer) { Form = "application=I run a shop" },
        new("POST", "/account/distributor/buy", Customer) { Form = "plan={own_wholesale}&quantity=2", Races = [new(Page("/account/distributor/buy", "plan={own_wholesale}&quantity=2"), Post("/api/distributor/keys", Buy))] },
        new("POST", "/account/distributor/notice", Customer) { Form = "below=50.00&for={own_wholesale}", Races = [new(Page("/account/distributor/notice", "below=50.00&for={own_wholesale}"), Post("/api/distributor/keys", Buy))] },
        new("GET", "/account/distributor/keys", Customer) { Query = "status order q after" },
        new("GET", "/account/distributor/keys.csv", Customer) { Query = "status order q", Type = "text/csv" },
        new("GET", "/account/distributor/keys.txt", Customer) { Query = "status order q", Type = "text/plain" },
        new("GET", "/admin/distributors", BillingPermissions.DistributorsManage) { Query = "status after", Shows = ["distributor"] },
        new("GET", "/admin/distributors/prices", BillingPermissions.DistributorsManage) { Path = "/admin/distributors/prices?plan={plan}", Query = "plan" },
        new("POST", "/admin/distributors/prices", BillingPermissions.DistributorsManage) { Form = "plan={plan}&prices=1 1 = 9.00", Races = [new(Page("/admin/distributors/prices", "plan={plan}&prices=1 1 = 9.00"), Post("/api/distributors/prices", Prices))] },
        new("GET", "/admin/distributors/{user}", BillingPermissions.DistributorsManage) { Path = "/admin/distributors/{distributor}" },
        new("POST", "/admin/distributors/{user}", BillingPermissions.DistributorsManage) { Path = "/admin/distributors/{distributor}", Form = Terms, Races = [new(Page("/admin/distributors/{distributor}", Terms), Patch("/api/distributors/{distributor}", """{"status":"rejected"}"""))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["distributor"] = async t =>
        {
            var id = await t.Get("customer");
            await Apply(t, id);
            return id;
        },
        // A plan that whoever calls buys in bulk.
        ["own_wholesale"] = async t =>
        {
            var plan = (string)(await t.Owner.PostApi("/api/plans", new { name = t.Unique("wholesale"), price = 1250, currency = "CNY" }))["plan"]!["id"]!;
            await t.Owner.PostApi("/api/distributors/prices", new { plan, prices = new[] { new { level = 1, from = 1, price = 900 } } });
            if (await t.Server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE id = @id AND kind = 'customer'", ("id", t.Account))) > 0)
            {
                await Apply(t, t.Account);
                await t.Owner.PatchApi("/api/distributors/" + t.Account, new { status = "active", credit = 100_000_00, currency = "CNY" });
            }
            return plan;
        },
    };

    // Who is one already stays one.
    internal static Task<string?> Apply(Things t, string account) =>
        Accounts.Bench.Code(() => t.Server.Db.Write(s => t.Server.Service<DistributorService>().Apply(s, Caller.Public(null, null, t.Tenant) with { Kind = "customer", Id = account }, "I run a shop")));
}
