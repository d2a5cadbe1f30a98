using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Containers;

/// <summary>
/// Tries a server of kind <c>docker</c> step by step: its address, the way to its engine, the engine, its disk, the image, a port, and a relay in a container
/// that dials back, reached from here as devices reach it. What was started is taken away again.
/// </summary>
public sealed class DockerChecks(Database db, DockerKind kind, ContainerForms forms, RelayImages images, HostLinks links, HostChecks hosts, ServerChecks checks, TimeProvider clock)
{
    public const string Reach = "reach", HostKey = "host_key", Api = "engine", Disk = "disk", Image = "image";
    private const int Ports = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Look = TimeSpan.FromMilliseconds(100);

    public async Task<IReadOnlyList<ServerCheck>> Try(RelayServer server, CancellationToken ct, IProgress<TryProgress>? progress = null)
    {
        progress?.Report(new(ServerChecks.Address));
        var done = new List<ServerCheck> { await checks.Reached(server, ct) };
        progress?.Report(new(Reach));
        Engine? engine = null;
        Sent? far = null;
        var (step, begun) = (Reach, clock.GetTimestamp());
        try
        {
            var address = kind.Address(server);
            if (address is SshAddress { HostKey.Length: 0 } ssh)
                return [.. done, await Shown(ssh, ct)];
            var owner = await DockerStore.Owner(db, ct);
            engine = await Engine.Connect(address, owner, ct);
            await engine.Require(server.EngineId, ct);
            Well(new("servers.check.reached"), Disk);
            done.Add(About(engine.Info) with { EngineId = engine.Info.Id });
            var disk = await engine.Disk(ct);
            Well(new("servers.check.disk", Format.Bytes(disk.Images), Format.Bytes(disk.Containers + disk.Volumes)), Image);
            var (image, sent) = await images.Ship(engine, i => far = new(i.Size, progress), ct);
            Well(sent ? new("servers.check.image_sent", Format.Bytes(image.Size)) : new("servers.check.image_there", Format.Bytes(image.Size)), ServerChecks.Trial);
            await Trial(done, server, engine, owner, image.Tag, ct);
        }
        catch (EngineException e)
        {
            done.Add(Bad(step, far is { Done: > 0 and var came } && step == Image ? new Message("servers.check.image_part", Format.Bytes(came), Format.Bytes(far.Total), e.Reason) : e.Reason));
        }
        catch (IOException e)
        {
            done.Add(Bad(step, new Message("relays.fault.home", e.Message)));
        }
        catch (Refusal refusal) when (refusal.Fields?.Values.FirstOrDefault() is { Key: not null } wrong)
        {
            done.Add(Bad(step, wrong));
        }
        finally
        {
            if (engine is not null)
                await engine.DisposeAsync();
        }
        return done;

        void Well(Message found, string next)
        {
            done.Add(new(step, true, (long)clock.GetElapsedTime(begun).TotalMilliseconds, found));
            (step, begun) = (next, clock.GetTimestamp());
            progress?.Report(new(next));
        }
    }

    // Tells how much of the image is there, a hundred times at most.
    private sealed class Sent(long total, IProgress<TryProgress>? to) : IProgress<long>
    {
        public long Total => total;
        public long Done { get; private set; }

        public void Report(long value)
        {
            if (value != total && value - Done < total / 100)
                return;
            Done = value;
            to?.Report(new(Image, value, total));
        }
    }

    private static ServerCheck Bad(string step, Message why) => new(step, false, 0, why) { Field = step == ServerChecks.Ports ? "port_from" : DockerSettings.UrlField };

    // A person compares it once; from then on no other is taken.
    private static async Task<ServerCheck> Shown(SshAddress ssh, CancellationToken ct)
    {
        var key = await SshHostKeys.Ask(ssh.Host, ssh.Port, ct);
        return new(HostKey, false, 0, new Message("servers.check.host_key", key.Fingerprint, key.Line)) { Field = DockerSettings.HostKeyField, HostKey = key.Line };
    }

