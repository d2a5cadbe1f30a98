using Docker.DotNet.Models;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;
using RelayContainer = Gatehouse.Relays.Engines.RelayContainer;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>Containers that somebody changed by hand: each field is asked for and looked at in one place.</summary>
public sealed class ChangedByHandTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    private static readonly RelayContainer Form = ContainerForms.Of("own", "c1", "r1", "s1", 20_000, "gatehouse/relay:1", "hash", new("unix", "/data/link"), "0.0.0.0");

    /// <summary>What an engine answers about a container that is as it was asked for, in Docker's words.</summary>
    private static ContainerInspectResponse There()
    {
        var body = Form.Body("own", true);
        return new()
        {
            State = new State { Running = true },
            Config = new ContainerConfig { Image = body.Image, User = body.User, Entrypoint = body.Entrypoint, Cmd = body.Cmd, Labels = new Dictionary<string, string>(body.Labels!) { ["gatehouse.content"] = "sha256:1" }, Env = ["PATH=/bin", "GATEHOUSE_RELAY_DATA=/data"] },
            HostConfig = body.HostConfig, NetworkSettings = new NetworkSettings { Networks = new Dictionary<string, EndpointSettings> { ["bridge"] = new() } },
            Mounts = [new MountPoint { Type = "bind", Source = "/data/link", Destination = "/link", RW = false }, new MountPoint { Type = "volume", Name = Form.Volume, Source = "/var/lib/docker/volumes/x", Destination = "/data", RW = true }],
        };
    }

    private static string Changed(ContainerInspectResponse there, bool podman = false, bool limits = true) =>
        string.Join(' ', ContainerField.Differences(ContainerShape.Of(Form.Body("own", true), podman), ContainerShape.Of(there, podman), limits).Select(d => d.Field + (d.Live ? "*" : "")));

    [Fact]
    public void What_engines_write_in_words_of_their_own_is_no_change()
    {
        Assert.Equal("", Changed(There()));
        var podman = There();
        podman.Config!.Image = "localhost/" + podman.Config!.Image;
        podman.Config!.Env!.Add("container=podman");
        podman.HostConfig!.CapDrop = [.. Enumerable.Range(0, 11).Select(i => $"CAP_{i}")];
        podman.HostConfig!.SecurityOpt = ["no-new-privileges"];
        podman.HostConfig!.NetworkMode = "slirp4netns";
        podman.NetworkSettings!.Networks = null!;
        podman.HostConfig!.LogConfig = new LogConfig { Type = "k8s-file" };
        foreach (var bound in podman.HostConfig!.PortBindings!.Values)
            bound[0].HostIP = "";
        Assert.Equal("", Changed(podman, podman: true));
        // One that cannot hold anybody to a limit was asked for none.
        var weak = There();
        (weak.HostConfig!.Memory, weak.HostConfig!.MemorySwap, weak.HostConfig!.PidsLimit) = (0, 0, null);
        Assert.Equal(("", "memory* processes*"), (Changed(weak, limits: false), Changed(weak)));
        // An image's own volume, and one that stands still is in no network.
        var still = There();
        (still.State!.Running, still.NetworkSettings!.Networks) = (false, new Dictionary<string, EndpointSettings>());
        still.Mounts!.Add(new MountPoint { Type = "volume", Name = new string('a', 64), Destination = "/var/lib/derper", RW = true });
        Assert.Equal("", Changed(still));
    }

    [Theory]
    [InlineData("image"), InlineData("user"), InlineData("program"), InlineData("options"), InlineData("environment"), InlineData("labels"), InlineData("ports"), InlineData("network"), InlineData("mounts"), InlineData("read_only")]
    [InlineData("capabilities"), InlineData("privileges"), InlineData("memory*"), InlineData("processes*"), InlineData("share"), InlineData("restart*"), InlineData("logs")]
    public void Each_field_is_looked_at(string field)
    {
        var there = There();
        var (config, host) = (there.Config!, there.HostConfig!);
        Action change = field switch
        {
            "image" => () => config.Image = "gatehouse/relay:2",
            "user" => () => config.User = "",
            "program" => () => config.Entrypoint = ["/bin/sh"],
            "options" => () => config.Cmd = ["--listen", ":1"],
            "environment" => () => config.Env!.Add("LD_PRELOAD=/data/x.so"),
            "labels" => () => config.Labels!["gatehouse.rental"] = "r2",
            "ports" => () => host.PortBindings!.First().Value[0].HostPort = "1",
            "network" => () => there.NetworkSettings!.Networks!.Clear(),
            "mounts" => () => there.Mounts!.Add(new MountPoint { Type = "bind", Source = "/", Destination = "/host", RW = true }),
            "read_only" => () => host.ReadonlyRootfs = false,
            "capabilities" => () => host.CapAdd = ["NET_ADMIN"],
            "privileges" => () => host.Privileged = true,
            "memory*" => () => host.Memory = 1 << 30,
            "processes*" => () => host.PidsLimit = -1,
            "share" => () => host.NanoCPUs = 1000,
            "restart*" => () => host.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },
            _ => () => host.LogConfig = new LogConfig { Type = "none" },
        };
        change();
        Assert.Equal(field, Changed(there));
    }

    [Fact]
    public void All_that_is_looked_at_has_its_row_here() =>
        Assert.Equal(ContainerField.All.Where(f => f.Is is not null).Select(f => f.Name + (f.Live ? "*" : "")), typeof(ChangedByHandTests).GetMethod(nameof(Each_field_is_looked_at))!.GetCustomAttributesData().Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!));

    /// <summary>Limits and restart policy are put right while it runs, and cut nobody; what cannot be changed back makes it anew. What it is put right to is told once.</summary>
    [Fact]
    public async Task What_somebody_changed_is_put_right()
    {
        await using var bench = await DockerBench.Start(shipped);
        await bench.Add(DockerBench.Socket, bench.Public);
        var (_, http) = await Helpdesk.Customer(bench.Server);
        var laptop = TestKey.New();
        var rental = await bench.Rent(http, 1, laptop);
        await using (var device = await bench.Admitted(rental, 0, laptop))
        {
            var slot = (await bench.Slots(rental))[0];
            var name = await bench.NameOf(slot);
            const string Look = "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}} {{.HostConfig.RestartPolicy.Name}}";
            var (asked, started) = (await TestDocker.Run("inspect", "--format", Look, name), await Started());
            foreach (var (field, hand) in (( string, string[])[])[("memory", ["--memory", "512m", "--memory-swap", "512m"]), ("processes", ["--pids-limit", "7000"]), ("restart", ["--restart", "no"])])
            {
                await TestDocker.Run(["update", .. hand, name]);
                await Wait.Until(async () => await TestDocker.Run("inspect", "--format", Look, name) == asked, $"{field} is put right", 60);
                await Wait.Until(async () => await Mended() == field, "it is told");
            }
            Assert.Equal(started, await Started());
            await device.Ping();
            // Nothing is left to do: an engine that is as it was asked to be is asked no more.
            var (looks, told) = (2, await MendedAt());
            bench.Server.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(TimeSpan.FromSeconds(11 * looks));
            Assert.Equal((told, started), (await MendedAt(), await Started()));

            await TestDocker.Run("network", "disconnect", "bridge", name);
            await Wait.Until(async () => await Mended() == "network", "that nobody reaches it is seen", 60);
            await using (await bench.Admitted(rental, 0, laptop))
                Assert.NotEqual(started, await Started());
            await TestDocker.Run("update", "--cpu-shares", "2", name);
            await Wait.Until(async () => await Mended() == "share", "that it is starved is seen", 60);
            await Wait.Until(async () => (await TestDocker.Try("inspect", "--format", "{{.HostConfig.CpuShares}} {{.State.Running}}", name)).Output.Trim() == "0 true", "it is made anew", 60);

            // Another one under its name, with its labels: it listens to more and may do more.
            var labels = (await TestDocker.Run("inspect", "--format", "{{range $k, $v := .Config.Labels}}--label={{$k}}={{$v}} {{end}}", name)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            await bench.States(rental, "running");
            await TestDocker.Try("rm", "--force", name);
            await TestDocker.Try(["create", "--pull", "never", "--name", name, "--privileged", .. labels, shipped.Image.Tag]);
            await using (await bench.Admitted(rental, 0, laptop))
                Assert.Equal("false true", await TestDocker.Run("inspect", "--format", "{{.HostConfig.Privileged}} {{.HostConfig.ReadonlyRootfs}}", name));
            Assert.Equal([name + " running"], await bench.There());
            Assert.Equal((slot.Port, slot.CertName), (await bench.Slots(rental))[0] is var now ? (now.Port, now.CertName) : default);

            var browser = await bench.Server.SignedIn(Role.Owner);
            Assert.Contains("id=\"mended\"", (await browser.Get("/admin/containers/" + await Id())).Html, StringComparison.Ordinal);

            Task<string> Started() => TestDocker.Run("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", name);
            async Task<string> Id() => (await bench.Server.Db.Read(s => s.One("SELECT id FROM relay_containers WHERE slot_id = @id", r => r.GetString(0), ("id", slot.Id))))!;
            async Task<string> Mended() => (await bench.Server.Db.Read(s => s.One("SELECT mended FROM relay_container_links", r => r.GetString(0))))!;
            Task<long> MendedAt() => bench.Server.Db.Read(s => s.Number("SELECT mended_at FROM relay_container_links"));
        }
        Assert.Empty(bench.Server.Errors.Lines);
    }
}
