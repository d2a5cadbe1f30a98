using Gatehouse.Billing.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Billing;

/// <summary>Keys that are renewed by themselves.</summary>
public static class RenewalRows
{
    private const string OwnPage = "/account/keys/{own_running_id}/auto-renew", Own = "/api/user/auto-renewals/{own_running}", Staff = "/api/users/{customer}/auto-renewals/{customer_running}";
    private const string On = """{"on":true}""", Off = """{"on":false}""";

    public static readonly EndpointRow[] Rows =
    [
        new("POST", "/account/keys/{id}/auto-renew", Customer) { Path = OwnPage, Form = "on=1", Races = [new(Page(OwnPage, "on=1"), Page(OwnPage, "on=1"))] },
        new("GET", "/api/user/auto-renewals", Customer),
        new("PATCH", "/api/user/auto-renewals/{key}", Customer) { Path = Own, Json = On, Races = [new(Patch(Own, On), Patch(Own, Off))] },
        new("GET", "/api/users/{id}/auto-renewals", BillingPermissions.OrdersRead) { Path = "/api/users/{customer}/auto-renewals" },
        new("PATCH", "/api/users/{id}/auto-renewals/{key}", BillingPermissions.MoneyWrite) { Path = Staff, Json = On, Races = [new(Patch(Staff, On), Patch(Staff, On)), new(Patch(Staff, On), Patch(Staff, Off))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["own_running"] = async t =>
        {
            await t.Get("own_running_id");
            return await t.Get("own_key");
        },
        // On a customer's account; its clock runs, and it can be renewed.
        ["customer_running"] = async t => await Running(t.Server, t.Tenant, t.Owner, await t.Get("customer"), t.Unique("month")),
    };

    /// <summary>A key of a month that is on an account and runs.</summary>
    internal static async Task<string> Running(TestServer server, string tenant, HttpClient owner, string account, string plan)
    {
        var id = (string)(await owner.PostApi("/api/plans", new { name = plan, price = 1250, currency = "CNY", on_sale = true, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
        var key = (await owner.Keys(id, 1))[0];
        (string, object?)[] of = [("account", account), ("tenant", tenant), ("key", key), ("now", server.Clock.Now), ("end", server.Clock.Now + 30L * 86_400_000)];
        await server.Db.Write(async s =>
        {
            await s.Execute("INSERT INTO account_keys (account_id, license_id, tenant_id, added_at) SELECT @account, id, tenant_id, @now FROM licenses WHERE tenant_id = @tenant AND key = @key", of);
            return await s.Execute("UPDATE licenses SET state = 'active', used_at = @now, expire_at = @end WHERE tenant_id = @tenant AND key = @key", of);
        });
        return key;
    }
}
