using System.Net;
using System.Net.Sockets;
using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Support;
using Engine = Gatehouse.Relays.Engines.Engine;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>A real engine, by its socket: what its own command line sees is what we said.</summary>
public sealed class DockerEngineTests(ShippedImage shipped) : IClassFixture<ShippedImage>, IAsyncLifetime
{
    private readonly string _owner = "test-" + Guid.NewGuid().ToString("N")[..12];
    private Engine _engine = null!;

    public async Task InitializeAsync() => _engine = await Engine.Connect(new UnixAddress(TestDocker.Host["unix://".Length..]), _owner, default);

    public async Task DisposeAsync()
    {
        await EngineSample.Clear(_owner);
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task It_says_what_it_is()
    {
        Assert.Equal(await TestDocker.Run("version", "--format", "{{.Server.Version}} {{.Server.Arch}}"), $"{_engine.Info.Version} {_engine.Info.Machine}");
        Assert.False(_engine.Info.Podman);
        Assert.InRange(_engine.Info.Api, new Version(1, 41), new Version(1, 51));
        Assert.True(_engine.Info.Memory > 0 && _engine.Info.Cpus > 0);
        await _engine.Ping(default);
        Assert.True((await _engine.Disk(default)).Images >= shipped.Image.Size / 2);
    }

    [Fact]
    public async Task The_image_is_the_same_again_and_known_by_its_content()
    {
        using var folder = new TestFolder();
        using var again = await RelayImage.Make(shipped.Program, folder.Path, default);
        Assert.Equal((shipped.Image.Tag, shipped.Image.Layer, shipped.Image.Size), (again.Tag, again.Layer, again.Size));
        Assert.InRange(again.Size, 10_000_000, 120_000_000);
        Assert.True(await _engine.Has(again, default));

        // Something else under its name is not it.
        var (empty, other) = (folder.File("empty.tar"), folder.File("gatehouse"));
        await File.WriteAllBytesAsync(empty, new byte[1024]);
        File.Copy("/bin/true", other);
        using var small = await RelayImage.Make(other, folder.Path, default);
        var import = await TestDocker.Run("import", empty, small.Tag);
        try
        {
            Assert.False(await _engine.Has(small, default));
            var progress = new List<long>();
            await _engine.Ship(small, new Told(progress), default);
            Assert.True(await _engine.Has(small, default));
            Assert.Equal((small.Size, true), (progress[^1], progress.SequenceEqual(progress.Order())));
        }
        finally
        {
            await TestDocker.Try("rmi", "--force", small.Tag, import);
        }
    }

    [Fact]
    public async Task A_relay_runs_locked_down_with_its_key_and_serves_through_its_ports()
    {
        var relay = EngineSample.Relay(shipped.Image.Tag, _owner);
        var key = EngineSample.Key();
        var (id, _) = await _engine.Run(relay, [key], default);
        Assert.Equal("65532:65532 true [ALL] [no-new-privileges:true] unless-stopped json-file map[max-file:2 max-size:1m]", await TestDocker.Run("inspect", "--format",
            "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.LogConfig.Type}} {{.HostConfig.LogConfig.Config}}", id));
        Assert.Equal($"{_owner} r1 s1 {relay.Spec}", await TestDocker.Run("inspect", "--format", "{{index .Config.Labels \"gatehouse.managed\"}} {{index .Config.Labels \"gatehouse.rental\"}} {{index .Config.Labels \"gatehouse.slot\"}} {{index .Config.Labels \"gatehouse.spec\"}}", id));
        // Nothing of the key is where anybody may read it.
        Assert.DoesNotContain(EngineSample.Secret(key), await TestDocker.Run("inspect", id));

        await EngineSample.Answers(relay.DerpPort, () => _engine.Logs(id, 100, default));
        var logs = await _engine.Logs(id, 100, default);
        Assert.Contains(logs, l => l.Contains("Key: ", StringComparison.Ordinal));
        Assert.DoesNotContain(EngineSample.Secret(key), string.Join('\n', logs));
        Assert.Equal(logs.Select(l => l.Split(' ')[0]).Order(StringComparer.Ordinal), logs.Select(l => l.Split(' ')[0]));
        Assert.Single(await _engine.Logs(id, 1, default));

        var stats = await _engine.Stats(id, default);
        Assert.True(stats is { BytesIn: > 0, BytesOut: > 0, PacketsIn: > 0, Cpu: > 0 });
        var state = await _engine.Inspect(id, default);
        Assert.Equal((relay.Name, true, ""), (state.Name, state.Runs, state.Error));

        await _engine.Restart(id, default);
        await _engine.Stop(id, default);
        await _engine.Stop(id, default);
        Assert.Null(await _engine.Stats(id, default));
        Assert.Equal("exited", (await _engine.Inspect(id, default)).State);
        await _engine.Start(id, default);
        await _engine.Start(id, default);
        await EngineSample.Answers(relay.DerpPort, () => _engine.Logs(id, 100, default));
        Assert.NotEqual(state.StartedAt, (await _engine.Inspect(id, default)).StartedAt);

        Assert.Equal(new EngineContainer(id, relay.Name, "running", "r1", "s1", relay.Spec), Assert.Single(await _engine.List(default)));
        await _engine.Remove(id, default);
        await _engine.Remove(id, default);
        Assert.Empty(await _engine.List(default));
        Assert.Equal(0, (await TestDocker.Try("volume", "inspect", relay.Volume)).Code);
        await _engine.RemoveVolume(relay.Volume, default);
        await _engine.RemoveVolume(relay.Volume, default);
        Assert.NotEqual(0, (await TestDocker.Try("volume", "inspect", relay.Volume)).Code);
        Assert.Equal(EngineFault.NotFound, (await Assert.ThrowsAsync<EngineException>(() => _engine.Inspect(id, default))).Fault);
    }

    [Fact]
    public async Task Asked_again_it_is_the_same_container_and_made_otherwise_it_is_another()
    {
        var relay = EngineSample.Relay(shipped.Image.Tag, _owner);
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _engine.Run(relay, [EngineSample.Key()], default)));
        Assert.Single(all.Select(a => a.Id).Distinct());
        var taken = await Assert.ThrowsAsync<EngineException>(() => _engine.Run(relay with { Memory = relay.Memory * 2 }, [], default));
        Assert.Equal(EngineFault.NameTaken, taken.Fault);
        Assert.Single(await _engine.List(default));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_nothing_is_left_behind()
    {
        var first = EngineSample.Relay(shipped.Image.Tag, _owner);
        await _engine.Run(first, [EngineSample.Key()], default);
        var second = EngineSample.Relay(shipped.Image.Tag, _owner) with { DerpPort = first.DerpPort };
        Assert.Equal(EngineFault.PortTaken, (await Assert.ThrowsAsync<EngineException>(() => _engine.Run(second, [EngineSample.Key()], default))).Fault);

        using var stranger = new TcpListener(IPAddress.Any, 0);
        stranger.Start();
        var third = EngineSample.Relay(shipped.Image.Tag, _owner) with { DerpPort = ((IPEndPoint)stranger.LocalEndpoint).Port };
        Assert.Equal(EngineFault.PortForeign, (await Assert.ThrowsAsync<EngineException>(() => _engine.Run(third, [EngineSample.Key()], default))).Fault);
        Assert.Equal(first.Name, Assert.Single(await _engine.List(default)).Name);
    }

