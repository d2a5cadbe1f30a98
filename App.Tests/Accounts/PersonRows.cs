using Gatehouse.Accounts.Notes;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Points;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>What hangs on a customer's page for staff: points, notes; and customers' own points.</summary>
public static class PersonRows
{
    private const string Spend = """{"amount":10,"reason":"{spendable}"}""";
    private const string Take = """{"amount":-10,"reason":"{points_of_customer}"}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/user/points", Customer) { Query = "after limit", Shows = ["spendable"] },
        new("POST", "/api/user/points/spend", Customer)
        {
            Json = Spend, Once = true, Stranger = 409,
            Races = [new(Post("/api/user/points/spend", Spend), Post("/api/user/points/spend", Spend)), new(Post("/api/user/points/spend", Spend), new("POST", "/api/users/{me}/disable"))],
        },
        new("GET", "/account/points", Customer) { Query = "after", Shows = ["spendable"] },
        new("GET", "/api/users/{id}/points", AccountsPermissions.UsersRead) { Path = "/api/users/{customer}/points", Query = "after limit" },
        new("POST", "/api/users/{id}/points", AccountsPermissions.PointsWrite)
        {
            Path = "/api/users/{customer}/points", Json = """{"amount":10,"reason":"x"}""", Once = true,
            Races =
            [
                new(Post("/api/users/{customer}/points", Take), Post("/api/users/{customer}/points", Take)),
                new(Post("/api/users/{customer}/points", Take), Delete("/api/users/{customer}")),
            ],
        },
        new("POST", "/admin/users/{id}/points", AccountsPermissions.PointsWrite)
        {
            Path = "/admin/users/{customer}/points", Form = "amount=10&reason=x&do=give",
            Races = [new(Page("/admin/users/{customer}/points", "amount=10&reason={points_of_customer}&do=take"), Post("/api/users/{customer}/points", Take))],
        },
        new("GET", "/api/users/{id}/notes", AccountsPermissions.UsersRead) { Path = "/api/users/{customer}/notes", Query = "after limit" },
        new("POST", "/api/users/{id}/notes", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer}/notes", Json = """{"text":"x"}""", Status = 201, Once = true,
            Races = [new(Post("/api/users/{customer}/notes", """{"text":"x"}"""), Delete("/api/users/{customer}"))],
        },
        new("DELETE", "/api/users/{id}/notes/{note}", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer}/notes/{customer_note}", Races = [new(Delete("/api/users/{customer}/notes/{customer_note}"), Delete("/api/users/{customer}/notes/{customer_note}"))],
        },
        new("POST", "/admin/users/{id}/notes", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer}/notes", Form = "text=x", Races = [new(Page("/admin/users/{customer}/notes", "text=x"), Delete("/api/users/{customer}"))],
        },
        new("POST", "/admin/users/{id}/notes/{note}/remove", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer}/notes/{customer_note}/remove",
            Races = [new(Page("/admin/users/{customer}/notes/{customer_note}/remove"), Delete("/api/users/{customer}/notes/{customer_note}"))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // The reason of an entry by which the caller can spend one time.
        ["spendable"] = t => Give(t, t.Account),
        ["points_of_customer"] = async t => await Give(t, await t.Get("customer")),
        ["customer_note"] = async t =>
        {
            var (who, customer) = (Caller.System with { TenantId = t.Tenant }, await t.Get("customer"));
            return (await t.Server.Db.Write(s => t.Server.Service<AccountNoteService>().Add(s, who, customer, new AccountNote { Text = t.Unique("noted") }))).Id;
        },
    };

    private static async Task<string> Give(Things t, string account)
    {
        var (who, reason) = (Caller.System with { TenantId = t.Tenant }, t.Unique("reason"));
        await t.Server.Db.Write(s => t.Server.Service<PointService>().Change(s, who, account, new PointEntry { Amount = 15, Reason = reason }));
        return reason;
    }
}
