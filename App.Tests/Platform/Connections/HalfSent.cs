using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Tests.Platform.Connections;

/// <summary>Connections that send the beginning of a request and then nothing.</summary>
internal sealed class HalfSent : IDisposable
{
    public static readonly byte[] Head = "GET /health HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray();

    private readonly List<Socket> _open = [];

    /// <summary>How many are there to be looked at.</summary>
    public int Count => _open.Count;

    /// <summary>Opens that many from an address of the loopback network, and sends what each begins with.</summary>
    public async Task Open(Uri server, int count, byte[] begun, string from = "127.0.0.1")
    {
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _open.Add(socket);
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), patience.Token);
                await socket.SendAsync(begun, patience.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Refused already, or not read.
            }
        }
    }

    /// <summary>How many the server neither refused nor closed.</summary>
    public int Alive => _open.Count(s => s.Connected && !s.Poll(0, SelectMode.SelectRead));

    /// <summary>What the one that was opened last hears until the server closes it.</summary>
    public async Task<string> LastHears()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (buffer, text) = (new byte[4096], new StringBuilder());
        try
        {
            while (await _open[^1].ReceiveAsync(buffer, patience.Token) is > 0 and var count)
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // Closed with what it sent unread.
        }
        return text.ToString();
    }

    public void Dispose() => _open.ForEach(s => s.Dispose());
}
