using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Gatehouse.Platform.Hosting;
using Microsoft.AspNetCore.RateLimiting;

namespace Gatehouse.Platform.Http;

/// <summary>Token buckets by client address. A rejected request is answered 429 with Retry-After.</summary>
public static class RateLimits
{
    public const string Api = "api";
    public const string SignIn = "sign-in";
    public const string Pages = "pages";

    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration config)
    {
        var on = ConfigOptions.Flag(config, "RateLimits:Enabled");
        return services.AddRateLimiter(options =>
        {
            options.OnRejected = (rejected, _) => throw new Refusal(HttpErrors.RateLimited)
            {
                RetryAfter = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1),
            };
            foreach (var name in new[] { Api, SignIn, Pages })
                Add(options, name, on, ConfigOptions.Number(config, $"RateLimits:{Section(name)}:PerSecond"), ConfigOptions.Number(config, $"RateLimits:{Section(name)}:Burst"));
        });
    }

    private static string Section(string name) => name switch { Api => "Api", SignIn => "SignIn", _ => "Pages" };

    private static void Add(RateLimiterOptions options, string name, bool on, int perSecond, int burst) =>
        options.AddPolicy(name, ctx => on
            ? RateLimitPartition.GetTokenBucketLimiter(Network(ctx.Connection.RemoteIpAddress), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
            })
            : RateLimitPartition.GetNoLimiter(""));

    /// <summary>The same of an address as text; <c>local</c> where there is none.</summary>
    public static string NetworkOf(string? address) => Network(IPAddress.TryParse(address, out var parsed) ? parsed : null);

    /// <summary>What counts as one client: an IPv4 address, or the /64 that an IPv6 customer is given.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is null)
            return "local";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }
}
