using Gatehouse.Derp.Probe;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Health;

/// <summary>Asks each server with relays on it every <c>Relays:ProbeSeconds</c>, as a device comes to one of them: TCP, TLS, its certificate, STUN. Of many nodes one asks.</summary>
public sealed partial class ServerProber(Database db, INotices notices, IConfiguration config, ILogger<ServerProber> log, TimeProvider clock) : PollingService
{
    public const string TidyJob = "servers.tidy";
    private const int AtOnce = 16, Many = 1000;

    /// <summary>A server is down, answers badly, or well again.</summary>
    public static readonly NoticeKind Changed = new("servers.health", NoticeKind.Warn, 70);

    // Steps that a device has to come through; whom the relay lets in is another question.
    private static readonly string[] Needed = ["tcp", "tls", "certificate", "stun_v4"];
    private readonly long _period = 1000L * ConfigOptions.Number(config, "Relays:ProbeSeconds");

    protected override WakeSignal Signal { get; } = new();

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        // A little early rather than a whole round late.
        var before = Now() - _period + 500;
        foreach (var some in (await db.Read(s => HealthStore.Due(s, before, Many), ct)).Chunk(AtOnce))
            await Task.WhenAll(some.Select(server => Ask(server, before, ct)));
        return TimeSpan.FromMilliseconds(_period);
    }

    public async Task<Message> Tidy(CancellationToken ct)
    {
        var total = 0;
        for (var gone = Many; gone >= Many && !ct.IsCancellationRequested; total += gone)
            gone = await db.Write(s => HealthStore.Tidy(s, Now(), Many), ct);
        return new("job.servers.tidy.done", total);
    }

    protected override void Trouble(Exception e) => NotAsked(log, e);

    private async Task Ask(Asked server, long before, CancellationToken ct)
    {
        if (!await db.Write(s => HealthStore.Take(s, server.ServerId, before, Now()), ct))
            return;
        var (ms, wrong) = await Look(server.Here ? "127.0.0.1" : server.Address, server.Port, await db.Read(s => HealthStore.CertName(s, server), ct), ct);
        await db.Write(s => Said(s, server, ms, wrong), ct);
    }

    /// <summary>Comes to a relay as a device does, as far as its door. Of the two one is null.</summary>
    internal static async Task<(long? Ms, Message? Wrong)> Look(string address, int port, string certName, CancellationToken ct)
    {
        var report = await DerpProber.Probe(new ProbeTarget(address, port) { StunPort = port, CertName = certName, Enters = false }, ct);
        return report.Steps.FirstOrDefault(s => s.Result == ProbeResult.Failed && Needed.Contains(s.Name)) is { } wrong
            ? (null, new Message("servers.probe.failed", wrong.Name, wrong.Detail))
            : ((long)Math.Round(report.Steps.First(s => s.Name == "stun_v4") is { Result: ProbeResult.Ok, Ms: var trip } ? trip : report.Steps[0].Ms), null);
    }

    /// <summary>Takes down what a probe found, and tells the staff where the server is something else by it.</summary>
    /// <param name="ms">Null: it did not answer as it should.</param>
    internal async ValueTask<string?> Said(WriteTx s, Asked server, long? ms, Message? wrong)
    {
        if (await HealthStore.Locked(s, server.ServerId) is not { } known)
            return null;
        var now = Now();
        await HealthStore.Add(s, server.Tenant, server.ServerId, now, ms);
        var health = ServerHealth.Next(known, await HealthStore.Last(s, server.ServerId));
        if (health == known)
            return health;
        await HealthStore.Became(s, server, health, wrong, now);
        // That it is well from the first probe on is no news.
        if (known != ServerHealth.Unknown || health != ServerHealth.Healthy)
            await notices.Tell(s, server.Tenant, Changed, new Message("servers.told." + health, server.Name));
        return health;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Error, Message = "Servers could not be asked how they are; the next round follows")]
    private static partial void NotAsked(ILogger log, Exception e);
}
