using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Crash;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>The published binary beside a real engine, whose containers dial in by its own socket: killed, and away.</summary>
public sealed class PublishedDockerTests(ShippedImage shipped) : IClassFixture<ShippedImage>, IAsyncLifetime
{
    private const string Person = "person1@example.com", Password = "test-password-1";
    private readonly TestFolder _folder = new();
    private readonly ErrorLog _errors = new();
    private Appliance _appliance = null!;
    private string _token = "", _plan = "", _label = "";

    private HttpClient Http => _appliance.Http;

    private string Data => _folder.File("data");

    public async Task InitializeAsync()
    {
        _appliance = new Appliance(shipped.Program, Data) { Logged = _errors.Add };
        (_appliance.Settings["Relays:SampleSeconds"], _appliance.Settings["Logging:Level"], _appliance.Settings["Logging:Format"]) = ("1", "Error", "json");
        _appliance.Serve();
        await _appliance.Ready();
        _token = await _appliance.Run("token", "create", "--name", "tests", "--role", "owner");
        AsStaff();
        var added = await Http.PostApi("/api/add_server", DockerBench.Wanted(DockerBench.Socket, null));
        Assert.True(added.Status == HttpStatusCode.Created, added.Body!.ToJsonString());
        _plan = (string)(await Http.PostApi("/api/plans", new { name = "Relays", kind = "relay", servers_per_rental = 2, duration_seconds = 86_400 }))["plan"]!["id"]!;
        await Http.PostApi("/api/users/import", new { invite = "none", content = $"username,email,display_name,password\nperson1,{Person},Person 1,{Password}" });
        await Wait.Until(async () => (await Http.GetApi("/api/users/" + Person)).Status == HttpStatusCode.OK, "the person is there");
    }

    public async Task DisposeAsync()
    {
        await _appliance.DisposeAsync();
        if (_label.Length > 0)
            await EngineSample.Clear(_label);
        _folder.Dispose();
    }

    /// <summary>Killed at any time while containers are made and taken away, and begun again: in the end those are there that should be, once each, and somebody else's as it was.</summary>
    [Fact]
    public async Task Killed_again_and_again_while_containers_come_and_go_it_ends_with_those_that_should_be()
    {
        var theirs = "theirs-" + Guid.NewGuid().ToString("N")[..8];
        await TestDocker.Run("create", "--pull", "never", "--name", theirs, shipped.Image.Tag);
        try
        {
            var random = Fake.Data().Random;
            for (var round = 0; round < 5; round++)
            {
                await Http.PostApi("/api/rentals", new { account = Person, plan = _plan, name = $"Rental {round}" });
                if (round % 2 == 1)
                    await Http.DeleteApi("/api/container/release/" + (string)(await Containers())[^1]!["id"]!);
                // One in three dies before it has begun.
                await Task.Delay(random.Int(0, round % 3 == 2 ? 100 : 2500));
                await _appliance.Kill();
                await Serve();
            }
            await Wait.Until(async () => await Differs() is null, () => Differs().GetAwaiter().GetResult() ?? "", 120);
            Assert.Equal(8, (await Containers()).Count);
            var volumes = await TestDocker.Run("volume", "ls", "--quiet", "--filter", "label=gatehouse.managed=" + _label);
            Assert.Equal(8, volumes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal("created", await TestDocker.Run("inspect", "--format", "{{.State.Status}}", theirs));
            Assert.Empty(_errors.Lines);
        }
        finally
        {
            await TestDocker.Try("rm", "--force", theirs);
        }
    }

    /// <summary>While the appliance is away a container lets in whom it knows, also when it is started again, until the rental ends; then nobody. When it is back and the rental renewed it does again, and each byte that was sent is in the book once.</summary>
    [Fact]
    public async Task While_the_appliance_is_away_a_container_goes_on_until_its_rental_ends_and_loses_no_byte()
    {
        TestKey laptop = TestKey.New(), phone = TestKey.New();
        var rental = (await Http.PostApi("/api/rentals", new { account = Person, plan = _plan, name = "Home" }))["rental"]!;
        var (id, slot, sent) = ((string)rental["id"]!, rental["slots"]![0]!, 0L);
        using var customer = new HttpClient { BaseAddress = Http.BaseAddress };
        customer.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)(await customer.PostApi("/api/user/login", new { login = Person, password = Password }))["access_token"]!);
        foreach (var key in new[] { laptop, phone })
            Assert.Equal(HttpStatusCode.OK, (await customer.PostApi("/api/user/devices", new { node_key = key.Node, rental = id })).Status);
        await Exchange();
        var name = await Name((string)(await Containers()).First(c => (long)c!["port"]! == (long)slot["derp_port"]!)!["id"]!);
        var end = DateTimeOffset.UtcNow.AddSeconds(30);
        Assert.Equal(HttpStatusCode.OK, (await Http.PatchApi("/api/rentals/" + id, new { end_at = end })).Status);
        // In force within two seconds.
        await Task.Delay(TimeSpan.FromSeconds(4));
        await _appliance.Kill();
        await Exchange();
        await TestDocker.Run("restart", name);
        await Exchange();
        Assert.True(DateTimeOffset.UtcNow < end, "This machine took so long that its rental has ended.");
        var late = await Admitted(laptop);
        await late.Closed(60);
        sent += late.BytesSent;
        await late.DisposeAsync();
        Assert.Null(await Try(laptop));

