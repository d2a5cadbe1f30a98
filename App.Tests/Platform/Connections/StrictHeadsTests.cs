using System.Net.Sockets;
using System.Text;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Connections;

/// <summary>Heads that two readers may take for different requests: whoever writes them is refused.</summary>
public sealed class StrictHeadsTests
{
    private const string Post = "POST /api/validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";

    [Theory]
    [InlineData("Content-Length: 2\r\n\r\n{}", 422)]
    [InlineData("content-length:   2  \r\n\r\n{}", 422)]
    [InlineData("Content-Length: 002\r\n\r\n{}", 422)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 422)]
    [InlineData("Content-Length: +2\r\n\r\n{}", 400)]
    [InlineData("content-length: +2\r\n\r\n{}", 400)]
    [InlineData("CONTENT-LENGTH: +2\r\n\r\n{}", 400)]
    [InlineData("Content-Length: -0\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 2 2\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 2,2\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 0x2\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 2.0\r\n\r\n{}", 400)]
    [InlineData("Content-Length: \u0662\r\n\r\n{}", 400)]
    [InlineData("Content-Length: \r\n\r\n{}", 400)]
    [InlineData("Content-Length: 00000000000000000000002\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 99999999999999999999\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 2\n\r\n{}", 400)]
    [InlineData("X: a\nContent-Length: 2\r\n\r\n{}", 400)]
    [InlineData("Content-Length: 2\r\n\n{}", 400)]
    [InlineData("X: a\rContent-Length: 2\r\n\r\n{}", 400)]
    [InlineData("Content-Length : 2\r\n\r\n{}", 400)]
    [InlineData("X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}", 400)]
    [InlineData("X: a\0b\r\nContent-Length: 2\r\n\r\n{}", 400)]
    [InlineData("Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n", 400)]
    public async Task A_request_has_one_reading(string rest, int status)
    {
        await using var server = await TestServer.Start();
        Assert.StartsWith($"HTTP/1.1 {status} ", await Ask(server, Post + rest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /health HTTP/1.1\nHost: localhost\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\nHost: localhost\n\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: localhost\r\n\n")]
    public async Task A_line_ends_with_both_of_its_characters(string request)
    {
        await using var server = await TestServer.Start();
        Assert.StartsWith("HTTP/1.1 400 ", await Ask(server, request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_length_told_twice_nothing_more_is_read()
    {
        await using var server = await TestServer.Start();
        var answers = await Ask(server, Post.Replace("Connection: close\r\n", "") + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Single(answers.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries));
    }

    // All that comes until the server closes.
    private static async Task<string> Ask(TestServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (text, buffer) = (new StringBuilder(), new byte[8192]);
        try
        {
            while (await stream.ReadAsync(buffer, patience.Token) is > 0 and var count)
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // Closed with some of it unread.
        }
        return text.ToString();
    }
}
