using Gatehouse.Accounts.Logins;
using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Another e-mail address, one's own data, and leaving.</summary>
public static class OwnAccountRows
{
    private const string Password = Bench.Password;
    private const int FewRounds = 3;
    private const string AskForm = "email={new_word}@example.org&password=" + Password;
    private const string LeaveForm = "password=" + Password;

    public static readonly EndpointRow[] Rows =
    [
        new("POST", "/api/user/email", Customer) { Json = """{"email":"{new_word}@example.org","password":"correct horse one"}""", Status = 200, Leaves = true },
        new("POST", "/api/user/email/verify", Customer)
        {
            Json = """{"code":"{change_code}"}""", Stranger = 422,
            Races = [new(Post("/api/user/email/verify", """{"code":"{change_code}"}"""), Post("/api/user/email/verify", """{"code":"{change_code}"}"""))],
        },
        new("GET", "/account/email", Customer),
        new("POST", "/account/email", Customer) { Form = AskForm, Status = 200, Leaves = true },
        new("POST", "/account/email/code", Customer)
        {
            Form = "email=x@example.org&code={change_code}", Stranger = 422,
            Races = [new(Page("/account/email/code", "code={change_code}"), Post("/api/user/email/verify", """{"code":"{change_code}"}"""))],
        },
        new("GET", "/undo-email", Open) { Path = "/undo-email?token={undo}", Query = "token" },
        new("POST", "/undo-email", Open)
        {
            Form = "token={undo}", Races = [new(Page("/undo-email", "token={undo}"), Page("/undo-email", "token={undo}")) { Rounds = FewRounds }],
        },
        new("GET", "/account/data", Customer),
        new("POST", "/account/data/export", Customer) { Form = LeaveForm, Status = 200, Type = "application/zip", Leaves = true },
        new("POST", "/account/data/leave", Customer)
        {
            Form = LeaveForm, Races = [new(Page("/account/data/leave", LeaveForm), new("POST", "/api/users/{me}/disable")) { Rounds = FewRounds }],
        },
        new("POST", "/account/data/stay", Customer)
        {
            Races = [new(Page("/account/data/stay"), Page("/account/data/leave", LeaveForm)) { Rounds = FewRounds }],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["change_code"] = async t =>
        {
            var now = t.Server.Clock.Now;
            var code = await t.Server.Db.Write(s => t.Server.Service<EmailCodes>().Make(s, t.Tenant, t.Account, EmailCodes.EmailChange, new CodeBrings(Email: t.Unique("changed") + "@example.org"), now));
            t.Label(code.Code, "code");
            return code.Code;
        },
        ["undo"] = async t =>
        {
            var (token, id) = (OpaqueToken.Create(), await t.Server.Staff.Customer(t.Tenant));
            await t.Server.Db.Write(s => s.Execute("INSERT INTO email_undos (token_hash, tenant_id, account_id, email, expires_at) VALUES (@hash, @tenant, @id, @email, @end)",
                ("hash", OpaqueToken.Hash(token)), ("tenant", t.Tenant), ("id", id), ("email", t.Unique("old") + "@example.org"), ("end", t.Server.Clock.Now + 60_000)));
            return token;
        },
    };
}
