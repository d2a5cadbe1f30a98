using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>Nothing that anybody may ask is without a limit.</summary>
public sealed class ThrottleTests
{
    [Fact]
    public async Task Every_endpoint_has_a_limit()
    {
        await using var server = await TestServer.Start();
        var without = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null).Select(e => e.DisplayName).ToList();
        Assert.Empty(without);
        Assert.True(server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Count() > 50);
    }

    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/api/nothing-here")]
    [InlineData("/api/validate")]
    public async Task What_leads_nowhere_is_throttled_as_pages_are_and_takes_nothing_from_them(string path)
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["RateLimits:Pages:PerSecond"] = "1", ["RateLimits:Pages:Burst"] = "4" });
        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 16; i++)
            answers.Add(await server.Http.GetApi(path));
        Assert.All(answers.Take(4), a => Assert.InRange((int)a.Status, 404, 405));
        var rejected = answers.First(a => a.Status == HttpStatusCode.TooManyRequests);
        Assert.NotNull(rejected.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/status")).StatusCode);
    }
}
