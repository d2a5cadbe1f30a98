using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Http;
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
        var authenticator = new Authenticator(cache, db, new Cookies(), new SessionStore(new AuditWriter(clock), cache, Bench.Limits, clock), clock, NullLogger<Authenticator>.Instance);
        var ctx = new DefaultHttpContext { Request = { Path = path } };
        if (authorization is not null)
            ctx.Request.Headers.Authorization = authorization == "token" ? "bearer " + Token : authorization;
        if (cookie is not null)
            ctx.Request.Headers.Cookie = $"{Cookies.Session}={Session}";
        Assert.Null((await authenticator.Authenticate(ctx)).Role);
        Assert.Equal(looksUp ? 1 : 0, db.Reads);
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
        internal override Task ChangeSchema(Func<WriteTx, ValueTask> work, bool rebuild) => throw new NotSupportedException();
        internal override Task<IAsyncDisposable> SchemaLock() => throw new NotSupportedException();
        protected override Task Verify() => throw new NotSupportedException();
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
