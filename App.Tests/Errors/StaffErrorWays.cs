using Gatehouse.Accounts.LookAs;
using Gatehouse.Accounts.NetworkAccess;
using Gatehouse.Accounts.SignInLinks;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.StaffRoles;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Errors;

/// <summary>Ways to be refused about roles, networks, sign-in links and looking as a customer.</summary>
internal static class StaffErrorWays
{
    public static readonly IReadOnlyDictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>>
    {
        [StaffNetworkErrors.NotFromHere] = async _ =>
        {
            await using var server = await TestServer.Start(settings: new() { ["Access:StaffNetworks"] = "203.0.113.0/24", ["Server:TrustedProxies"] = "127.0.0.1" });
            using var owner = await server.As(Role.Owner);
            owner.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7");
            return await owner.GetApi("/api/staff").Refused();
        },
        [SignInLinkErrors.CannotSignIn] = async site =>
        {
            var id = await site.Server.Staff.Customer();
            await site.Owner.PostApi($"/api/users/{id}/disable", new { });
            return await site.Owner.PostApi($"/api/users/{id}/sign-in-link", new { }).Refused();
        },
        [LookAsErrors.LookingOnly] = async site =>
        {
            var browser = await site.Server.SignedIn(Role.Owner);
            await browser.Submit(await browser.Get("/admin/users/" + await site.Server.Staff.Customer()), "#look-as form");
            return ErrorSite.Refused(await browser.Submit(await browser.Get("/account/details"), "form[action='/account/details']"));
        },
        [StaffErrors.ScopeTooWide] = async site =>
        {
            var limited = site.Server.Client(await site.Server.Staff.Token(Role.Owner, by: await site.Server.Staff.Account(Role.Owner, limited: true)));
            return await limited.PostApi("/api/staff", new { username = site.Unique("staff"), role = "analyst", password = "a long password 1", scope = "global" }).Refused();
        },
        [RoleErrors.NotFound] = site => site.Owner.GetApi("/api/roles/nothing").Refused(),
        [RoleErrors.InUse] = async site =>
        {
            var role = (await site.Owner.PostApi("/api/roles", new { name = site.Unique("role"), permissions = new[] { "keys.read" } }))["role"]!["id"]!;
            await site.Owner.PostApi("/api/staff", new { username = site.Unique("staff"), role = (string)role!, password = "a long password 1" });
            return await site.Owner.DeleteApi($"/api/roles/{role}").Refused();
        },
    };
}
