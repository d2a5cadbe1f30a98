using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Invitations;
using Gatehouse.Accounts.Merging;
using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.Notes;
using Gatehouse.Accounts.Points;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Errors;

/// <summary>One way to be refused with each code of what customers do, and of what staff do with customers.</summary>
internal static class CustomerErrorWays
{
    public static readonly IReadOnlyDictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>>
    {
        [CustomerErrors.NotFound] = site => site.Owner.GetApi("/api/users/nobody").Refused(),
        [AccountNoteService.NotFound] = async site => await site.Owner.DeleteApi($"/api/users/{await site.Server.Staff.Customer()}/notes/nothing").Refused(),
        [MergeService.Itself] = async site =>
        {
            var id = await site.Server.Staff.Customer();
            return await site.Owner.PostApi($"/api/users/{id}/merge", new { with = id }).Refused();
        },
        [PointsErrors.Insufficient] = async site => await site.Owner.PostApi($"/api/users/{await site.Server.Staff.Customer()}/points", new { amount = -1, reason = "x" }).Refused(),
        [MyAccountErrors.InvalidCredentials] = site => site.Login("nobody", "wrong horse"),
        [MyAccountErrors.TwoFactorRequired] = async site =>
        {
            var name = site.Unique("customer");
            var id = await site.Server.Staff.Customer(username: name, passwordHash: await Endpoints.Site.PasswordHash);
            await site.Server.Db.Write(s => s.Execute("INSERT INTO two_factors (account_id, tenant_id, sealed_secret, begun_at, confirmed_at) VALUES (@id, 'default', '', 0, 1)", ("id", id)));
            return await site.Login(name, Accounts.Bench.Password);
        },
        [MyAccountErrors.Locked] = async site =>
        {
            var name = site.Unique("nobody");
            for (var i = 0; i < site.Server.Service<SignInLimits>().LockoutFailures; i++)
                await site.Login(name, "wrong horse");
            return await site.Login(name, "wrong horse");
        },
        [MyAccountErrors.Disabled] = site => site.LoginOf("disabled_at = 1"),
        [MyAccountErrors.Pending] = site => site.LoginOf("pending = 1"),

        [ChallengeErrors.Required] = site => site.Server.Http.PostApi("/api/user/add_user", new { email = site.Unique("a") + "@example.com", password = "a long password 1" }).Refused(),
        [InvitationErrors.NotFound] = site => site.Owner.DeleteApi("/api/invitations/nothing").Refused(),
        [InvitationErrors.Required] = _ => ByInvitation(null),
        [InvitationErrors.Invalid] = _ => ByInvitation("nothing"),
        [SignUpErrors.Closed] = async site =>
        {
            await using var server = await TestServer.Start();
            await (await server.As(Role.Owner)).PatchApi("/api/settings", new { sign_up = new { mode = "closed" } });
            return await server.Http.PostApi("/api/user/add_user", new { email = "a@example.com", password = "a long password 1" }).Refused();
        },
        [SignUpErrors.InvalidCode] = site => site.Server.Http.PostApi("/api/user/verify", new { email = "nobody@example.com", code = "000000" }).Refused(),
        [SignUpErrors.InvalidLink] = async site =>
        {
            var page = await site.Server.Browser().Get("/reset-password?token=nothing");
            return new Refused((int)page.Status, page.Text.Contains(Localizer.For("en")[SignUpErrors.InvalidLink.Key], StringComparison.Ordinal) ? SignUpErrors.InvalidLink.Code : null);
        },
        [SignUpErrors.TooMany] = async site =>
        {
            await using var server = await TestServer.Start(settings: new()
            {
                ["RateLimits:Enabled"] = "true", ["RateLimits:SignIn:PerSecond"] = "1000", ["RateLimits:SignIn:Burst"] = "1000",
            });
            await (await server.As(Role.Owner)).PatchApi("/api/settings", new { sign_up = new { proof_of_work = false } });
            for (var i = 0; i < MailRequests.ByAddress; i++)
                await Apply();
            return await Apply().Refused();
            Task<ApiAnswer> Apply() => server.Http.PostApi("/api/user/add_user", new { email = "a@example.com", password = "a long password 1" });
        },

    };

    private static async Task<Refused> ByInvitation(string? invite)
    {
        await using var server = await TestServer.Start();
        await (await server.As(Role.Owner)).PatchApi("/api/settings", new { sign_up = new { mode = "invitation", proof_of_work = false } });
        return await server.Http.PostApi("/api/user/add_user", new { email = "lin@example.net", password = "a long password 1", invite }).Refused();
    }
}
