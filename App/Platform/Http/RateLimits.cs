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

    /// <summary>Of what programs and customers ask about keys: wide, for an office has one address. Who guesses is slowed by wrong keys, and each key has a budget of its own.</summary>
    public const string Keys = "keys";
    public const string SignIn = "sign-in";
    public const string Pages = "pages";
    public const string Assets = "assets";
    public const string Health = "health";

    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration config)
    {
        var on = ConfigOptions.Flag(config, "RateLimits:Enabled");
        return services.AddRateLimiter(options =>
        {
            options.OnRejected = (rejected, _) => throw Rejected(rejected.Lease);
            foreach (var (name, section) in Sections)
            {
                var (perSecond, burst) = Of(config, section);
                options.AddPolicy(name, ctx => Partition(ctx, on, perSecond, burst));
            }
        }).AddSingleton(_ =>
        {
            var (perSecond, burst) = Of(config, "Pages");
            return new UnroutedLimit(PartitionedRateLimiter.Create<HttpContext, string>(ctx => Partition(ctx, on, perSecond, burst)));
        });
    }

    /// <summary>Throttles by the policy of each endpoint; what leads to none, as pages are, and in a budget of its own.</summary>
    public static void UseRateLimits(this WebApplication app)
    {
        var unrouted = app.Services.GetRequiredService<UnroutedLimit>();
        app.Use((ctx, next) =>
        {
            if (ctx.GetEndpoint() is not RouteEndpoint)
                unrouted.Take(ctx);
            return next(ctx);
        });
        app.UseRateLimiter();
    }

    private static readonly (string Name, string Section)[] Sections = [(Api, "Api"), (Keys, "Keys"), (SignIn, "SignIn"), (Pages, "Pages"), (Assets, "Assets"), (Health, "Health")];

    private static (int PerSecond, int Burst) Of(IConfiguration config, string section) =>
        (ConfigOptions.Number(config, $"RateLimits:{section}:PerSecond"), ConfigOptions.Number(config, $"RateLimits:{section}:Burst"));

    private static RateLimitPartition<string> Partition(HttpContext ctx, bool on, int perSecond, int burst) => on
        ? RateLimitPartition.GetTokenBucketLimiter(Network(ctx.Connection.RemoteIpAddress), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
        })
        : RateLimitPartition.GetNoLimiter("");

    private static Refusal Rejected(RateLimitLease lease) => new(HttpErrors.RateLimited)
    {
        RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1),
    };

    /// <summary>What requests that lead to no endpoint take from.</summary>
    private sealed class UnroutedLimit(PartitionedRateLimiter<HttpContext> limiter) : IDisposable
    {
        /// <exception cref="Refusal">429: too many.</exception>
        public void Take(HttpContext ctx)
        {
            using var lease = limiter.AttemptAcquire(ctx);
            if (!lease.IsAcquired)
                throw Rejected(lease);
        }

        public void Dispose() => limiter.Dispose();
    }

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
