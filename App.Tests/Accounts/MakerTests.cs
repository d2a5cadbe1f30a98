using System.Net;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>A token is dead with its maker, also one that was made at the moment when its maker went.</summary>
public sealed class MakerTests
{
    private const int Rounds = 40;
    private const string Path = "/api/tokens";

    [Theory, BothEngines]
    public async Task No_token_outlives_a_maker_who_is_removed_meanwhile(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var alive = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (maker, made) = await MadeWhile(server, id => owner.DeleteApi("/api/staff/" + id));
            alive += await Opens(server, made) ? 1 : 0;
            Assert.Equal(HttpStatusCode.NotFound, (await owner.GetApi("/api/staff/" + maker)).Status);
        }
        Assert.True(alive == 0, $"In {alive} of {Rounds} rounds a token lives whose maker is gone.");
    }

    [Theory, BothEngines]
    public async Task No_token_works_while_its_maker_is_disabled(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var alive = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (_, made) = await MadeWhile(server, id => owner.PatchApi("/api/staff/" + id, new { disabled = true }));
            alive += await Opens(server, made) ? 1 : 0;
        }
        Assert.True(alive == 0, $"In {alive} of {Rounds} rounds a token works whose maker is disabled.");
    }

    // An admin's own token makes another while the admin goes.
    private static async Task<(string Maker, ApiAnswer Made)> MadeWhile(TestServer server, Func<string, Task<ApiAnswer>> leave)
    {
        var id = await server.Staff.Account(Role.Admin);
        var account = await server.Db.Read(s => server.Service<AccountService>().Get(s, Caller.DefaultTenant, id));
        var (_, secret) = await server.Db.Write(s => server.Service<TokenService>().Create(s, Bench.As(account), new NewToken("program", Role.Admin, null, null)));
        using var program = server.Client(secret);
        Assert.Equal(HttpStatusCode.OK, (await program.GetApi(Path)).Status);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var making = After(() => program.PostApi(Path, new { name = "child", role = "admin" }));
        var leaving = After(() => leave(id));
        go.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await leaving).Status);
        return (id, await making);

        Task<ApiAnswer> After(Func<Task<ApiAnswer>> work) => Task.Run(async () =>
        {
            await go.Task;
            return await work();
        });
    }

    private static async Task<bool> Opens(TestServer server, ApiAnswer made)
    {
        if ((string?)made["secret"] is not { } secret)
            return false;
        using var http = server.Client(secret);
        return (await http.GetApi(Path)).Status != HttpStatusCode.Unauthorized;
    }
}
