using System.Net.WebSockets;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Hosts;
using Gatehouse.Relays.Links;
using Gatehouse.Tests.Relays.Hosts;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>The appliance's socket, by which containers of its own machine come in.</summary>
public sealed class LinkDoorTests
{
    [Fact]
    public async Task Who_has_a_secret_comes_in_by_the_socket_and_nobody_else()
    {
        await using var server = await TestServer.Start();
        using var folder = new TestFolder();
        var socket = LinkDoor.In(await server.Service<LinkDoor>().Open(default));
        Assert.Equal(socket, LinkDoor.In(await server.Service<LinkDoor>().Open(default)));
        // Whoever gets to its folder may use it: those in containers are nobody's user.
        Assert.Equal(UnixFileMode.OtherRead | UnixFileMode.OtherWrite, File.GetUnixFileMode(socket) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
        var secret = OpaqueToken.Create();
        await server.Db.Write(s => ContainerSeatStore.MakeTrial(s, Caller.DefaultTenant, "trial-1", OpaqueToken.Hash(secret), server.Clock.Now));
        var token = new JoinToken(JoinToken.OfSocket + socket, "trial-1", secret, null);
        Assert.Equal(token, JoinToken.Parse(token.ToText()));

        var stranger = new RelayHost(token with { Secret = "wrong" }, new HostMemory(folder.File("stranger")), NullLoggerFactory.Instance, new FakeClock());
        Assert.IsAssignableFrom<WebSocketException>((await Assert.ThrowsAsync<LinkException>(() => new HostLine(stranger, NullLogger<HostLine>.Instance).Once(default))).InnerException);
        // As a container begins: with what lets it in as a file.
        var place = Directory.CreateDirectory(folder.File("host")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(place, HostMemory.Relays), HostMemory.ToJoin(token));
        await using var host = TestHost.Start(new HostMemory(place).Known()!.Join.ToText(), place);
        await Wait.Until(() => Task.FromResult(server.Service<HostLinks>().Of("trial-1") is not null), "it has come in");
        Assert.NotNull((await server.Db.Read(s => ContainerSeatStore.Find(s, "trial-1")))!.LinkId);

        // Its end is the end of the link.
        await server.Db.Write(s => ContainerSeatStore.EndTrial(s, "trial-1"));
        await Wait.Until(() => Task.FromResult(server.Service<HostLinks>().Of("trial-1") is null), "it is cut");
        Assert.Empty(server.Errors.Lines);
    }
}