        await Serve();
        await Http.PostApi("/api/rentals", new { account = Person, plan = _plan, rental = id });
        await Exchange();
        await Wait.Until(async () => (long)(await Http.GetApi("/api/rentals/" + id))["rental"]!["traffic"]!["used"]! >= sent, "what was sent is in the book", 120);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await _appliance.Kill();
        using var left = new LeftFiles(Data);
        Assert.Equal($"{sent}", Assert.Single(left.Read($"SELECT CAST(SUM(bytes_in) AS TEXT) FROM relay_traffic WHERE span = 60 AND device = '{laptop.Node}'")));
        Assert.Empty(_errors.Lines);

        async Task Exchange()
        {
            await using var a = await Admitted(laptop);
            await using var b = await Admitted(phone);
            for (var i = 0; i < 10; i++)
            {
                await a.Send(phone, new byte[10_000]);
                Assert.Equal(10_000, (await b.Packet()).Data.Length);
            }
            sent += a.BytesSent;
        }

        async Task<DerpTestClient> Admitted(TestKey key)
        {
            DerpTestClient? client = null;
            await Wait.Until(async () => (client = await Try(key)) is not null, "the device is let in", 120);
            return client!;
        }

        async Task<DerpTestClient?> Try(TestKey key)
        {
            try
            {
                return await DerpTestClient.Connect("127.0.0.1", (int)slot["derp_port"]!, (string)slot["cert_name"]!, key);
            }
            catch (Exception e) when (e is NotAdmittedException or IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                return null;
            }
        }
    }

    private void AsStaff() => Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);

    private async Task Serve()
    {
        _appliance.Serve();
        await _appliance.Ready();
        AsStaff();
    }

    private async Task<JsonArray> Containers() => (await Http.GetApi("/api/container/list?limit=100"))["items"]!.AsArray();

    // What an engine calls it; with the name of the appliance in it.
    private async Task<string> Name(string id)
    {
        var name = await TestDocker.Run("ps", "--all", "--filter", "name=" + id, "--format", "{{.Names}}");
        if (name.Length > 0)
            _label = name["gh-".Length..^(id.Length + 1)];
        return name;
    }

    // Null: nothing differs.
    private async Task<string?> Differs()
    {
        var wanted = await Containers();
        if (wanted.FirstOrDefault(c => (string)c!["state"]! != "running") is { } other)
            return other.ToJsonString();
        await Name((string)wanted[0]!["id"]!);
        var there = (await TestDocker.Run("ps", "--all", "--filter", "label=gatehouse.managed=" + _label, "--format", "{{.Names}} {{.State}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var should = wanted.Select(c => $"gh-{_label}-{(string)c!["id"]!} running");
        return there.Order(StringComparer.Ordinal).SequenceEqual(should.Order(StringComparer.Ordinal)) ? null : string.Join('\n', there.Concat(["instead of"]).Concat(should));
    }
}
