using System.Collections.Concurrent;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Faults;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RelayContainer = Gatehouse.Relays.Engines.RelayContainer;
using Engine = Gatehouse.Tests.Support.Engine;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>A business whose relays run on simulated engines, and the process that looks after them: it can be killed, and another takes its place.</summary>
internal sealed class SimulatedFleet : IAsyncDisposable
{
    private const string Theirs = "theirs", Lost = "lost", Nobodys = "nobodys", OldImage = RelayImage.Repository + ":old", TheirImage = "postgres:16";
    private readonly TestFolder _folder = new();
    private readonly ErrorLog _errors = new();
    private readonly List<(string Id, SimulatedEngine Engine)> _engines = [];
    private readonly ConcurrentDictionary<int, DerpServer> _relays = [];
    private readonly List<ServiceProvider> _lives = [];
    private readonly List<string> _foreign = [];
    private RelayImages _images = null!;
    private Kill _kill = new();

    public RelayBench Bench { get; private set; } = null!;
    public Database Db => Bench.Db;
    public FakeClock Clock => Bench.Shop.Clock;

    /// <summary>Which appliance it is.</summary>
    public string Owner { get; private set; } = "";

    public static async Task<SimulatedFleet> Open(Engine engine, Kill? kill = null)
    {
        var made = new SimulatedFleet { _kill = kill ?? new(), Bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 }, 0) };
        File.Copy("/bin/true", made._folder.File("gatehouse"));
        made._images = new RelayImages(new(made._folder.File("gatehouse")), DataFolder.Open(made._folder.File("data")));
        made.Owner = await DockerStore.Owner(made.Db, default);
        made.Begin();
        return made;
    }

    public T Get<T>() where T : notnull => _lives[^1].GetRequiredService<T>();

    /// <summary>A server with an engine on which other people's things are, and some of ours that nobody owns.</summary>
    /// <param name="heard">Its relays answer devices.</param>
    public async Task<(RelayServer Server, SimulatedEngine Engine)> Add(string name, bool heard)
    {
        var engine = await SimulatedEngine.Start();
        var first = 11_000 + 100 * Random.Shared.Next(200);
        var wanted = new RelayServer
        {
            Name = name, Kind = RelayServer.Docker, RegionCode = "home", Address = "127.0.0.1", PortFrom = first, PortTo = first + 99, LinkUrl = "http://127.0.0.1:9", Engine = new DockerSettings(engine.Url).ToText(),
        };
        var server = await Db.Write(s => Bench.Shop.Get<ServerService>().Create(s, Shop.Staff, wanted, []));
        Dictionary<string, string> own = new() { [RelayContainer.Managed] = Owner }, other = new() { [RelayContainer.Managed] = "another" };
        engine.Put(Theirs, "running", [], Theirs);
        engine.Put("gh-another-x", "running", other, "gh-another-x");
        engine.Put($"gh-{Owner}-{Theirs}", "exited", []);
        engine.Put($"gh-{Owner}-{Nobodys}", "running", own, $"gh-{Owner}-{Nobodys}");
        engine.PutVolume($"gh-{Owner}-{Lost}", own);
        engine.PutImage(TheirImage, "x");
        engine.PutImage(OldImage, "y");
        engine.Started = c => Started(c, heard);
        _engines.Add((server.Id, engine));
        _foreign.Add(Foreign(engine));
        return (server, engine);
    }

    /// <summary>Whoever looks after them does, until that is so; where it is killed, the next goes on.</summary>
    public async Task Until(Func<Task<bool>> holds, string what)
    {
        for (var rounds = 0; !await holds(); rounds++)
        {
            Assert.True(rounds < 10, $"Not after {rounds} rounds: {what}\n{await Said()}");
            await Round();
        }
        Assert.Equal(_foreign, _engines.Select(e => Foreign(e.Engine)));
        Assert.Empty(_errors.Lines);
    }

    /// <summary>Until each engine has what the database says, once, and nothing else of ours.</summary>
    public Task UntilRight(string what, Func<Task<bool>>? also = null) => Until(async () => await Wrong() is null && (also is null || await also()), what);

    /// <summary>All that looks after relays, once.</summary>
    public async Task Round()
    {
        Clock.Advance(TimeSpan.FromSeconds(2));
        // They say again and again how they do.
        foreach (var running in _engines.SelectMany(e => e.Engine.Containers).Where(c => c.State == "running" && c.Files.Count > 0))
            await Says(running);
        await Try(async () =>
        {
            await Look();
            await Get<MoveKeeper>().Run(default);
            await Look();
            await Get<LeaveKeeper>().Run(default);
            await Get<RentalKeeper>().Run(default);
        });
    }

    /// <summary>Does it in the process that may be killed; killed, another begins.</summary>
    public async Task Try(Func<Task> work)
    {
        if (_kill.IsDone)
        {
            await work();
            return;
        }
        var going = Task.Run(() =>
        {
            FaultPoints.Watch(_kill.Pass);
            return work();
        });
        await (await Task.WhenAny(going, _kill.Done) == going ? going : Dead());

        // What an engine was asked for is still done there. What the dead process held is free a while later.
        async Task Dead()
        {
            await Wait.Until(() => Task.FromResult(_engines.TrueForAll(e => e.Engine.IsIdle)), "the engines are idle");
            await Task.Delay(10);
            Clock.Advance(TimeSpan.FromSeconds(31));
            Begin();
        }
    }

    /// <summary>The engines' looks alone.</summary>
    public async Task Look()
    {
        var reconciler = ActivatorUtilities.CreateInstance<Reconciler>(_lives[^1]);
        await reconciler.Tick(default);
        await reconciler.StopAsync(default);
    }

    /// <summary>What a server's page says of its engine.</summary>
    public Task<string> SaidOf(string server) => Db.Read(async s => (await ServerStore.Find(s, Caller.DefaultTenant, server))?.EngineError is { } error && Message.TryParse(error, out var message) ? Localizer.For("en")[message] : "");

    /// <summary>The container of a rental's one relay.</summary>
    public async Task<(SimulatedEngine Engine, SimulatedContainer Container)> Of(Rental rental)
    {
        var (server, id) = await Db.Read(s => s.One("SELECT c.server_id, c.id FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE s.rental_id = @id", r => (r.GetString(0), r.GetString(1)), ("id", rental.Id)));
        var engine = _engines.First(e => e.Id == server).Engine;
        return (engine, engine.Containers.Single(c => c.Name == ContainerForms.NameOf(Owner, id)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays.Values)
            await relay.DisposeAsync();
        foreach (var (_, engine) in _engines)
            await engine.DisposeAsync();
        foreach (var life in _lives.Skip(_kill.IsDone ? 1 : 0))
            await life.DisposeAsync();
        _images.Dispose();
        await Bench.DisposeAsync();
        _folder.Dispose();
    }

    private void Begin()
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.AddProvider(_errors));
        Program.AddGatehouse(services, new ConfigurationBuilder().Build(), Bench.Shop.Storage.Installation);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(_images);
        _lives.Add(services.BuildServiceProvider());
    }

    // Null: nothing is.
    private async Task<string?> Wrong()
    {
        var wanted = await Db.Read(s => s.All("SELECT server_id, id, port, wanted, state FROM relay_containers ORDER BY id",
            r => (Server: r.GetString(0), Name: ContainerForms.NameOf(Owner, r.GetString(1)), Port: r.GetInt64(2), Run: r.GetString(3) == "run", State: r.GetString(4))));
        if (wanted.FirstOrDefault(w => w.State != (w.Run ? "running" : "stopped")) is { Name: not null } other)
            return $"{other.Name} is {other.State}";
        foreach (var (id, engine) in _engines)
        {
            var here = wanted.Where(w => w.Server == id).ToList();
            var ours = engine.Containers.Where(c => c.Labels.GetValueOrDefault(RelayContainer.Managed) == Owner).Select(c => $"{c.Name} {c.State} {string.Join(' ', c.Ports)}");
            if (!ours.Order().SequenceEqual(here.Select(w => $"{w.Name} {(w.Run ? "running" : "exited")} {w.Port}").Order()))
                return "containers";
            if (!engine.Volumes.Where(v => v.StartsWith($"gh-{Owner}-", StringComparison.Ordinal)).Order().SequenceEqual(here.Select(w => w.Name).Order()))
                return "volumes";
        }
        return null;
    }

    private async Task<string> Said()
    {
        var said = new List<string> { await Wrong() ?? "nothing is wrong", $"killed: {_kill.IsDone} {_kill.Passed.LastOrDefault()}" };
        said.AddRange(_errors.Lines);
        said.AddRange(await Db.Read(s => s.All("SELECT id || ' ' || server_id || ' ' || port || ' ' || wanted || ' ' || state || ' ' || COALESCE(error, '') FROM relay_containers", r => r.GetString(0))));
        said.AddRange(await Db.Read(s => s.All("SELECT id || ' ' || state || ' ' || COALESCE(error, '') FROM relay_moves", r => r.GetString(0))));
        said.AddRange(await Db.Read(s => s.All("SELECT id || ' ' || name || ' ' || COALESCE(held_by, '-') || ' ' || COALESCE(engine_error, '') FROM relay_servers", r => r.GetString(0))));
        foreach (var (id, engine) in _engines)
            said.Add($"{id}: {string.Join(", ", engine.Containers.Select(c => $"{c.Name} {c.State}"))}; {string.Join(", ", engine.Volumes)}; {string.Join(" ", engine.Asked.TakeLast(8))}");
        return string.Join('\n', said);
    }

    // Other people's things, and what of them might have been touched.
    private string Foreign(SimulatedEngine engine) => string.Join('\n', engine.Containers.Where(c => c.Labels.GetValueOrDefault(RelayContainer.Managed) != Owner).Select(c => $"{c.Id} {c.Name} {c.State}")
        .Concat(engine.Volumes.Where(v => !v.StartsWith($"gh-{Owner}-", StringComparison.Ordinal))).Concat(engine.Images.Where(i => !i.StartsWith(RelayImage.Repository, StringComparison.Ordinal))));

    // It dials in, and devices reach it where somebody hears them.
    private async Task<bool> Started(SimulatedContainer container, bool heard)
    {
        Assert.True(container.Files.ContainsKey("relays.json"), "It has nothing to join by.");
        var id = ContainerForms.IdOf(Owner, container.Name)!;
        if (heard && await Db.Read(s => s.One("SELECT s.sealed_identity, s.host FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE c.id = @id", r => (Identity: r.GetString(0), Host: r.GetString(1)), ("id", id))) is { Identity: not null } slot && !_relays.ContainsKey(container.Ports[0]))
            try
            {
                _relays[container.Ports[0]] = await DerpServer.Start(EmbeddedRelay.Options(Bench.Shop.Get<SlotAllocator>().Open(slot.Identity)!, slot.Host, container.Ports[0]), NullLoggerFactory.Instance);
            }
            catch (ListenException)
            {
                // Another test's: a stranger.
                return false;
            }
        await Says(container);
        return true;
    }

    private Task Says(SimulatedContainer container) => Db.Write(async s => await s.Execute("UPDATE relay_container_links SET link_id = 'link', connected_at = 0, clock_ms = 0, version = '1' WHERE id = @id AND link_id IS NULL", ("id", ContainerForms.IdOf(Owner, container.Name)))
        + await s.Execute("UPDATE relay_containers SET state = 'running', error = NULL, failures = 0, retry_at = NULL WHERE id = @id AND wanted = 'run' AND state <> 'running'", ("id", ContainerForms.IdOf(Owner, container.Name))));
}
