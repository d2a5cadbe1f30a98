using Gatehouse.Platform.Http;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Metering;

/// <summary>Who sees what of traffic over REST, and in which form.</summary>
public sealed class TrafficEndpointTests
{
    [Fact]
    public async Task Customers_see_their_own_whatever_they_ask_for_and_staff_see_all()
    {
        await using var server = await TestServer.Start();
        var host = await RelayRows.Add(server, Caller.DefaultTenant, "here");
        var people = new List<(string Account, string Slot, HttpClient Http)>();
        for (var i = 0; i < 2; i++)
        {
            var account = await server.Staff.Customer();
            await RelayWays.Place(server, host, account, 21_000 + i);
            var slot = (await server.Db.Read(s => s.One("SELECT id FROM relay_slots WHERE account_id = @account", r => r.GetString(0), ("account", account))))!;
            people.Add((account, slot, server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account))));
        }
        var now = server.Clock.Now;
        var device = "nodekey:" + new string('a', 64);
        await server.Service<TrafficBook>().Count([.. people.Select((p, i) => new RelayReading(p.Slot, host, $"{i}", now - 10_000, new(1000 + i, 500, 3, 2), new Dictionary<string, Volume> { [device] = new(900, 500, 3, 2) }))], default);

        foreach (var (account, slot, http) in people)
        {
            var bytes = account == people[0].Account ? 1000 : 1001;
            var mine = (await http.GetApi($"/api/traffic/history?account={people[0].Account}"))["items"]!.AsArray();
            Assert.Equal((slot, bytes, 500), ((string)mine.Single()!["of"]!, (int)mine.Single()!["bytes_in"]!, (int)mine.Single()!["bytes_out"]!));
            Assert.Equal(bytes / 10, (int)(await http.GetApi("/api/traffic/realtime"))["rate_in"]!);
            Assert.Equal(device, (string)(await http.GetApi("/api/traffic/realtime"))["items"]![0]!["devices"]![0]!["node_key"]!);
        }
        var staff = await server.As(Role.Analyst);
        Assert.Equal(2001, (int)(await staff.GetApi("/api/traffic/history?span=day&by=none"))["items"]![0]!["bytes_in"]!);
        Assert.Equal(1001, (int)(await staff.GetApi($"/api/traffic/history?span=minute&by=region&account={people[1].Account}"))["items"]![0]!["bytes_in"]!);
        Assert.Equal(2, (await staff.GetApi("/api/traffic/realtime"))["items"]!.AsArray().Count);
        Assert.Empty((await staff.GetApi("/api/traffic/history?region=nowhere"))["items"]!.AsArray());

        var table = (await (await people[0].Http.GetAsync("/api/traffic/export?by=device")).Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal(["at,of,bytes_in,bytes_out,packets_in,packets_out", $",{device},900,500,3,2", ",,100,0,0,0"], [table[0].TrimStart('\uFEFF'), .. table[1..3].Select(l => l[l.IndexOf(',')..]).Order(StringComparer.Ordinal).Reverse()]);
        Assert.Equal("VALIDATION_FAILED", (await staff.GetApi("/api/traffic/history?span=week")).Code);
    }
}
