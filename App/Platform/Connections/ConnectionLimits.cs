using System.Net;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Platform.Connections;

/// <summary>How many connections are let in at once.</summary>
/// <param name="Total">In all.</param>
/// <param name="PerAddress">Of one client (<see cref="Http.RateLimits.Network"/>) that is not trusted.</param>
/// <param name="Trusted">Who has no limit of its own: behind a reverse proxy everybody comes from its address.</param>
internal sealed record ConnectionLimits(int Total, int PerAddress, IReadOnlyList<IPNetwork> Trusted)
{
    // Each may hold this much: what Kestrel keeps of it, a half-sent head of 32 KB or a half-sent body of 128 KB.
    private const long MemoryOfOne = 128 * 1024;
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Of them, strangers: the rest is kept for proxies and for who looks from this machine how it is.</summary>
    public int Strangers => Math.Max(1, Total - Total / 8);

    /// <summary>From this many on, who keeps a place without asking for anything loses it.</summary>
    public int Crowd => Math.Max(1, Total / 4 * 3);

    /// <summary>The configured limits, lowered to what this process's files and memory have room for.</summary>
    public static ConnectionLimits Of(IConfiguration config) => new(
        Room(ConfigOptions.Number(config, "Connections:Total"), FileLimit.Raise(), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
        ConfigOptions.Number(config, "Connections:PerAddress"),
        [.. Loopback, .. ConfigRules.Networks(ConfigOptions.Value(config, "Server:TrustedProxies"))]);

    /// <summary>
    /// How many connections there is room for: a quarter of the files, from 64 to 512, stays for the database, logs, downloads and calls to
    /// others; and all together may take a quarter of the memory.
    /// </summary>
    /// <param name="files">That the process may have open.</param>
    /// <param name="memory">That it may use, in bytes.</param>
    internal static int Room(int wanted, int files, long memory) =>
        (int)Math.Max(1, Math.Min(Math.Min(wanted, files - Math.Clamp(files / 4, 64, 512)), memory / 4 / MemoryOfOne));

    /// <summary>Has that address no limit of its own?</summary>
    public bool Trusts(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Trusted.Any(n => n.Contains(plain));
    }
}
