using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Slots;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Engines;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>An appliance beside a real Docker engine. Containers come to it by HTTPS at the bridge's address, as from another machine, or by its own socket.</summary>
internal sealed class DockerBench : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private string _label = "", _plan = "";

    public TestServer Server { get; private set; } = null!;
    public HttpClient Owner { get; private set; } = null!;

    /// <summary>Where containers of another machine would come to.</summary>
    public string Public { get; private set; } = "";

    public static async Task<DockerBench> Start(ShippedImage shipped, Engine engine = Engine.Sqlite, TestDatabase? database = null)
    {
        var made = new DockerBench();
        // Of its bridge: what a container calls its way out.
        var name = await TestDocker.Run("network", "inspect", "bridge", "--format", "{{index .Options \"com.docker.network.bridge.name\"}}");
        var bridge = NetworkInterface.GetAllNetworkInterfaces().Single(n => n.Name == name).GetIPProperties().UnicastAddresses.Select(a => a.Address).First(a => a.AddressFamily == AddressFamily.InterNetwork).ToString();
        var (certificate, key) = (made._folder.File("own.crt"), made._folder.File("own.key"));
        using (var own = TestCertificate.Make(TimeSpan.FromDays(90), bridge))
            own.WriteTo(certificate, key);
        made.Server = await TestServer.Start(database ?? await TestDatabase.Open(engine), new()
        {
            ["Relays:SampleSeconds"] = "1", ["Server:Urls"] = $"http://127.0.0.1:0;https://{bridge}:0", ["Server:Certificate"] = certificate, ["Server:CertificateKey"] = key,
        }, services => services.AddSingleton(new RelayProgram(shipped.Program)));
        made.Public = made.Server.Service<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(a => a.StartsWith("https:", StringComparison.Ordinal));
        made.Owner = await made.Server.As(Role.Owner);
        made._label = await DockerStore.Owner(made.Server.Db, default);
        return made;
    }

    /// <summary>The tests' engine by its socket.</summary>
    public static JsonObject Socket => new() { ["url"] = TestDocker.Host };

    /// <summary>A span of ports for a server, below those that a system gives to whoever connects.</summary>
    public static int Ports() => 11_000 + 40 * Random.Shared.Next(370);

    public static JsonObject Wanted(JsonObject docker, string? link, string name = "engine-1", string address = "127.0.0.1", int? from = null)
    {
        var first = from ?? Ports();
        return new() { ["kind"] = "docker", ["name"] = name, ["address"] = address, ["region_code"] = "here", ["port_from"] = first, ["port_to"] = first + 39, ["docker"] = docker, ["link_url"] = link ?? "" };
    }

    /// <summary>Adds the server, which tries it.</summary>
    public async Task<string> Add(JsonObject docker, string? link, string name = "engine-1", string address = "127.0.0.1", int? from = null)
    {
        var added = await Owner.PostApi("/api/add_server", Wanted(docker, link, name, address, from));
        Assert.True(added.Status == HttpStatusCode.Created, added.Body!.ToJsonString());
        Assert.Equal(["address", "reach", "engine", "disk", "image", "ports", "joined", "clock", "trial"], added["checks"]!.AsArray().Select(c => (string)c!["step"]!));
        Assert.All(added["checks"]!.AsArray(), c => Assert.True((bool)c!["ok"]!, c.ToJsonString()));
        return (string)added["server"]!["id"]!;
    }

    /// <summary>A rental of so many relays, with its devices.</summary>
    public Task<string> Rent(HttpClient customer, int relays, params TestKey[] devices) => Rent(customer, relays, 3600, devices);

    /// <summary>The same for so many seconds.</summary>
    public async Task<string> Rent(HttpClient customer, int relays, long seconds, params TestKey[] devices)
    {
        _plan = (string)(await Owner.PostApi("/api/plans", new { name = "Relays " + Guid.NewGuid().ToString("N")[..6], kind = "relay", servers_per_rental = relays, duration_seconds = seconds }))["plan"]!["id"]!;
        var activated = await customer.PostApi("/api/user/activate", new { serial = (await Owner.Keys(_plan, 1))[0], name = "Home" });
        Assert.True(activated.Status == HttpStatusCode.OK, activated.Body!.ToJsonString());
        var id = (string)activated["rental"]!["id"]!;
        foreach (var device in devices)
            await customer.PostApi("/api/user/devices", new { node_key = device.Node, rental = id });
        return id;
    }

    /// <summary>It lasts an hour more.</summary>
    public async Task Renew(HttpClient customer, string rental) =>
        Assert.Equal("active", (string?)(await customer.PostApi("/api/user/activate", new { serial = (await Owner.Keys(_plan, 1))[0], rental }))["rental"]!["status"]);

    public Task<List<Slot>> Slots(string rental) => Server.Db.Read(s => SlotStore.OfRental(s, Caller.DefaultTenant, rental));

    /// <summary>A device that a slot's relay lets in, as soon as it does.</summary>
    public async Task<DerpTestClient> Admitted(string rental, int position, TestKey key)
    {
        DerpTestClient? client = null;
        await Wait.Until(async () => (client = await Try((await Slots(rental))[position], key)) is not null, () => "the device is let in\n" + Said().GetAwaiter().GetResult(), 60);
        return client!;
    }

    public async Task<bool> LetsIn(string rental, int position, TestKey key)
    {
        await using var client = await Try((await Slots(rental))[position], key);
        return client is not null;
    }

    public Task States(string rental, string state) => Wait.Until(async () => (await Slots(rental)).TrueForAll(s => s.State == state), () => $"they are {state}\n{Said().GetAwaiter().GetResult()}", 60);

    /// <summary>The names and states of what the engine has of this appliance.</summary>
    public async Task<List<string>> There() =>
        [.. (await TestDocker.Run("ps", "--all", "--filter", "label=gatehouse.managed=" + _label, "--format", "{{.Names}} {{.State}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    public async Task<int> Volumes() => (await TestDocker.Run("volume", "ls", "--quiet", "--filter", "label=gatehouse.managed=" + _label)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>What an engine calls the container of a slot.</summary>
    public async Task<string> NameOf(Slot slot) => ContainerForms.NameOf(_label, (await Server.Db.Read(s => s.One("SELECT id FROM relay_containers WHERE slot_id = @id", r => r.GetString(0), ("id", slot.Id))))!);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await EngineSample.Clear(_label);
        _folder.Dispose();
    }

    private async Task<string> Said()
    {
        var said = new List<string>(Server.Errors.Lines);
        said.AddRange(await Server.Db.Read(s => s.All("SELECT state || ' ' || COALESCE(error, '') FROM relay_containers", r => r.GetString(0))));
        said.AddRange(await Server.Db.Read(s => s.All("SELECT COALESCE(engine_error, '') FROM relay_servers", r => r.GetString(0))));
        foreach (var line in await There())
            said.Add($"{line}: {(await TestDocker.Try("logs", "--tail", "3", line.Split(' ')[0])).Output}");
        return string.Join('\n', said);
    }

    private static async Task<DerpTestClient?> Try(Slot slot, TestKey key)
    {
        try
        {
            return await DerpTestClient.Connect(slot.Address, slot.Port, slot.CertName, key);
        }
        catch (Exception e) when (e is NotAdmittedException or IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // Where a container begins or ends, its port takes a connection before anybody is behind it.
            return null;
        }
    }
}