    private static ServerCheck About(EngineInfo info)
    {
        var what = new Message("servers.check.engine", info.Version, info.Api.ToString());
        return info.Podman ? new(Api, true, 0, new Message("servers.check.podman", info.Version), Warn: true) : info.Rootless ? new(Api, true, 0, new Message("servers.check.rootless", info.Version), Warn: true)
            : info.Limits ? new(Api, true, 0, what) : new(Api, true, 0, new Message("servers.check.no_limits", info.Version), Warn: true);
    }

    private async Task Trial(List<ServerCheck> done, RelayServer server, Engine engine, string owner, string image, CancellationToken ct)
    {
        var home = await kind.Home(server, ct);
        var (id, (secret, hash, _)) = ("trial-" + Ids.New(), forms.Secret());
        await db.Write(s => ContainerSeatStore.MakeTrial(s, Caller.DefaultTenant, id, hash, Now()), ct);
        await FaultPoints.Passed(FaultPoint.TrialNoted);
        var container = "";
        try
        {
            var port = 0;
            done.Add(await checks.Timed(ServerChecks.Ports, async () =>
            {
                (container, port) = await Start(server, engine, owner, id, image, hash, secret, home, ct);
                return port > 0 ? (true, new Message("servers.check.port_open", $"{port}"), false) : (false, new Message("servers.check.ports_bad", $"{server.PortFrom}", $"{server.PortTo}"), false);
            }));
            if (port == 0)
                return;
            if (await Joined(id, ct) is not { } seat)
            {
                var last = (await engine.Logs(container, 1, ct)).LastOrDefault() ?? "";
                done.Add(new(HostChecks.Joined, false, 0, new Message("servers.check.no_way_home", home.Url, last[(last.IndexOf(' ', StringComparison.Ordinal) + 1)..])) { Field = "link_url" });
                return;
            }
            done.Add(new(HostChecks.Joined, true, 0, new Message("servers.check.joined", seat.Version)));
            done.Add(HostChecks.ClockOf(seat.ClockMs ?? 0));
            done.Add(links.Of(id) is { } link ? await checks.Timed(ServerChecks.Trial, () => hosts.TryOne(server, link, port, ct)) : new(ServerChecks.Trial, true, 0, new Message("servers.check.elsewhere"), Warn: true));
        }
        finally
        {
            if (container.Length > 0)
            {
                await engine.Remove(container, CancellationToken.None);
                await FaultPoints.Passed(FaultPoint.TrialRemoved);
                await engine.RemoveVolume(ContainerForms.NameOf(owner, id), CancellationToken.None);
                await FaultPoints.Passed(FaultPoint.TrialVolumeRemoved);
            }
            await db.Write(s => ContainerSeatStore.EndTrial(s, id), CancellationToken.None);
            await FaultPoints.Passed(FaultPoint.TrialEnded);
        }
    }

    // On the first of some ports that nothing else has there.
    private async Task<(string Container, int Port)> Start(RelayServer server, Engine engine, string owner, string id, string image, string hash, string secret, Home home, CancellationToken ct)
    {
        var tried = new List<long>();
        for (var i = 0; i < Ports && await db.Read(s => SlotAllocator.Port(s, server, Now(), tried), ct) is { } port; i++)
            try
            {
                var form = ContainerForms.Of(owner, id, "", id, (int)port, image, hash, home, "0.0.0.0");
                return ((await engine.Run(form, [forms.Join(id, secret, home)], ct)).Id, (int)port);
            }
            catch (EngineException e) when (e.Fault is EngineFault.PortTaken or EngineFault.PortForeign)
            {
                tried.Add(port);
            }
        return ("", 0);
    }

    private async Task<ContainerSeat?> Joined(string id, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            if (await db.Read(s => ContainerSeatStore.Find(s, id), ct) is { LinkId: not null } seat)
                return seat;
            await Task.Delay(Look, ct);
        }
        return null;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
