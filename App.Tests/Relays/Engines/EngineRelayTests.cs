using System.Net;
using System.Text;
using Gatehouse.Relays.Engines;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Support;
using Engine = Gatehouse.Relays.Engines.Engine;
using RelayContainer = Gatehouse.Relays.Engines.RelayContainer;

namespace Gatehouse.Tests.Relays.Engines;

/// <summary>Relays in containers that we started, and devices that talk through their ports.</summary>
public sealed class EngineRelayTests(ShippedImage shipped) : IClassFixture<ShippedImage>
{
    private const byte SendPacket = 4, RecvPacket = 5;

    [Fact]
    public async Task Devices_on_its_list_talk_and_a_new_container_of_the_slot_is_the_same_relay()
    {
        var owner = "relay-" + Guid.NewGuid().ToString("N")[..12];
        await using var engine = await Engine.Connect(new UnixAddress(TestDocker.Host["unix://".Length..]), owner, default);
        try
        {
            var (alice, bob, key) = (NodeSecret.Make(), NodeSecret.Make(), EngineSample.Key());
            var allow = new RelayFile("allow", Encoding.ASCII.GetBytes(string.Concat(new[] { alice, bob }.Select(k => $"nodekey:{Convert.ToHexStringLower(k.Public)}\n"))));
            var sample = EngineSample.Relay(shipped.Image.Tag, owner);
            var relay = sample with { Options = [.. sample.Options, "--allow", $"{RelayContainer.Data}/allow"] };
            var (id, _) = await engine.Run(relay, [key, allow], default);
            var (relayKey, certificate) = await Talk(relay, id);

            // As after a change of its options, or when somebody removed it by hand: its volume has what makes it that relay.
            await engine.Remove(id, default);
            var next = relay with { Name = relay.Name + "-g2" };
            (id, _) = await engine.Run(next, [key, allow], default);
            Assert.Equal((relayKey, certificate), await Talk(next, id));

            async Task<(string, string)> Talk(RelayContainer at, string container)
            {
                await EngineSample.Answers(at.DerpPort, () => engine.Logs(container, 100, default));
                var place = new IPEndPoint(IPAddress.Loopback, at.DerpPort);
                using var a = new RelayCaller(place, alice);
                using var b = new RelayCaller(place, bob);
                a.Send(SendPacket, bob.Public, "hello"u8.ToArray());
                Assert.Equal([.. alice.Public, .. "hello"u8], b.Next(RecvPacket));
                Assert.ThrowsAny<IOException>(() => new RelayCaller(place, NodeSecret.Make()));
                return (Convert.ToHexStringLower(a.RelayKey), Convert.ToHexStringLower(a.Certificate));
            }
        }
        finally
        {
            await EngineSample.Clear(owner);
        }
    }
}
