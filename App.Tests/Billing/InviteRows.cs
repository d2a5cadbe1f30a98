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
        new("POST", "/api/user/invites", Customer) { Path = "/api/user/invites?{rewarded}", Leaves = true, Races = [new(new("POST", "/api/user/invites?{rewarded}"), new("POST", "/api/user/invites?{rewarded}"))] },
        new("GET", "/account/invite", Customer) { Query = "after" },
        new("POST", "/account/invite", Customer) { Path = "/account/invite?{rewarded}", Form = "", Leaves = true, Races = [new(Act.Page("/account/invite?{rewarded}"), new("POST", "/api/user/invites?{rewarded}"))] },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Inviting is rewarded here.
        ["rewarded"] = async t =>
        {
            await t.Owner.PatchApi("/api/settings", new { invites = new { kind = "points" } });
            return "on";
        },
    };
}
