using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Who goes is in no message any more: neither in those that wait nor in those that were sent.</summary>
public sealed class MessagesForgottenTests
{
    [Theory, BothEngines]
    public async Task A_deleted_customers_address_is_in_no_message(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 1, security = "none", from = "shop@example.com" }, sign_up = new { proof_of_work = false } });
        foreach (var email in new[] { "goes@example.com", "stays@example.com" })
        {
            await owner.PostApi("/api/users", new { email });
            await server.Http.PostApi("/api/user/add_user", new { email, password = "a long password 1" });
        }
        Assert.Equal(["stays@example.com", "goes@example.com"], await Recipients());
        await owner.DeleteApi("/api/users/goes@example.com");
        Assert.Equal(["stays@example.com"], await Recipients());
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE payload LIKE '%goes@%' OR COALESCE(fault, '') LIKE '%goes@%'")));

        async Task<IEnumerable<string?>> Recipients() => (await owner.GetApi("/api/outbox?channel=mail"))["items"]!.AsArray().Select(i => (string?)i!["recipient"]);
    }
}
