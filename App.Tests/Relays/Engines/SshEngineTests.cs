using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Support;
using Engine = Gatehouse.Relays.Engines.Engine;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>The real engine behind a real SSH server, with nothing of Docker's there but its socket.</summary>
public sealed class SshEngineTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    private readonly string _owner = "ssh-" + Guid.NewGuid().ToString("N")[..12];

    private static string Socket => TestDocker.Host["unix://".Length..];

    [Fact]
    public async Task A_relay_is_run_over_it_and_the_image_sent()
    {
        await using var sshd = await TestSshd.Start();
        await using var engine = await Engine.Connect(await sshd.Address(Socket), _owner, default);
        try
        {
            using var folder = new TestFolder();
            var other = folder.File("gatehouse");
            File.Copy("/bin/cat", other);
            using var small = await RelayImage.Make(other, folder.Path, default);
            await engine.Ship(small, null, default);
            Assert.True(await engine.Has(small, default));
            await TestDocker.Try("rmi", "--force", small.Tag);

            var relay = EngineSample.Relay(shipped.Image.Tag, _owner);
            var (id, _) = await engine.Run(relay, [EngineSample.Key()], default);
            await EngineSample.Answers(relay.DerpPort, () => engine.Logs(id, 100, default));
            // Several at once, by one connection to the host.
            await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => engine.Stats(id, default)));
            await engine.Remove(id, default);
            Assert.Empty(await engine.List(default));
        }
        finally
        {
            await EngineSample.Clear(_owner);
        }
    }

    [Fact]
    public async Task Its_key_is_shown_as_the_host_shows_it_and_another_is_never_taken()
    {
        await using var sshd = await TestSshd.Start();
        Assert.Equal(await sshd.Fingerprint(), (await SshHostKeys.Ask("127.0.0.1", sshd.Port, default)).Fingerprint);
        var address = await sshd.Address(Socket);
        await sshd.ChangeKey();
        Assert.Equal(EngineFault.HostKeyChanged, await Fault(address));
        // Confirmed anew.
        await using var engine = await Engine.Connect(await sshd.Address(Socket), _owner, default);
    }

    [Fact]
    public async Task It_comes_back_after_the_connection_was_lost()
    {
        await using var sshd = await TestSshd.Start();
        await using var engine = await Engine.Connect(await sshd.Address(Socket), _owner, default);
        await sshd.Restart();
        await Wait.Until(async () =>
        {
            try
            {
                await engine.Ping(default);
                return true;
            }
            catch (EngineException e) when (e.Fault == EngineFault.Unreachable)
            {
                return false;
            }
        }, "the engine answers again");
    }

    [Fact]
    public async Task What_is_wrong_is_said()
    {
        await using var sshd = await TestSshd.Start();
        await using var closed = await TestSshd.Start("AllowStreamLocalForwarding no");
        var good = await sshd.Address(Socket);
        Assert.Equal(EngineFault.LoginRefused, await Fault(good with { PrivateKey = closed.Key }));
        Assert.Equal(EngineFault.LoginRefused, await Fault(good with { PrivateKey = "no key" }));
        Assert.Equal(EngineFault.NoSocket, await Fault(good with { Socket = "/nowhere/docker.sock" }));
        Assert.Equal(EngineFault.NoSocket, await Fault(await closed.Address(Socket)));
        Assert.Equal(EngineFault.Unreachable, await Fault(good with { Port = 1 }));
        Assert.Equal(EngineFault.Unreachable, await Fault(good with { Host = "nowhere.invalid" }));
        Assert.Equal(EngineFault.Unreachable, (await Assert.ThrowsAsync<EngineException>(() => SshHostKeys.Ask("127.0.0.1", 1, default))).Fault);
    }

    [Theory]
    [InlineData("-oProxyCommand=x", "root", "/s")]
    [InlineData("host", "-oProxyCommand=x", "/s")]
    [InlineData("a b", "root", "/s")]
    [InlineData("", "root", "/s")]
    [InlineData("host", "root", "/s:x")]
    [InlineData("host", "root", "s")]
    public async Task Nothing_is_taken_for_an_option(string host, string user, string socket) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Engine.Connect(new SshAddress(user, host, 22, "ssh-ed25519 AAAA", "srv", "key", null, socket), _owner, default));

    private async Task<EngineFault> Fault(SshAddress address) => (await Assert.ThrowsAsync<EngineException>(async () =>
    {
        await using var engine = await Engine.Connect(address, _owner, default);
    })).Fault;
}
