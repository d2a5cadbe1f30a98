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
        new("GET", "/account/invite", Customer) { Query = "after" },
        new("POST", "/account/invite", Customer) { Path = "/account/invite?{new_rewards}", Form = "", Leaves = true, Races = [new(Act.Page("/account/invite?{new_rewards}"), new("POST", "/api/user/invites?{new_rewards}"))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Inviting is rewarded here.
        ["new_rewards"] = async t =>
        {
            await t.Owner.PatchApi("/api/settings", new { invites = new { kind = "points" } });
            return "on";
        },
    };
}
