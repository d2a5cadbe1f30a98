using System.Net;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Errors;

/// <summary>What a request or a call was refused with.</summary>
public sealed record Refused(int Status, string? Code);

/// <summary>A server to be refused by, and short ways to ask for it.</summary>
public sealed class ErrorSite : IAsyncLifetime
{
    private readonly TaskCompletionSource<Message> _gate = new();
    private int _count;

    public TestServer Server { get; private set; } = null!;

    /// <summary>The REST faces as an owner.</summary>
    public HttpClient Owner { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.Start(adjust: s => s.AddJob("test.slow", "0 0 3 * * ?", (_, _) => _gate.Task), map: app =>
        {
            app.MapGet("/api/test/queue", Task () => throw new PasswordQueueFullException()).OpenToAll();
            app.MapGet("/api/test/full", Task () => throw new StorageFullException()).OpenToAll();
            app.MapGet("/api/test/away", Task () => throw new StorageUnavailableException("away")).OpenToAll();
            app.MapGet("/api/test/bug", Task () => throw new InvalidOperationException("bug")).OpenToAll();
            app.MapGet("/api/test/twice", (Database db) => db.Write(async s =>
                await s.Execute("INSERT INTO tenants (id, name, created_at) VALUES (@id, 'x', 0)", ("id", Caller.DefaultTenant)))).OpenToAll();
        });
        Owner = await Server.As(Role.Owner);
    }

    public async Task DisposeAsync()
    {
        _gate.TrySetResult(new Message("done"));
        await Server.DisposeAsync();
    }

    /// <summary>A name that nothing else has here.</summary>
    public string Unique(string word) => word + Interlocked.Increment(ref _count);

    public Task<Refused> Login(string login, string password) => Server.Http.PostApi("/api/user/login", new { login, password }).Refused();

    /// <summary>A customer of whose account that is so comes with the right password.</summary>
    public async Task<Refused> LoginOf(string set)
    {
        var name = Unique("customer");
        var id = await Server.Staff.Customer(username: name, passwordHash: await Endpoints.Site.PasswordHash);
        await Server.Db.Write(s => s.Execute($"UPDATE accounts SET {set} WHERE id = @id", ("id", id)));
        return await Login(name, Accounts.Bench.Password);
    }

    /// <summary>A plan of its own with one unused key.</summary>
    public async Task<string> Key(long? seconds = 86_400) => (await Owner.MakeKeys(await Owner.MakePlan(Unique("plan"), seconds))).Keys[0];

    /// <summary>The same, activated.</summary>
    public async Task<string> Active(long? seconds = 86_400)
    {
        var key = await Key(seconds);
        Assert.Equal("VALID", (await Server.Http.Validate(key, "machine-1")).Code);
        return key;
    }

    /// <summary>Does it to the key over REST, as often as there are actions; tells of the last.</summary>
    public async Task<Refused> Do(string key, params object[] actions)
    {
        foreach (var before in actions[..^1])
            Assert.Equal(HttpStatusCode.OK, (await Owner.PatchApi("/api/keys/" + key, before)).Status);
        return await Owner.PatchApi("/api/keys/" + key, actions[^1]).Refused();
    }

    public Task<Refused> Send(string path, byte[] body, string type)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Server.Http.Call(request).Refused();
    }

    /// <summary>A form that a page did not give.</summary>
    public async Task<Refused> SendForm(string path, string form)
    {
        var content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        return Refused(await Server.Browser().Send(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = content }));
    }

    /// <summary>What the page of errors says.</summary>
    public static Refused Refused(TestPage page) => new((int)page.Status, page.Document.QuerySelector(".gh-error-code")?.TextContent.Split('·')[1].Trim());

    /// <summary>A service as somebody with a session calls it, in one transaction.</summary>
    public async Task<Refused> Call<TService>(Func<TService, WriteTx, ValueTask> call) where TService : notnull
    {
        try
        {
            await Server.Db.Write(async s =>
            {
                await call(Server.Service<TService>(), s);
                return true;
            });
            return new Refused(200, null);
        }
        catch (Refusal refusal)
        {
            return new Refused(refusal.Status, refusal.Code);
        }
    }

    /// <summary>A member of staff with a row of that role, and the caller that they are.</summary>
    public async Task<Caller> Member(Role role)
    {
        var name = Unique("staff");
        return new Caller(Caller.DefaultTenant, "staff", await Server.Staff.Account(role, username: name), name, role, Declared.Permissions.Of(role), "192.0.2.7", null);
    }
}

internal static class RefusedAnswers
{
    public static async Task<Refused> Refused(this Task<ApiAnswer> answer) => new((int)(await answer).Status, (await answer).Code);
}
