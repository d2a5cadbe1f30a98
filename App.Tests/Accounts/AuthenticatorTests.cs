using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using CredentialCache = Gatehouse.Accounts.Sessions.CredentialCache;

namespace Gatehouse.Tests.Accounts;

/// <summary>What a request without good credentials costs.</summary>
public sealed class AuthenticatorTests
{
    private static readonly string Session = new('s', 43);
    private static readonly string Token = TokenRules.Prefix + new string('t', 43);

    [Theory]
    [InlineData("/api/validate", null, null, false)]
    [InlineData("/admin", null, null, false)]
    [InlineData("/api/validate", null, "session", false)]
    [InlineData("/admin", "token", null, false)]
    [InlineData("/api/validate", "Basic dGVzdDp0ZXN0", null, false)]
    [InlineData("/api/validate", "Bearer short", null, false)]
    [InlineData("/api/validate", "Bearer ", null, false)]
    [InlineData("/api/validate", "token", null, true)]
    [InlineData("/v1/me", "token", null, true)]
    [InlineData("/admin", null, "session", true)]
    public async Task Only_what_may_be_a_credential_is_looked_up(string path, string? authorization, string? cookie, bool looksUp)
    {
        var db = new CountingDatabase();
        var clock = new FakeClock();
        var cache = new CredentialCache(db, clock);
        // Nothing is written here.
        var authenticator = new Authenticator(cache, db, new Cookies(), new SessionStore(null!, cache, Bench.Limits, clock), Declared.Permissions, new OneTenant(), clock, NullLogger<Authenticator>.Instance);
        var ctx = new DefaultHttpContext { Request = { Path = path } };
        if (authorization is not null)
            ctx.Request.Headers.Authorization = authorization == "token" ? "bearer " + Token : authorization;
        if (cookie is not null)
            ctx.Request.Headers.Cookie = $"{Cookies.Session}={Session}";
        Assert.Null((await authenticator.Authenticate(ctx)).Role);
        Assert.Equal(looksUp ? 1 : 0, db.Reads);
    }

    [Fact]
    public async Task What_is_no_credential_is_looked_up_once_a_second_however_often_it_is_shown()
    {
        var (db, clock) = (new CountingDatabase(), new FakeClock());
        var cache = new CredentialCache(db, clock);
        for (var i = 0; i < 500; i++)
            Assert.Null(await cache.Get("false", _ => default));
        Assert.Equal(1, db.Reads);
        Assert.Null(await cache.Get("another", _ => default));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await cache.Get("false", _ => default));
        Assert.Equal(3, db.Reads);
    }

    [Theory, BothEngines]
    public async Task What_was_no_credential_is_one_at_once_when_it_is_made_good(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var authenticator = new Authenticator(bench.Credentials, bench.Db, new Cookies(), bench.Sessions, Declared.Permissions, new OneTenant(), bench.Clock, NullLogger<Authenticator>.Instance);
        var maker = await bench.Staff("maker", Role.Admin);
        var (_, secret) = await bench.Db.Write(s => bench.Tokens.Create(s, Bench.As(maker), new NewToken("shop", Role.Admin, null, null)));
        var ctx = new DefaultHttpContext { Request = { Path = "/api/staff", Headers = { Authorization = "Bearer " + secret } } };
        // The clock stands still: nothing grows old meanwhile.
        foreach (var disabled in new[] { true, false, true, false })
        {
            await bench.Db.Write(s => bench.Accounts.Change(s, Caller.Cli, maker.Id, new StaffChange(Disabled: disabled)));
            for (var i = 0; i < 2; i++)
                Assert.Equal(disabled, (await authenticator.Authenticate(ctx)).Role is null);
        }
    }

    [Fact]
    public async Task Who_asks_is_looked_at_only_where_it_matters()
    {
        var counting = new CountingAuthenticator();
        await using var server = await TestServer.Start(adjust: services => services.AddSingleton<IAuthenticator>(counting));
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, Session);
        foreach (var path in new[] { "/robots.txt", "/favicon.ico", "/assets/nothing.css", "/health", "/api/health", "/openapi/v1.json", "/nothing-here", "/admin/nothing-here" })
            await browser.Get(path);
        Assert.Equal(0, counting.Asked);
        await browser.Get("/");
        Assert.Equal(1, counting.Asked);
        await browser.Get("/admin", follow: false);
        Assert.Equal(2, counting.Asked);
    }

    /// <summary>Knows nobody and counts who is asked for.</summary>
    private sealed class CountingAuthenticator : IAuthenticator
    {
        public int Asked { get; private set; }

        public ValueTask<Caller> Authenticate(HttpContext ctx)
        {
            Asked++;
            return new(Stranger(ctx));
        }

        public Caller Stranger(HttpContext ctx) => Caller.Public(null, null);
    }

    /// <summary>Holds nothing and counts who asks.</summary>
    private sealed class CountingDatabase : Database
    {
        public int Reads { get; private set; }

        public override string Engine => "none";

        public override Task<T> Read<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default) => throw new NotSupportedException();

        public override Task<T> ReadOne<T>(Func<ReadTx, ValueTask<T>> work, CancellationToken ct = default)
        {
            Reads++;
            return Task.FromResult<T>(default!);
        }

        public override Task<T> Write<T>(Func<WriteTx, ValueTask<T>> work, CancellationToken ct = default) => throw new NotSupportedException();
        public override Task<long> SizeBytes() => throw new NotSupportedException();
        public override Task<IReadOnlyList<string>> CheckIntegrity() => throw new NotSupportedException();
        internal override ValueTask<bool> TableExists(ReadTx s, string table) => throw new NotSupportedException();
        internal override ValueTask<List<TenantTable>> TenantTables(ReadTx tx) => throw new NotSupportedException();
        internal override Task ChangeSchema(Func<WriteTx, ValueTask> work, bool rebuild) => throw new NotSupportedException();
        internal override Task<IAsyncDisposable> SchemaLock() => throw new NotSupportedException();
        protected override Task Verify() => throw new NotSupportedException();
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
