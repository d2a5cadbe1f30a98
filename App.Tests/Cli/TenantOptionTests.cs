using Gatehouse.Accounts.Tenants;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Cli;

/// <summary><c>--tenant</c>: each command that acts on what is a business's own does so in the one that is named.</summary>
public sealed class TenantOptionTests
{
    private static readonly string[] Commands =
    [
        "admin create --username mia --role owner --one-time", "admin list", "admin reset-password --username mia --one-time", "admin reset-two-factor mia", "token create --name ci --role analyst",
        "keys generate --plan Pro --count 3", "keys export", "key show", "key rotate-signing",
    ];

    public static TheoryData<string> All => [.. Commands];

    [Theory, MemberData(nameof(All))]
    public async Task A_business_that_is_not_there_is_named_with_those_that_are(string command)
    {
        await using var server = await TestServer.Start();
        await (await server.As(Role.Owner)).PostApi("/api/tenants", new { id = "acme", name = "Acme" });
        var ran = await Shell.Run([.. command.Split(' '), "--tenant", "amce", "--data", server.Storage.Folder.Path]);
        Assert.Equal((ExitCode.Usage, ""), (ran.Code, ran.Out));
        Assert.Contains("there is no business \"amce\". There are: default, acme.", ran.Error, StringComparison.Ordinal);
        Assert.Contains("--tenant", (await Shell.Run([.. command.Split(' ').Take(2), "--help"])).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_made_is_the_named_ones_and_nobody_elses()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme", quotas = new { staff = 1 } });
        await owner.MakePlan("Pro");
        await (await server.As(Role.Owner, "acme")).MakePlan("Pro");
        Task<Ran> Acme(string command) => Shell.Run([.. command.Split(' '), "--tenant", "Acme", "--data", server.Storage.Folder.Path]);
        Task<Ran> Main(string command) => Shell.Run([.. command.Split(' '), "--data", server.Storage.Folder.Path]);

        Assert.Equal(ExitCode.Ok, (await Acme(Commands[0])).Code);
        Assert.Equal(("acme", "tenant"), await server.Db.Read(s => s.One("SELECT tenant_id, role_scope FROM accounts WHERE username = 'mia'", r => (r.GetString(0), r.GetString(1)))));
        Assert.Contains("mia", (await Acme(Commands[1])).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("mia", (await Main(Commands[1])).Out, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Ok, ExitCode.Failed), ((await Acme(Commands[2])).Code, (await Main(Commands[2])).Code));
        // Its limits hold at the shell as well.
        Assert.Contains("staff", (await Acme("admin create --username bo --role analyst --one-time")).Error, StringComparison.Ordinal);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE username = 'bo'")));
        await server.Db.Write(s => s.Execute("INSERT INTO two_factors (account_id, tenant_id, sealed_secret, begun_at, confirmed_at) SELECT id, tenant_id, '', 1, 1 FROM accounts WHERE username = 'mia'"));
        Assert.Equal((ExitCode.Failed, ExitCode.Ok), ((await Main(Commands[3])).Code, (await Acme(Commands[3])).Code));

        using var token = server.Client((await Acme(Commands[4])).Lines.Single());
        Assert.Equal("mia", (string)Assert.Single((await (await server.As(Role.Owner, "acme")).GetApi("/api/staff"))["items"]!.AsArray())!["username"]!);
        var keys = (await Acme(Commands[5])).Lines;
        Assert.Equal(3, keys.Length);
        Assert.Equal(keys.Order(), (await token.GetApi("/api/keys"))["items"]!.AsArray().Select(k => (string)k!["key"]!).Order());
        Assert.Equal(keys.Order(), (await Acme(Commands[6])).Lines.Order());
        Assert.Empty((await Main(Commands[6])).Lines);

        var main = (await server.Service<SigningKeys>().Current("default")).PublicKeyHex;
        Assert.DoesNotContain(main, (await Acme(Commands[7])).Out, StringComparison.Ordinal);
        Assert.Contains(main, (await Main(Commands[7])).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await Acme(Commands[8])).Code);
        Assert.Equal(main, (await server.Service<SigningKeys>().Published("default"))[^1].PublicKeyHex);
        Assert.Equal(2, (await server.Service<SigningKeys>().Published("acme")).Count);
        // Each stands in the log of the business that it was done in.
        Assert.Equal(["signing_key.rotated", "staff.created", "staff.password_reset", "staff.two_factor_reset", "token.created"], await server.Db.Read(s => s.All(
            "SELECT DISTINCT action FROM audit_entries WHERE tenant_id = 'acme' AND actor_kind = 'cli' AND action NOT LIKE 'batch%' AND action NOT LIKE 'key%' ORDER BY action", r => r.GetString(0))));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries WHERE tenant_id = 'default' AND actor_kind = 'cli'")));
    }

    [Fact]
    public async Task One_that_is_being_removed_is_not_there_and_one_that_is_closed_is()
    {
        await using var server = await TestServer.Start();
        foreach (var id in new[] { "closed", "going" })
            await server.Db.Write(async s =>
            {
                await server.Service<TenantService>().Create(s, Caller.Cli, new TenantInput(id, id));
                await server.Service<TenantService>().Update(s, Caller.Cli, id, new TenantInput(Closed: true));
            });
        await (await server.As(Role.Owner)).DeleteApi("/api/tenants/going");
        Assert.Equal(ExitCode.Ok, (await Shell.Run("admin", "list", "--tenant", "closed", "--data", server.Storage.Folder.Path)).Code);
        var going = await Shell.Run("admin", "list", "--tenant", "going", "--data", server.Storage.Folder.Path);
        Assert.Contains("There are: default, closed.", going.Error, StringComparison.Ordinal);
    }
}
