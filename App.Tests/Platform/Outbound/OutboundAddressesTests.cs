using System.Net;
using Gatehouse.Platform.Outbound;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Platform.Outbound;

/// <summary>What a person names is connected to only where it lies outside private networks, or is named by the operator.</summary>
public sealed class OutboundAddressesTests
{
    private static OutboundAddresses Allowing(string hosts) => new(new ConfigurationBuilder().AddInMemoryCollection([new(OutboundAddresses.Option, hosts)]).Build());

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::10.1.2.3")]
    [InlineData("64:ff9b::a01:203")]
    [InlineData("2002:a01:203::1")]
    [InlineData("2001:0:a01:203::1")]
    [InlineData("fc00::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public async Task What_is_no_public_address_is_refused(string address)
    {
        Assert.True(OutboundAddresses.IsClosed(IPAddress.Parse(address)));
        var refused = await Assert.ThrowsAsync<OutboundRefusedException>(() => Allowing("").Resolve(address, loopback: false, default));
        Assert.Equal((address, IPAddress.Parse(address)), (refused.Host, refused.Address));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("2606:4700::1111")]
    public async Task A_public_address_is_taken(string address) =>
        Assert.Equal([IPAddress.Parse(address)], await Allowing("").Resolve(address, loopback: false, default));

    [Theory]
    [InlineData("10.0.0.0/8, mail.lan", "10.1.2.3")]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3")]
    [InlineData("LOCALHOST", "localhost")]
    public async Task What_the_operator_names_is_taken(string hosts, string host) => Assert.NotEmpty(await Allowing(hosts).Resolve(host, loopback: false, default));

    [Fact]
    public async Task This_machine_is_taken_where_it_is_meant_and_its_neighbours_are_not()
    {
        Assert.All(await Allowing("").Resolve("localhost", loopback: true, default), a => Assert.True(IPAddress.IsLoopback(a)));
        await Assert.ThrowsAsync<OutboundRefusedException>(() => Allowing("").Resolve("localhost", loopback: false, default));
        await Assert.ThrowsAsync<OutboundRefusedException>(() => Allowing("10.0.0.0/16").Resolve("10.1.0.1", loopback: true, default));
    }
}
