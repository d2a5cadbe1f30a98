using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>A headscale as far as it is needed here, on a socket of this machine.</summary>
internal sealed class FakeHeadscale : IDisposable
{
    public const string Key = "hskey-api-test-secret";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public FakeHeadscale()
    {
        _listener.Start();
        _ = Serve();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Keys by node ids.</summary>
    public Dictionary<string, string> Nodes { get; } = [];

    /// <summary>What every request is answered with; null: as it would be.</summary>
    public int? Status { get; set; }

    private (int Status, string Body) Answer(string request, string authorization, string body) => (Status, request) switch
    {
        ({ } status, _) => (status, "no"),
        (_, "GET /api/v1/node") => authorization == "Bearer " + Key ? (200, JsonSerializer.Serialize(new { nodes = Nodes.Select(n => new { id = n.Key, nodeKey = n.Value, givenName = "node-" + n.Key, createdAt = "2026-01-01T00:00:00Z", online = false }) })) : (401, "Unauthorized"),
        (_, "POST /verify") => (200, JsonSerializer.Serialize(new { Allow = Nodes.ContainsValue((string)System.Text.Json.Nodes.JsonNode.Parse(body)!["NodePublic"]!) })),
        _ => (404, "404 page not found"),
    };

    private async Task Serve()
    {
        try
        {
            while (true)
                _ = Handle(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Handle(TcpClient client)
    {
        using (client)
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                var first = (await reader.ReadLineAsync())!.Split(' ');
                var (length, authorization) = (0, "");
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                        length = int.Parse(line[15..], CultureInfo.InvariantCulture);
                    else if (line.StartsWith("Authorization:", StringComparison.OrdinalIgnoreCase))
                        authorization = line[14..].Trim();
                var body = new char[length];
                if (length > 0)
                    await reader.ReadBlockAsync(body);
                var (status, text) = Answer($"{first[0]} {first[1]}", authorization, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Status\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\nConnection: close\r\n\r\n{text}"));
            }
            catch (IOException)
            {
            }
    }

    public void Dispose() => _listener.Dispose();
}
