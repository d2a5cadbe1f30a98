using System.Net;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

/// <summary>PostgreSQL goes away under a running server, and comes back.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task While_storage_is_away_answers_are_503_and_it_recovers_by_itself()
    {
        var (database, wire) = await TestDatabase.OpenByWire();
        using var _ = wire;
        await using var server = await TestServer.Start(database);
        var ask = () => server.Http.PostApi("/api/validate", new { code = "NOPE-123456", machine_code = "machine" });
        Assert.Equal("NOT_FOUND", (await ask()).Code);

        wire.Cut();
        for (var i = 0; i < 3; i++)
        {
            var away = await ask();
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "STORAGE_UNAVAILABLE"), (away.Status, away.Code));
            Assert.NotNull(away.Headers.RetryAfter);
        }

        wire.Mend();
        Assert.Equal("NOT_FOUND", (await ask()).Code);
    }

    [Fact]
    public async Task What_tells_of_an_error_does_not_wait_for_it()
    {
        var (database, wire) = await TestDatabase.OpenByWire();
        using var _ = wire;
        await using var server = await TestServer.Start(database);
        wire.Cut();
        // Its signing key is in the database, and nobody has asked for it yet.
        Assert.Equal("NO_SUCH_PAGE", (await server.Http.GetApi("/api/nothing-here")).Code);
        foreach (var (path, status) in new[] { ("/nothing-here", HttpStatusCode.NotFound), ("/", HttpStatusCode.ServiceUnavailable) })
        {
            var page = await server.Browser().Get(path);
            Assert.Equal(status, page.Status);
            Assert.NotNull(page.Document.QuerySelector("h1"));
        }
    }
}
