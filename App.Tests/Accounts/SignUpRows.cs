using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Signing up, and a forgotten password.</summary>
public static class SignUpRows
{
    private const string NewPassword = "a long password 1";
    private const int FewRounds = 3;

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/challenge", Open),
        new("POST", "/api/user/add_user", Open)
        {
            Json = """{"email":"{new_word}@example.com","password":"a long password 1","username":"{new_word}","invite":"{new_word}","challenge":{"id":"{new_challenge}","nonce":null}}""", Optional = "username invite challenge", Status = 201,
        },
        new("POST", "/api/user/verify", Open)
        {
            Json = """{"email":"{pending_email}","code":"{pending_code}","attempt":"{pending_attempt}"}""", Optional = "attempt",
            Races =
            [
                new(Post("/api/user/verify", """{"email":"{pending_email}","code":"{pending_code}"}"""), Post("/api/user/verify", """{"email":"{pending_email}","code":"{pending_code}"}""")),
                new(Post("/api/user/verify", """{"email":"{pending_email}","code":"{pending_code}"}"""), Delete("/api/users/{pending_email}")),
            ],
        },
        new("GET", "/sign-up", Open) { Query = "invite by" },
        new("POST", "/sign-up", Open)
        {
            Form = "email={new_word}@example.com&password=a long password 1&password_repeat=a long password 1&challenge={new_challenge}", Status = 200,
        },
        new("GET", "/sign-up/code", Open) { Status = 303 },
        new("POST", "/sign-up/code", Open)
        {
            Form = "email={pending_email}&attempt={pending_attempt}&code={pending_code}",
            Races = [new(Page("/sign-up/code", "email={pending_email}&attempt={pending_attempt}&code={pending_code}"), Post("/api/user/verify", """{"email":"{pending_email}","code":"{pending_code}"}"""))],
        },
        new("POST", "/sign-up/code/again", Open)
        {
            Form = "email={pending_email}&attempt={pending_attempt}", Status = 200,
            Races = [new(Page("/sign-up/code/again", "email={pending_email}&attempt={pending_attempt}"), Delete("/api/users/{pending_email}"))],
        },
        new("GET", "/forgot-password", Open),
        new("POST", "/forgot-password", Open) { Form = "email={new_word}@example.com", Status = 200 },
        new("GET", "/reset-password", Open) { Path = "/reset-password?token={reset}", Query = "token" },
        new("POST", "/reset-password", Open)
        {
            Form = ResetPassword, Races = [new(Page("/reset-password", ResetPassword), Page("/reset-password", ResetPassword)) { Rounds = FewRounds }],
        },
    ];

    private const string ResetPassword = "token={reset}&password=" + NewPassword + "&password_repeat=" + NewPassword;
    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Old enough for who has no script.
        ["new_challenge"] = t =>
        {
            var id = t.Server.Service<Challenges>().Make().Id;
            t.Server.Clock.Advance(TimeSpan.FromSeconds(6));
            return Task.FromResult(id);
        },
        ["pending_email"] = async t => (await Pending(t)).Email,
        ["pending_attempt"] = async t => (await Pending(t)).Attempt,
        ["pending_code"] = async t => (await Pending(t)).Code,
        ["reset"] = async t =>
        {
            var (token, id) = (OpaqueToken.Create(), await t.Server.Staff.Customer(t.Tenant));
            await t.Server.Db.Write(s => s.Execute("INSERT INTO password_resets (token_hash, tenant_id, account_id, expires_at) VALUES (@hash, @tenant, @id, @end)",
                ("hash", OpaqueToken.Hash(token)), ("tenant", t.Tenant), ("id", id), ("end", t.Server.Clock.Now + 60_000)));
            return token;
        },
    };

    // One applicant for the three things that are known of them.
    private static async Task<(string Email, string Attempt, string Code)> Pending(Things t)
    {
        var email = t.Unique("pending") + "@example.com";
        var (who, now) = (Caller.Public("198.51.100.200", "test") with { TenantId = t.Tenant }, t.Server.Clock.Now);
        var (attempt, code) = await t.Server.Db.Write(async s =>
        {
            var id = await t.Server.Service<CustomerService>().AddPending(s, who, email, "en", "!");
            t.Label((await t.Server.Service<CustomerService>().Get(s, t.Tenant, id)).Username, "username");
            var made = await t.Server.Service<EmailCodes>().Make(s, t.Tenant, id, EmailCodes.SignUp, new CodeBrings("!"), now);
            return (made.Id, made.Code);
        });
        t.Use("pending_email", email);
        t.Use("pending_attempt", attempt);
        t.Use("pending_code", code);
        t.Label(attempt, "attempt");
        t.Label(code, "code");
        return (email, attempt, code);
    }
}
