using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Platform.Outbound;

/// <summary>Requests to places that people named: to addresses that were looked up and found good, to nowhere else that an answer points at, and no more of an answer than is wanted.</summary>
public static class OutboundHttp
{
    /// <summary>A client that follows no redirect, keeps no cookies and waits as long as its caller.</summary>
    /// <param name="resolve">The addresses of a host that may be connected to (<see cref="OutboundAddresses.Resolve"/>); what it throws reaches the caller inside an <see cref="HttpRequestException"/>.</param>
    public static HttpClient Client(Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> resolve) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxResponseHeadersLength = 32, ConnectCallback = async (context, ct) => await Connect(await resolve(context.DnsEndPoint.Host, ct), context.DnsEndPoint.Port, ct),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The beginning of the body as text.</summary>
    /// <param name="most">In bytes.</param>
    public static async Task<string> Text(HttpResponseMessage response, int most, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var (buffer, read) = (new byte[most], 0);
        for (int more; read < buffer.Length && (more = await stream.ReadAsync(buffer.AsMemory(read), ct)) > 0;)
            read += more;
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    private static async Task<Stream> Connect(IReadOnlyList<IPAddress> addresses, int port, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses[i], port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Count)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
