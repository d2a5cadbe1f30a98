using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Two-factor sign-in: one's own, the second step, and what staff and shell reset.</summary>
public static class TwoFactorEndpoints
{
    private const string Path = "/admin/account/two-factor";
    private const string Mine = "/account/security/two-factor";
    private const string Rename = """{"display_name":"One"}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", Path, SignedIn),
        new("POST", Path + "/begin", SignedIn),
        new("GET", Path + "/set-up", SignedIn) { Status = 303 },
        new("POST", Path + "/set-up", SignedIn)
        {
            Form = "code={my_first_code}", Status = 200, Races = [new(Page(Path + "/set-up", "code={my_first_code}"), Page(Path + "/set-up", "code={my_first_code}"))],
        },
        new("POST", Path + "/recovery-codes", SignedIn)
        {
            Form = "code={my_code}", Status = 200, Races = [new(Page(Path + "/recovery-codes", "code={my_code}"), Page(Path + "/recovery-codes", "code={my_code}"))],
        },
        new("POST", Path + "/off", SignedIn)
        {
            Form = "password=" + Bench.Password + "&code={my_code}",
            Races = [new(Page(Path + "/off", "password=" + Bench.Password + "&code={my_code}"), Patch("/api/staff/{me}", Rename)) { Rounds = 3 }],
        },
        new("GET", Mine, Customer),
        new("POST", Mine + "/begin", Customer) { Form = "password=" + Bench.Password },
        new("GET", Mine + "/set-up", Customer) { Status = 303 },
        new("POST", Mine + "/set-up", Customer)
        {
            Form = "code={new_first_code}", Status = 200, Races = [new(Page(Mine + "/set-up", "code={new_first_code}"), Page(Mine + "/set-up", "code={new_first_code}"))],
        },
        new("POST", Mine + "/recovery-codes", Customer)
        {
            Form = "code={new_code}", Status = 200, Races = [new(Page(Mine + "/recovery-codes", "code={new_code}"), Page(Mine + "/recovery-codes", "code={new_code}"))],
        },
        new("POST", Mine + "/off", Customer)
        {
            Form = "password=" + Bench.Password + "&code={new_code}",
            Races = [new(Page(Mine + "/off", "password=" + Bench.Password + "&code={new_code}"), Patch("/api/users/{me}", Rename)) { Rounds = 3 }],
        },
        new("POST", "/account/security/prove", Customer) { Form = "_to=/account/details&_proof=" + Bench.Password, Status = 307 },
        new("POST", "/api/users/{id}/reset-two-factor", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{careful_customer}/reset-two-factor",
            Races =
            [
                new(new("POST", "/api/users/{careful_customer}/reset-two-factor"), Patch("/api/users/{careful_customer}", Rename)),
                new(new("POST", "/api/users/{careful_customer}/reset-two-factor"), new("POST", "/api/users/{careful_customer}/reset-two-factor")),
            ],
        },
        new("POST", "/admin/users/{id}/reset-two-factor", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{careful_customer}/reset-two-factor", Races = [new(Page("/admin/users/{careful_customer}/reset-two-factor"), Patch("/api/users/{careful_customer}", Rename))],
        },
        new("POST", "/admin/account/prove", SignedIn) { Form = "_to=/admin/staff&_proof=" + Bench.Password, Status = 307 },
        new("GET", "/sign-in/code", Open) { Query = "return recovery", Status = 303 },
        new("POST", "/sign-in/code", Open) { Form = "code=123456" },
        new("POST", "/api/staff/{id}/reset-two-factor", AccountsPermissions.StaffManage)
        {
            Path = "/api/staff/{careful}/reset-two-factor",
            Races =
            [
                new(Post("/api/staff/{careful}/reset-two-factor", "{}"), Patch("/api/staff/{careful}", Rename)),
                new(Post("/api/staff/{careful}/reset-two-factor", "{}"), Post("/api/staff/{careful}/reset-two-factor", "{}")),
            ],
        },
        new("POST", "/admin/staff/{id}/reset-two-factor", AccountsPermissions.StaffManage)
        {
            Path = "/admin/staff/{careful}/reset-two-factor", Races = [new(Page("/admin/staff/{careful}/reset-two-factor"), Patch("/api/staff/{careful}", Rename))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["my_first_code"] = async t =>
        {
            await Begin(t.Server, t.Tenant, t.Account);
            return await Code(t.Server, t.Account);
        },
        ["my_code"] = async t =>
        {
            await SwitchOn(t.Server, t.Tenant, t.Account);
            return await Code(t.Server, t.Account);
        },
        // The same where another customer of the tenant would be tried with it: it is nobody's thing, and wrong for them.
        ["new_first_code"] = t => Makers!["my_first_code"](t),
        ["new_code"] = t => Makers!["my_code"](t),
        ["careful"] = async t =>
        {
            var id = await t.Server.Staff.Account(Role.Analyst, t.Tenant);
            await SwitchOn(t.Server, t.Tenant, id);
            return id;
        },
        ["careful_customer"] = async t =>
        {
            var id = await t.Server.Staff.Customer(t.Tenant);
            await SwitchOn(t.Server, t.Tenant, id);
            return id;
        },
    };

    /// <summary>The caller with a session that is open.</summary>
    public static async Task<Caller> Here(TestServer server, Caller who) =>
        who with { SessionId = OpaqueToken.Hash(await AccountsEndpoints.OpenSession(server, who.TenantId, who.Id!)) };

    /// <summary>Begins the account's set-up, as its page does; where it was on, anew.</summary>
    public static async Task Begin(TestServer server, string tenant, string account)
    {
        var who = new Caller(tenant, "staff", account, "x", Role.Owner, PermissionSet.Everything, null, null);
        who = await Here(server, who);
        await server.Db.Write(s => s.Execute("DELETE FROM two_factors WHERE account_id = @id AND confirmed_at IS NOT NULL", ("id", account)));
        await server.Db.Write(s => server.Service<TwoFactorService>().Begin(s, who));
        await server.Db.Write(s => s.Execute("DELETE FROM sessions WHERE id_hash = @id", ("id", who.SessionId)));
    }

    /// <summary>Begins it, and says that a code was shown long ago; there are no recovery codes. Its sessions stay.</summary>
    public static async Task SwitchOn(TestServer server, string tenant, string account)
    {
        await Begin(server, tenant, account);
        await server.Db.Write(s => s.Execute("UPDATE two_factors SET confirmed_at = @now WHERE account_id = @id", ("now", server.Clock.Now), ("id", account)));
    }

    /// <summary>What the account's app shows now.</summary>
    public static async Task<string> Code(TestServer server, string account, int stepsAhead = 0)
    {
        var text = await server.Db.Read(s => s.One("SELECT sealed_secret FROM two_factors WHERE account_id = @id", r => r.GetString(0), ("id", account)));
        return TotpCode.Of(server.Service<SecretBox>().Open(text!, "two-factor"), TotpCode.Counter(server.Clock.Now) + stepsAhead);
    }
}
