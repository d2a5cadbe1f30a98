using System.Net;
using Gatehouse.Derp.Network;

namespace Gatehouse.Tests.Derp;

/// <summary>The rules by which connections share memory and addresses share connections.</summary>
public sealed class MemoryShareTests
{
    [Fact]
    public void Below_the_ceiling_each_may_hold_all_and_above_it_an_equal_part()
    {
        var share = new MemoryShare(1000);
        for (var i = 0; i < 4; i++)
            share.Join();
        share.Change(1000);
        Assert.Equal(long.MaxValue, share.Room(900));
        share.Change(1);
        Assert.Equal((150, 0, 0), (share.Room(100), share.Room(250), share.Room(900)));
        share.Leave();
        Assert.Equal(233, share.Room(100));
        share.Change(-1);
        Assert.Equal(long.MaxValue, share.Room(100));
    }

    [Fact]
    public void A_third_is_for_those_that_are_not_introduced() =>
        Assert.Equal(new MemoryCeilings(30_000_000, 60_000_000), MemoryCeilings.Of(90_000_000));

    [Theory]
    [InlineData("203.0.113.1", "203.0.113.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void Addresses_of_one_network_of_IPv6_are_one(string one, string other, bool same)
    {
        var counts = new AddressCounts(new TrustedProxies([]));
        Assert.True(counts.Enter(IPAddress.Parse(one), 1));
        Assert.Equal(!same, counts.Enter(IPAddress.Parse(other), 1));
        counts.Leave(IPAddress.Parse(one));
        Assert.True(counts.Enter(IPAddress.Parse(one), 1));
    }

    [Fact]
    public void A_buffer_is_the_next_power_of_two()
    {
        foreach (var (asked, given) in new[] { (1, 256), (256, 256), (257, 512), (65_573, 131_072), (BufferPool.Largest, BufferPool.Largest) })
        {
            var buffer = BufferPool.Rent(asked);
            Assert.Equal((given, given), (buffer.Length, BufferPool.SizeFor(asked)));
            BufferPool.Return(buffer);
        }
    }
}
