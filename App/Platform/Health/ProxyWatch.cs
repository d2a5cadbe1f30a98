using System.Net;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Health;

/// <summary>
/// Notices a reverse proxy that nobody named in <c>Server:TrustedProxies</c>: requests from this machine or network that tell of another
/// client, who is not believed. All visitors then count as one. What strangers say of themselves from elsewhere is no sign.
/// </summary>
public sealed partial class ProxyWatch(TimeProvider clock, ILogger<ProxyWatch> log)
{
    private const string Forwarded = "X-Forwarded-For", Read = "X-Original-For";
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);
    private static readonly IPNetwork[] Near =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    private volatile Seen? _seen;

    private sealed record Seen(string Address, long At);

    /// <summary>Its address, while it was seen within the last hour.</summary>
    public string? Address => _seen is { } seen && clock.GetElapsedTime(seen.At) < Memory ? seen.Address : null;

    /// <summary>Is there one that nobody named?</summary>
    public static readonly HealthCheck Check = new("proxy", "health.proxy", (services, _) => services.GetRequiredService<ProxyWatch>().Result())
    {
        Probe = services => Task.FromResult(services.GetRequiredService<ProxyWatch>().Result()),
    };

    /// <summary>Looks at a request whose header was read where its sender is believed.</summary>
    public void Look(HttpContext ctx)
    {
        var headers = ctx.Request.Headers;
        if (!headers.ContainsKey(Forwarded) || headers.ContainsKey(Read) || ctx.Connection.RemoteIpAddress is not { } address)
            return;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (!Near.Any(n => n.Contains(plain)))
            return;
        var before = Address;
        _seen = new Seen(plain.ToString(), clock.GetTimestamp());
        if (before is null)
            Unnamed(log, _seen.Address);
    }

    private HealthResult Result() => Address is { } address
        ? new HealthResult(HealthStatus.Warn, new Message("health.proxy.trouble", address))
        : new HealthResult(HealthStatus.Pass, new Message("health.proxy.sound"));

    [LoggerMessage(Level = LogLevel.Warning, Message = "All requests come from {Address} with X-Forwarded-For: a reverse proxy that Server:TrustedProxies does not name. All visitors count as one, in throttles and in the log. Name it there and start again.")]
    private static partial void Unnamed(ILogger log, string address);
}
