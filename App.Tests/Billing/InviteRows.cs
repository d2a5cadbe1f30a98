using Gatehouse.Billing.Invites;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Billing;

/// <summary>Customers' links to invite people by.</summary>
public static class InviteRows
{
    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/user/invites", Customer) { Query = "after limit" },
        new("POST", "/api/user/invites", Customer) { Path = "/api/user/invites?{new_rewards}", Leaves = true, Races = [new(new("POST", "/api/user/invites?{new_rewards}"), new("POST", "/api/user/invites?{new_rewards}"))] },
        new("GET", "/api/invites", BillingPermissions.MoneyRead) { Query = "q status after limit", Shows = ["invited"], Finds = ["?status=waiting"] },
        new("GET", "/admin/invites", BillingPermissions.MoneyRead) { Query = "q status after", Shows = ["invited"] },
        new("GET", "/account/invite", Customer) { Query = "after" },
        new("POST", "/account/invite", Customer) { Path = "/account/invite?{new_rewards}", Form = "", Leaves = true, Races = [new(Act.Page("/account/invite?{new_rewards}"), new("POST", "/api/user/invites?{new_rewards}"))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Two customers, of whom one came by the other's link; what the first is called.
        ["invited"] = async t =>
        {
            var (inviter, friend, name) = (await t.Get("customer"), (string)(await t.Owner.PostApi("/api/users", new { username = t.Unique("friend") }))["user"]!["id"]!, t.Unique("friend-of"));
            await t.Server.Db.Write(async s =>
            {
                await s.Execute("UPDATE accounts SET display_name = @name WHERE id = @id", ("name", name), ("id", friend));
                return await InviteStore.Insert(s, t.Tenant, Ids.New(), friend, inviter, Ids.New(), t.Server.Clock.Now);
            });
            return name;
        },
        // Inviting is rewarded here.
        ["new_rewards"] = async t =>
        {
            await t.Owner.PatchApi("/api/settings", new { invites = new { kind = "points" } });
            return "on";
        },
    };
}
