using System.Net;
using Gatehouse.Platform.Connections;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Platform.Connections;

/// <summary>Who is let in, and who must go when places run short.</summary>
public sealed class ConnectionGateTests
{
    private static readonly IPAddress Proxy = IPAddress.Parse("10.0.0.1");

    private sealed class Connection(Action closed) : DefaultConnectionContext
    {
        public override void Abort(ConnectionAbortedException abortReason) => closed();
    }

    private sealed class Gate(int total, int perAddress)
    {
        public FakeClock Clock { get; } = new();

        public ConnectionGate Real => field ??= new ConnectionGate(new ConnectionLimits(total, perAddress, [IPNetwork.Parse("10.0.0.0/8")]), Clock);

        public List<ConnectionPlace> In { get; } = [];

        /// <summary>Those that were closed.</summary>
        public List<ConnectionPlace> Closed { get; } = [];

        public Admission Enter(string address) => Enter(IPAddress.Parse(address));

        public Admission Enter(IPAddress address)
        {
            var admission = Real.Enter(address, out var place);
            Assert.Equal(admission == Admission.Admitted, place is not null);
            if (place is null)
                return admission;
            place.Connection = new Connection(() => Closed.Add(place));
            In.Add(place);
            return admission;
        }

        public void Leave(int which) => Real.Leave(In[which]);
    }

    [Fact]
    public void An_address_has_its_share_and_gets_it_back()
    {
        var gate = new Gate(100, 3);
        for (var i = 0; i < 3; i++)
            Assert.Equal(Admission.Admitted, gate.Enter(i == 0 ? "::ffff:192.0.2.1" : "192.0.2.1"));
        Assert.Equal(Admission.AddressFull, gate.Enter("192.0.2.1"));
        Assert.Equal(Admission.Admitted, gate.Enter("192.0.2.2"));
        gate.Leave(0);
        gate.Leave(0);
        Assert.Equal(Admission.Admitted, gate.Enter("192.0.2.1"));
        Assert.Equal(Admission.AddressFull, gate.Enter("192.0.2.1"));
        Assert.Equal(2, gate.Real.Refused);
    }

    [Fact]
    public void One_customer_of_IPv6_is_one_address()
    {
        var gate = new Gate(100, 2);
        Assert.Equal([Admission.Admitted, Admission.Admitted, Admission.AddressFull, Admission.Admitted],
            new[] { "2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8:0:1::1" }.Select(gate.Enter));
    }

    [Fact]
    public void A_trusted_proxy_has_no_limit_of_its_own_and_places_that_strangers_cannot_take()
    {
        var gate = new Gate(16, 2);
        for (var i = 0; i < 14; i++)
            Assert.Equal(Admission.Admitted, gate.Enter("192.0.2." + i));
        Assert.Equal(Admission.Full, gate.Enter("192.0.2.99"));
        Assert.Equal(Admission.Admitted, gate.Enter(Proxy));
        Assert.Equal(Admission.Admitted, gate.Enter(Proxy));
        Assert.Equal(Admission.Full, gate.Enter(Proxy));
        var alone = new Gate(16, 2);
        Assert.All(Enumerable.Range(0, 16), _ => Assert.Equal(Admission.Admitted, alone.Enter(Proxy)));
        Assert.Equal(16, alone.Real.Count);
    }

    [Fact]
    public void In_a_crowd_those_go_that_wait_without_asking_first_of_whom_there_are_most()
    {
        var gate = new Gate(16, 8);
        gate.Enter(Proxy);
        gate.Enter("192.0.2.1");
        for (var i = 0; i < 6; i++)
            gate.Enter("192.0.2.2");
        Assert.Equal(0, gate.Real.MakeRoom());
        for (var i = 3; i < 7; i++)
            gate.Enter("192.0.2." + i);
        // Under way: it is no waiting, however long it takes.
        gate.In[2].Begin();
        // Of strangers 11 are in, and 9 are no crowd; nobody has waited for long.
        Assert.Equal(0, gate.Real.MakeRoom());
        gate.Clock.Advance(ConnectionGate.Patience);
        Assert.Equal(2, gate.Real.MakeRoom());
        Assert.Equal([gate.In[3], gate.In[4]], gate.Closed);
        // Answered a moment ago, it may wait again.
        gate.Real.Answered(gate.In[2]);
        Assert.NotNull(gate.In[2].WaitingSince);
        gate.Leave(3);
        gate.Leave(4);
        Assert.Equal(0, gate.Real.MakeRoom());
    }

    [Theory]
    [InlineData(10_000, 65_536, 64L << 30, 10_000)]
    [InlineData(10_000, 1_024, 64L << 30, 768)]
    [InlineData(10_000, 256, 64L << 30, 192)]
    [InlineData(100_000, 65_536, 64L << 30, 65_024)]
    [InlineData(10_000, 65_536, 1L << 30, 2_048)]
    [InlineData(500, 65_536, 64L << 30, 500)]
    [InlineData(10_000, 50, 64L << 30, 1)]
    public void There_is_room_for_fewer_than_the_files_and_than_the_memory_allow(int wanted, int files, long memory, int expected) =>
        Assert.Equal(expected, ConnectionLimits.Room(wanted, files, memory));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.8.8", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("10.9.9.9", true)]
    [InlineData("::ffff:10.9.9.9", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("2001:db8::1", false)]
    public void This_machine_and_the_configured_proxies_are_trusted(string address, bool trusted) =>
        Assert.Equal(trusted, ConnectionLimits.Of(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Server:TrustedProxies", "10.0.0.0/8")]).Build()).Trusts(IPAddress.Parse(address)));
}
