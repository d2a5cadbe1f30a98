using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Accounts;

/// <summary>Passkeys: one's own, and the door. The site of these tests is reached by its address, where browsers know none.</summary>
public static class PasskeyEndpoints
{
    private const string Path = "/admin/account/passkeys";
    private const string Mine = "/account/security/passkeys";
    private const string Api = "/api/user/passkeys/{my_passkey}";
    private const string NewName = """{"name":"Bad input"}""";

    public static readonly EndpointRow[] Rows =
    [
        new("POST", "/sign-in/passkey", Open) { Form = "passkey={}" },
        new("GET", Path + "/new", SignedIn) { Status = 303 },
        new("POST", Path + "/new", SignedIn),
        new("POST", Path, SignedIn) { Form = "passkey={}&name=Phone" },
        new("POST", Path + "/remove", SignedIn)
        {
            Form = "id={my_passkey}", Stranger = 404,
            Races = [new(Page(Path + "/remove", "id={my_passkey}"), Page(Path + "/remove", "id={my_passkey}")), new(Page(Path + "/remove", "id={my_passkey}"), Patch("/api/staff/{me}", """{"display_name":"One"}"""))],
        },
        .. Named(Path, SignedIn),
        .. Named(Mine, Customer),
        new("GET", "/api/user/passkeys", Customer) { Shows = ["my_passkey"] },
        new("PATCH", "/api/user/passkeys/{id}", Customer)
        {
            Path = Api, Json = NewName, Races = [new(Patch(Api, NewName), Patch(Api, """{"name":"Another"}""")), new(Patch(Api, NewName), Delete(Api))],
        },
        new("DELETE", "/api/user/passkeys/{id}", Customer) { Path = Api, Races = [new(Delete(Api), Delete(Api)), new(Delete(Api), Page(Mine + "/remove", "id={my_passkey}"))] },
        new("POST", "/api/user/prove", Customer) { Json = $$"""{"password":"{{Bench.Password}}"}""", Status = 200, Leaves = true },
        new("GET", Mine + "/new", Customer) { Status = 303 },
        new("POST", Mine + "/new", Customer),
        new("POST", Mine, Customer) { Form = "passkey={}&name=Phone" },
        new("POST", Mine + "/remove", Customer)
        {
            Form = "id={my_passkey}", Stranger = 404,
            Races = [new(Page(Mine + "/remove", "id={my_passkey}"), Page(Mine + "/remove", "id={my_passkey}")), new(Page(Mine + "/remove", "id={my_passkey}"), Delete("/api/users/{me}"))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["my_passkey"] = t => Insert(t.Server, t.Tenant, t.Account, t.Unique("credential")),
    };

    private static EndpointRow[] Named(string path, string who) =>
    [
        new("GET", path + "/{id}", who) { Path = path + "/{my_passkey}" },
        new("POST", path + "/{id}", who)
        {
            Path = path + "/{my_passkey}", Form = "name=Laptop",
            Races = [new(Page(path + "/{my_passkey}", "name=Laptop"), Page(path + "/remove", "id={my_passkey}"))],
        },
    ];

    /// <summary>A passkey as a row: nobody has its key.</summary>
    public static async Task<string> Insert(TestServer server, string tenant, string account, string credential)
    {
        var id = Ids.New();
        await server.Db.Write(s => s.Execute(
            """
            INSERT INTO passkeys (id, tenant_id, account_id, rp_id, credential_id, public_key, user_handle, sign_count, name, created_at)
            VALUES (@id, @tenant, @account, 'localhost', @credential, '', '', 0, 'Phone', @now)
            """,
            ("id", id), ("tenant", tenant), ("account", account), ("credential", credential), ("now", server.Clock.Now)));
        return id;
    }
}
