using System.Security.Cryptography;
using Gatehouse.Derp.Probe;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Links;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.HostDesk;

/// <summary>Tries a relay's host: before it is added its address; then whether it has joined, its clock, and a relay that it runs for the moment, reached from here as devices reach it.</summary>
public sealed class HostChecks(Database db, HostLinks links, ServerChecks checks, TimeProvider clock)
{
    public const string Joined = "joined", Clock = "clock";
    private const long ClockMost = 30_000, TrialFor = 120_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Look = TimeSpan.FromMilliseconds(100);

    public async Task<IReadOnlyList<ServerCheck>> Try(RelayServer server, CancellationToken ct)
    {
        var done = new List<ServerCheck> { await checks.Reached(server, ct) };
        if (server.Id.Length == 0)
            return done;
        var host = await db.Read(s => HostStore.State(s, server.Id), ct);
        if (host is not { LinkId: not null, ClockMs: { } ahead })
            return [.. done, new(Joined, false, 0, new Message(host?.ConnectedAt is null ? "servers.check.not_joined" : "servers.check.away"))];
        done.Add(new(Joined, true, 0, new Message("servers.check.joined", host.Version)));
        done.Add(ClockOf(ahead));
        done.Add(links.Of(server.Id) is { } link ? await checks.Timed(ServerChecks.Trial, () => TryOne(server, link, ct)) : new(ServerChecks.Trial, true, 0, new Message("servers.check.elsewhere"), Warn: true));
        return done;
    }

    private async Task<(bool, Message, bool)> TryOne(RelayServer server, HostLink link, CancellationToken ct)
    {
        return await db.Read(s => SlotAllocator.Port(s, server, clock.GetUtcNow().ToUnixTimeMilliseconds()), ct) is { } port ? await TryOne(server, link, (int)port, ct) : (true, new Message("servers.check.full"), true);
    }

    /// <summary>The step of the host's clock.</summary>
    internal static ServerCheck ClockOf(long ahead) =>
        Math.Abs(ahead) < ClockMost ? new(Clock, true, 0, new Message("servers.check.clock_ok")) : new(Clock, true, 0, new Message("servers.check.clock_off", Math.Abs(ahead) / 1000), Warn: true);

    /// <summary>Has the host run a relay on that port, and comes to it as devices do.</summary>
    internal async Task<(bool, Message, bool)> TryOne(RelayServer server, HostLink link, int port, CancellationToken ct)
    {
        // By the machine's own clock, which is what those who connect go by.
        var identity = RelayIdentity.Make(TimeProvider.System.GetUtcNow(), server.Address);
        ReadOnlyMemory<byte>[] keys = [RandomNumberGenerator.GetBytes(Box.KeySize), RandomNumberGenerator.GetBytes(Box.KeySize)];
        var trial = new LinkRelay("trial-" + Ids.New(), "", server.Address, port, identity.Pin().CertName, 1, true, clock.GetUtcNow().ToUnixTimeMilliseconds() + TrialFor, null,
            [.. keys.Select(k => "nodekey:" + Convert.ToHexStringLower(Box.PublicKey(k.Span)))], identity);
        link.Try(trial);
        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            while (link.StateOf(trial.Id) is null && TimeProvider.System.GetElapsedTime(begun) < Patience && !link.IsCut)
                await Task.Delay(Look, ct);
            if (link.StateOf(trial.Id) is not { } state)
                return (false, new Message("servers.check.away"), false);
            if (state.Error is { } error)
                return (false, new Message("servers.check.trial_bad", Message.TryParse(error, out var said) ? said : error), false);
            var report = await DerpProber.Probe(new ProbeTarget(server.Address, port) { StunPort = port, CertName = trial.CertName, Keys = keys }, ct);
            var failed = report.Steps.FirstOrDefault(s => s.Result == ProbeResult.Failed);
            return failed is null ? (true, new Message("servers.check.trial_ok"), false) : (false, new Message("servers.check.trial_out", $"{port}", $"{failed.Name}: {failed.Detail}"), false);
        }
        finally
        {
            link.Tried(trial);
        }
    }
}
