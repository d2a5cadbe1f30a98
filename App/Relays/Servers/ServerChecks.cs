using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Derp.Hub;
using Gatehouse.Derp.Probe;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Servers;

/// <summary>A step of trying a server: what was looked at, whether it is well, and in words what was found and what to do.</summary>
/// <param name="Warn">It works, and somebody should know of it.</param>
public sealed record ServerCheck(string Step, bool Ok, long Ms, Message Detail, bool Warn = false)
{
    /// <summary>Which field says otherwise when it is not well.</summary>
    public string Field { get; init; } = Step == ServerChecks.Address ? "address" : "port_from";

    /// <summary>What the host shows and nobody has confirmed yet; null: nothing.</summary>
    public string? HostKey { get; init; }

    /// <summary>Which engine was reached; empty: none, or it does not say.</summary>
    public string EngineId { get; init; } = "";
}

/// <summary>Tries an embedded server step by step before it is added: its address, its ports, and a relay that is started, asked from here and stopped again.</summary>
public sealed class ServerChecks(Database db, ILoggerFactory logs, TimeProvider clock)
{
    public const string Address = "address", Ports = "ports", Trial = "trial";
    private const int Tried = 20;

    public async Task<IReadOnlyList<ServerCheck>> Embedded(RelayServer server, CancellationToken ct)
    {
        var taken = (await db.Read(s => s.All("SELECT port FROM relay_slots WHERE released_at IS NULL", r => r.GetInt64(0)), ct)).ToHashSet();
        var done = new List<ServerCheck> { await Timed(Address, () => Reach(server, true, ct)) };
        var port = 0;
        var found = await Timed(Ports, () =>
        {
            var free = Enumerable.Range((int)server.PortFrom, (int)(server.PortTo - server.PortFrom + 1)).Where(p => !taken.Contains(p)).Take(Tried).Where(IsFree).ToList();
            port = free.FirstOrDefault();
            return Task.FromResult(free.Count > 0 ? (true, new Message("servers.check.ports_ok", $"{server.PortFrom}", $"{server.PortTo}"), false) : (false, new Message("servers.check.ports_bad", $"{server.PortFrom}", $"{server.PortTo}"), false));
        });
        done.Add(found);
        if (found.Ok)
            done.Add(await Timed(Trial, () => TryOne(server, port, ct)));
        return done;
    }

    /// <summary>The step of its address, for a server that is another machine.</summary>
    internal Task<ServerCheck> Reached(RelayServer server, CancellationToken ct) => Timed(Address, () => Reach(server, false, ct));

    /// <summary>Does nobody listen there, by TCP or UDP?</summary>
    internal static bool IsFree(int port)
    {
        try
        {
            using var tcp = new TcpListener(IPAddress.IPv6Any, port) { ExclusiveAddressUse = true };
            tcp.Server.DualMode = true;
            tcp.Start();
            using var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<(bool, Message, bool)> Reach(RelayServer server, bool here, CancellationToken ct)
    {
        if (server.Ip is null)
            try
            {
                var addresses = await Dns.GetHostAddressesAsync(server.Address, ct);
                return (true, new Message("servers.check.resolves", string.Join(", ", addresses.Take(4).Select(a => a.ToString()))), false);
            }
            catch (SocketException)
            {
                return (false, new Message("servers.check.unresolved", server.Address), false);
            }
        if (server.IsPrivate)
            return (true, new Message("servers.check.private", server.Address), true);
        if (!here)
            return (true, new Message("servers.check.public", server.Address), false);
        // Behind the provider's translation the machine does not know its own public address.
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(n => n.GetIPProperties().UnicastAddresses).Any(a => a.Address.Equals(server.Ip));
        return own ? (true, new Message("servers.check.own", server.Address), false) : (true, new Message("servers.check.not_own", server.Address), true);
    }

    private async Task<(bool, Message, bool)> TryOne(RelayServer server, int port, CancellationToken ct)
    {
        const string here = "127.0.0.1";
        // By the machine's own clock, which is what those who connect go by.
        var identity = RelayIdentity.Make(TimeProvider.System.GetUtcNow(), here);
        ReadOnlyMemory<byte>[] keys = [RandomNumberGenerator.GetBytes(Box.KeySize), RandomNumberGenerator.GetBytes(Box.KeySize)];
        try
        {
            await using var relay = await DerpServer.Start(EmbeddedRelay.Options(identity, here, port), logs, ct);
            relay.Allow(keys.Select(k => "nodekey:" + Convert.ToHexStringLower(Box.PublicKey(k.Span))));
            var report = await DerpProber.Probe(new ProbeTarget(here, port) { StunPort = port, CertName = identity.Pin().CertName, Keys = keys }, ct);
            var failed = report.Steps.FirstOrDefault(s => s.Result == ProbeResult.Failed);
            return failed is null ? (true, new Message("servers.check.trial_ok"), false) : (false, new Message("servers.check.trial_failed", $"{port}", $"{failed.Name}: {failed.Detail}"), false);
        }
        catch (ListenException e)
        {
            return (false, new Message("servers.check.trial_bad", e.GetBaseException().Message), false);
        }
    }

    internal async Task<ServerCheck> Timed(string step, Func<Task<(bool Ok, Message Detail, bool Warn)>> check)
    {
        var begun = clock.GetTimestamp();
        var (ok, detail, warn) = await check();
        return new(step, ok, (long)clock.GetElapsedTime(begun).TotalMilliseconds, detail, warn);
    }
}