    [Fact]
    public async Task What_is_not_ours_is_left_alone()
    {
        var name = _owner + "-theirs";
        await TestDocker.Run("create", "--pull", "never", "--name", name, shipped.Image.Tag);
        await TestDocker.Run("volume", "create", name);
        try
        {
            var relay = EngineSample.Relay(shipped.Image.Tag, _owner) with { Name = name };
            foreach (var touch in (Func<Task>[])[() => _engine.Remove(name, default), () => _engine.Stop(name, default), () => _engine.Start(name, default), () => _engine.Restart(name, default), () => _engine.RemoveVolume(name, default), () => _engine.Run(relay, [], default)])
                Assert.Equal(EngineFault.Foreign, (await Assert.ThrowsAsync<EngineException>(touch)).Fault);
            Assert.Equal("created", await TestDocker.Run("inspect", "--format", "{{.State.Status}}", name));
            Assert.Empty(await _engine.List(default));
        }
        finally
        {
            await TestDocker.Try("rm", "--force", "--volumes", name);
            await TestDocker.Try("volume", "rm", name);
        }
    }

    [Fact]
    public async Task Without_the_image_it_says_so() =>
        Assert.Equal(EngineFault.NoImage, (await Assert.ThrowsAsync<EngineException>(() => _engine.Run(EngineSample.Relay("gatehouse/relay:none", _owner), [], default))).Fault);

    [Fact]
    public async Task What_happens_is_told_and_can_be_asked_for_again()
    {
        using var ends = new CancellationTokenSource();
        var told = new List<EngineEvent>();
        var watching = Task.Run(async () =>
        {
            await foreach (var e in _engine.Events(DateTimeOffset.UtcNow.AddSeconds(-1).ToUnixTimeMilliseconds() * 1_000_000, ends.Token))
                lock (told)
                    told.Add(e);
        });
        var relay = EngineSample.Relay(shipped.Image.Tag, _owner);
        var (id, _) = await _engine.Run(relay, [EngineSample.Key()], default);
        await _engine.Remove(id, default);
        await Wait.Until(() => { lock (told) return Task.FromResult(told.Exists(e => e.Action == "destroy")); }, "destroy is told");
        lock (told)
        {
            Assert.Equal(["create", "start", "die", "destroy"], told.Select(e => e.Action).Where(a => a is "create" or "start" or "die" or "destroy"));
            Assert.All(told, e => Assert.Equal((id, relay.Name, "s1"), (e.Id, e.Name, e.Slot)));
        }
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        await foreach (var e in _engine.Events(told[0].At, default))
        {
            Assert.Equal((told[0].Action, told[0].At), (e.Action, e.At));
            break;
        }
    }

    private sealed class Told(List<long> all) : IProgress<long>
    {
        public void Report(long value) => all.Add(value);
    }
}
