using Gatehouse.Accounts.Permissions;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Customers, as staff see them.</summary>
public static class CustomersEndpoints
{
    private const string NewPassword = "a long password 1";
    private const string Renamed = """{"display_name":"One"}""";

    // Each round hashes passwords, which is slow on purpose.
    private const int FewRounds = 3;

    private static readonly EndpointRow[] Rest =
    [
        new("GET", "/api/users", AccountsPermissions.UsersRead) { Query = "q state sort after limit", Shows = ["customer"], Finds = ["?q={customer}", "?state=active", "?sort=-name&q={customer}"] },
        new("POST", "/api/users", AccountsPermissions.UsersWrite)
        {
            Json = """{"username":"{new_word}","email":"{new_word}@example.com","phone":"{new_phone}","display_name":"Bad Input","language":"zh","time_zone":"Asia/Shanghai","note":"by the shop"}""",
            Optional = "username email phone display_name language time_zone note", Status = 201, Once = true,
        },
        new("GET", "/api/users/{id}", AccountsPermissions.UsersRead) { Path = "/api/users/{customer}" },
        new("PATCH", "/api/users/{id}", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer}", Json = """{"display_name":"Bad Input","note":"by the shop"}""", Optional = "display_name note",
            Races =
            [
                new(Patch("/api/users/{customer}", Renamed), Patch("/api/users/{customer}", """{"note":"Two"}""")),
                new(Patch("/api/users/{customer}", """{"email":"{new_word}@example.org"}"""), Patch("/api/users/{customer_off}", """{"email":"{new_word}@example.org"}""")),
                new(Patch("/api/users/{customer}", """{"username":"{new_word}"}"""), Patch("/api/users/{customer_off}", """{"username":"{new_word}"}""")),
            ],
        },
        new("DELETE", "/api/users/{id}", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer}", Races = [new(Delete("/api/users/{customer}"), Patch("/api/users/{customer}", Renamed))],
        },
        new("POST", "/api/users/{id}/disable", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer}/disable", Races = [new(new("POST", "/api/users/{customer}/disable"), Patch("/api/users/{customer}", Renamed))],
        },
        new("POST", "/api/users/{id}/enable", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer_off}/enable", Races = [new(new("POST", "/api/users/{customer_off}/enable"), Patch("/api/users/{customer_off}", Renamed))],
        },
        new("POST", "/api/users/{id}/unlock", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer_locked}/unlock", Races = [new(new("POST", "/api/users/{customer_locked}/unlock"), Delete("/api/users/{customer_locked}"))],
        },
        new("POST", "/api/users/{id}/reset-password", AccountsPermissions.UsersWrite)
        {
            Path = "/api/users/{customer}/reset-password", Json = """{"password":"a long password 1"}""", Optional = "password",
            Races = [new(Post("/api/users/{customer}/reset-password", """{"password":"a long password 1"}"""), Patch("/api/users/{customer}", Renamed)) { Rounds = FewRounds }],
        },
    ];

    private static readonly EndpointRow[] Pages =
    [
        new("GET", "/admin/users", AccountsPermissions.UsersRead) { Query = "q state sort after", Shows = ["customer"], Finds = ["?q={customer}", "?state=active", "?sort=points&state=active"] },
        new("POST", "/admin/users/columns", AccountsPermissions.UsersRead) { Form = "column=email&column=points" },
        new("POST", "/admin/users", AccountsPermissions.UsersWrite) { Form = "username={new_word}&email={new_word}@example.com&display_name=Mei", Status = 200 },
        new("GET", "/admin/users/new", AccountsPermissions.UsersWrite),
        new("GET", "/admin/users/{id}", AccountsPermissions.UsersRead) { Path = "/admin/users/{customer}", Query = "tab" },
        new("POST", "/admin/users/{id}", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer}", Form = "display_name=Mei",
            Races = [new(Page("/admin/users/{customer}", "display_name=Mei"), Patch("/api/users/{customer}", """{"note":"Two"}"""))],
        },
        new("POST", "/admin/users/{id}/disable", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer}/disable", Races = [new(Page("/admin/users/{customer}/disable"), Patch("/api/users/{customer}", Renamed))],
        },
        new("POST", "/admin/users/{id}/enable", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer_off}/enable", Races = [new(Page("/admin/users/{customer_off}/enable"), Patch("/api/users/{customer_off}", Renamed))],
        },
        new("POST", "/admin/users/{id}/unlock", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer_locked}/unlock", Races = [new(Page("/admin/users/{customer_locked}/unlock"), Patch("/api/users/{customer_locked}", Renamed))],
        },
        new("POST", "/admin/users/{id}/password", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer}/password", Form = "password=" + NewPassword,
            Races = [new(Page("/admin/users/{customer}/password", "password=" + NewPassword), Patch("/api/users/{customer}", Renamed)) { Rounds = FewRounds }],
        },
        new("POST", "/admin/users/{id}/remove", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/{customer}/remove", Races = [new(Page("/admin/users/{customer}/remove"), Page("/admin/users/{customer}/disable"))],
        },
    ];

    private static readonly EndpointRow[] Own =
    [
        new("POST", "/api/user/login", Open)
        {
            Json = """{"login":"{signer_customer}","password":"correct horse one"}""",
            Races = [new(Post("/api/user/login", """{"login":"{signer_customer}","password":"correct horse one"}"""), new("POST", "/api/users/{signer_customer}/disable")) { Rounds = FewRounds }],
        },
        new("POST", "/api/user/logout", Customer),
        new("GET", "/api/user/me", Customer),
        new("PATCH", "/api/user/me", Customer)
        {
            Json = """{"display_name":"Bad Input","phone":"{new_phone}","language":"en","time_zone":"Asia/Shanghai","news":false}""", Optional = "display_name phone language time_zone news",
            Races = [new(Patch("/api/user/me", """{"news":false}"""), Patch("/api/user/me", Renamed)), new(Patch("/api/user/me", Renamed), Patch("/api/users/{me}", """{"note":"Two"}""")), new(Patch("/api/user/me", Renamed), Delete("/api/users/{me}"))],
        },
        new("GET", "/account", Customer),
        new("GET", "/account/details", Customer),
        new("POST", "/account/details", Customer)
        {
            Form = "display_name=Mei", Races = [new(Page("/account/details", "display_name=One"), Patch("/api/users/{me}", """{"note":"Two"}"""))],
        },
        new("GET", "/account/security", Customer),
        new("POST", "/account/security/password", Customer)
        {
            Form = ChangePassword, Races = [new(Page("/account/security/password", ChangePassword), new("POST", "/api/users/{me}/disable")) { Rounds = FewRounds }],
        },
        new("POST", "/account/security/sessions/end", Customer)
        {
            Form = "session={session}", Races = [new(Page("/account/security/sessions/end", "session={session}"), Page("/account/security/sessions/end", "session={session}"))],
        },
        new("POST", "/account/security/sessions/end-others", Customer)
        {
            Races = [new(Page("/account/security/sessions/end-others"), Page("/account/security/sessions/end", "session={session}"))],
        },
    ];

    private const string ChangePassword = "current=" + Bench.Password + "&password=" + NewPassword + "&password_repeat=" + NewPassword;

    public static readonly EndpointRow[] Rows = [.. Rest, .. Pages, .. Own, .. SignUpRows.Rows, .. PersonRows.Rows, .. InvitationRows.Rows, .. OwnAccountRows.Rows];
}
