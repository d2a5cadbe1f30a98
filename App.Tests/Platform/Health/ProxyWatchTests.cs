using System.Net;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Health;

/// <summary>A reverse proxy that nobody named is told of: behind it all visitors count as one.</summary>
public sealed class ProxyWatchTests
{
    private static async Task Forwarded(TestServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/status") { Headers = { { "X-Forwarded-For", "198.51.100.7" } } };
        using var answer = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> Found(TestServer server)
    {
        server.Clock.Advance(TimeSpan.FromSeconds(3));
        return (string)(await server.Http.GetApi("/api/health"))["checks"]!["proxy"]!["status"]!;
    }

    [Fact]
    public async Task The_health_page_the_dashboard_and_the_log_tell_of_it_for_an_hour()
    {
        await using var server = await TestServer.Start();
        var staff = await server.SignedIn(Role.Analyst);
        Assert.Equal("pass", await Found(server));
        Assert.DoesNotContain("Server:TrustedProxies", (await staff.Get("/admin")).Text);
        await Forwarded(server);
        Assert.Equal("warn", await Found(server));
        foreach (var page in new[] { "/admin", "/admin/health" })
            Assert.Contains("All requests come from 127.0.0.1 with X-Forwarded-For", (await staff.Get(page)).Text);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("pass", await Found(server));
    }

    [Fact]
    public async Task One_that_is_named_is_none()
    {
        await using var server = await TestServer.Start(settings: new() { ["Server:TrustedProxies"] = "127.0.0.1, ::1" });
        await Forwarded(server);
        Assert.Equal("pass", await Found(server));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:10.0.0.3", true)]
    [InlineData("fd00::1", true)]
    [InlineData("203.0.113.9", false)]
    [InlineData("2001:db8::1", false)]
    public void What_strangers_say_of_themselves_is_no_sign(string address, bool told)
    {
        var watch = new ProxyWatch(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<ProxyWatch>.Instance);
        var ctx = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        ctx.Connection.RemoteIpAddress = IPAddress.Parse(address);
        watch.Look(ctx);
        Assert.Null(watch.Address);
        ctx.Request.Headers["X-Forwarded-For"] = "198.51.100.7";
        watch.Look(ctx);
        Assert.Equal(told, watch.Address is not null);
    }
}
