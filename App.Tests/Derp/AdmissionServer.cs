using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Tests.Derp;

/// <summary>One admission request, as its bytes came.</summary>
internal sealed record AdmissionRequest(string RequestLine, Dictionary<string, string> Headers, string Body);

/// <summary>An admission URL on a raw socket, so that a test sees exactly what was asked and can answer anything.</summary>
internal sealed class AdmissionServer : IAsyncDisposable
{
    public const string Yes = """{"Allow":true}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<AdmissionRequest> _asked = [];
    private readonly Task _serving;

    public AdmissionServer()
    {
        _listener.Start();
        _serving = Serve();
    }

    /// <summary>With a secret in its path, as operators have it.</summary>
    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/admit/secret-in-path?x=1";

    /// <summary>The whole answer to a request, head and body; null: none at all.</summary>
    public Func<AdmissionRequest, string?> Answer { get; set; } = _ => Http(200, Yes);

    public List<AdmissionRequest> Asked
    {
        get
        {
            lock (_asked)
                return [.. _asked];
        }
    }

    public static string Http(int status, string body, string type = "application/json") =>
        $"HTTP/1.1 {status} Status\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    private async Task Serve()
    {
        try
        {
            while (true)
                _ = Handle(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Handle(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = await Head(stream);
                var headers = head[1..].Select(l => l.Split(": ", 2)).ToDictionary(p => p[0], p => p[1], StringComparer.OrdinalIgnoreCase);
                var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"))];
                await stream.ReadExactlyAsync(body, _stop.Token);
                var request = new AdmissionRequest(head[0], headers, Encoding.UTF8.GetString(body));
                lock (_asked)
                    _asked.Add(request);
                if (Answer(request) is { } answer)
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
                else
                    await Task.Delay(Timeout.Infinite, _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
            }
        }
    }

    private async Task<string[]> Head(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            head.Append((char)one[0]);
        }
        return head.ToString().TrimEnd().Split("\r\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
    }
}
