using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Tests.BadInput;

/// <summary>HTTP/1.1 by hand over one connection at a time, so that what no client library would send can be sent.</summary>
internal sealed class RawHttp(Uri server) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private TcpClient? _client;

    /// <summary>Sends the bytes and returns the answer's status with its head; 0 where the server closes without one.</summary>
    /// <param name="head">The answer has no body, as for HEAD.</param>
    /// <param name="last">Nothing follows: the sending half is closed, so that a body that lacks something ends there.</param>
    public async Task<(int Status, string Head)> Send(byte[] request, bool head = false, bool last = false)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (_client is null)
            {
                _client = new TcpClient { NoDelay = true };
                await _client.ConnectAsync(server.Host, server.Port, patience.Token);
            }
            var stream = _client.GetStream();
            await stream.WriteAsync(request, patience.Token);
            if (last)
                _client.Client.Shutdown(SocketShutdown.Send);
            var (status, told) = await Read(stream, head, patience.Token);
            if (last || told.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase))
                Dispose();
            return (status, told);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Dispose();
            return (0, "");
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private static async Task<(int, string)> Read(NetworkStream stream, bool head, CancellationToken ct)
    {
        var reader = new Reader(stream, ct);
        var lines = new List<string>();
        do
        {
            lines.Clear();
            while (await reader.Line() is { Length: > 0 } line)
                lines.Add(line);
        }
        while (lines[0].StartsWith("HTTP/1.1 1", StringComparison.Ordinal));
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        if (!head && status is not (204 or 304))
        {
            if (Of("Transfer-Encoding:") is not null)
                for (var size = -1; size != 0;)
                {
                    size = int.Parse(await reader.Line(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    await reader.Skip(size + 2);
                }
            else if (Of("Content-Length:") is { } length)
                await reader.Skip(int.Parse(length, CultureInfo.InvariantCulture));
        }
        return (status, string.Join("\r\n", lines));

        string? Of(string name) => lines.Find(l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase))?[name.Length..].Trim();
    }

    private sealed class Reader(NetworkStream stream, CancellationToken ct)
    {
        private readonly byte[] _buffer = new byte[16 * 1024];
        private int _at, _end;

        public async Task<string> Line()
        {
            var line = new StringBuilder();
            for (; ; )
            {
                var c = (char)await Next();
                if (c == '\n')
                    return line.ToString().TrimEnd('\r');
                line.Append(c);
            }
        }

        public async Task Skip(int bytes)
        {
            for (; bytes > 0; bytes--)
                await Next();
        }

        private async ValueTask<byte> Next()
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await stream.ReadAsync(_buffer, ct));
                if (_end == 0)
                    throw new IOException("The server has closed the connection.");
            }
            return _buffer[_at++];
        }
    }
}
