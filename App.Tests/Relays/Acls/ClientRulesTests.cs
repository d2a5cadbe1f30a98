using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gatehouse.Derp.Server;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Tests.Relays.Acls;

/// <summary>
/// How Tailscale's client reads a node of a map, written down from its source and tried against a relay's own certificate:
/// it connects to IPv4 or IPv6, and to what DNS says of HostName where an address is empty (derphttp.Client.dialNode); it sends HostName
/// as the TLS name (tlsServerName); and with a pin it takes one certificate whose SHA-256 is the pin, which is of now and which has
/// that name (tlsdial.SetConfigExpectedCertHash). So a map needs the address, a name that the certificate has, and the pin.
/// </summary>
public sealed class ClientRulesTests
{
    private const string Name = "r0a1b2c3d4e5f.relay.invalid", Old = "203.0.113.10";

    // Made when the relay was on another machine: its certificate has that address, and the name that is nobody's.
    private static readonly RelayIdentity Relay = RelayIdentity.Make(DateTimeOffset.UtcNow, Name, Old);

    [Fact]
    public async Task A_relay_that_moved_is_reached_by_its_new_address_and_taken_by_its_pin()
    {
        await using var relay = new Tls(Relay);
        var map = Map(relay.Port, Name, "127.0.0.1", Relay.Pin().CertName);
        MapRules.Hold(map.RootElement);
        Assert.Null(await Connect(Node(map)));
        // Both forms of the client: that of before looks at the name that it asked for, that of today at what it sent, which is none for an address.
        Assert.Null(await Connect(Node(map), sentOnly: true));
    }

    /// <summary>What the map would say without the name: the address that the certificate does not have. So the name has to be in it.</summary>
    [Fact]
    public async Task By_its_address_alone_it_would_be_refused_after_a_move()
    {
        await using var relay = new Tls(Relay);
        Assert.Equal("name", await Connect(Node(Map(relay.Port, null, "127.0.0.1", Relay.Pin().CertName))));
    }

    [Fact]
    public async Task Without_the_address_nobody_would_find_it()
    {
        using var map = JsonDocument.Parse($$"""{"HostName":"{{Name}}","DERPPort":443,"CertName":"{{Relay.Pin().CertName}}"}""");
        Assert.Equal("dns", await Connect(map.RootElement));
    }

    [Fact]
    public async Task Another_certificate_of_that_name_is_refused()
    {
        await using var stranger = new Tls(RelayIdentity.Make(DateTimeOffset.UtcNow, Name, "127.0.0.1"));
        Assert.Equal("pin", await Connect(Node(Map(stranger.Port, Name, "127.0.0.1", Relay.Pin().CertName))));
    }

    private static JsonDocument Map(int port, string? host, string ip, string pin) =>
        JsonDocument.Parse(AclDocuments.Of([new AclSlot(910, "r910-sh", "Shanghai", "910a", host, ip, null, port, port, pin)], new AclOptions()).DerpMap);

    private static JsonElement Node(JsonDocument map) => map.RootElement.GetProperty("Regions").GetProperty("910").GetProperty("Nodes")[0];

    /// <summary>Connects as the client does; null when it is content, else why not.</summary>
    private static async Task<string?> Connect(JsonElement node, bool sentOnly = false)
    {
        string Text(string name) => node.TryGetProperty(name, out var value) ? value.GetString()! : "";
        var host = Text("HostName");
        // "none" and whatever else is no address of the family are not dialled; an empty one is looked up.
        var four = Text("IPv4") is { Length: > 0 } given ? IPAddress.TryParse(given, out var ip) && ip.AddressFamily == AddressFamily.InterNetwork ? ip : null
            : host.EndsWith(".invalid", StringComparison.Ordinal) ? null : (await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork))[0];
        if (four is null)
            return "dns";
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(four, node.GetProperty("DERPPort").GetInt32());
        string? wrong = null;
        await using var tls = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => (wrong = Wrong((X509Certificate2)shown!, sentOnly && IPAddress.TryParse(host, out _) ? "" : host, Text("CertName"))) is null);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host });
        }
        catch (AuthenticationException)
        {
            return wrong;
        }
        return null;
    }

    private static string? Wrong(X509Certificate2 shown, string name, string pin) =>
        "sha256-raw:" + Convert.ToHexStringLower(SHA256.HashData(shown.RawData)) != pin ? "pin"
        : name.Length > 0 && !shown.MatchesHostname(name) ? "name"
        : shown.NotAfter < DateTime.Now || shown.NotBefore > DateTime.Now ? "time" : null;

    /// <summary>Shows a relay's certificate to whoever connects.</summary>
    private sealed class Tls : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private readonly Task _run;

        public Tls(RelayIdentity identity)
        {
            using var pem = X509Certificate2.CreateFromPem(identity.Certificate, identity.CertificateKey);
            _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            _listener.Start();
            _run = Run();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        private async Task Run()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await using var tls = new SslStream(client.GetStream());
                    try
                    {
                        await tls.AuthenticateAsServerAsync(_certificate);
                    }
                    catch (Exception e) when (e is AuthenticationException or IOException)
                    {
                        // The client did not like it: that is what is tried.
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _run;
            _certificate.Dispose();
        }
    }
}
