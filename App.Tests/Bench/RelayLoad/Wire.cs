using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Bench;

/// <summary>One client of a relay, upgraded and greeted: a blocking byte stream of frames from there on.</summary>
internal sealed partial class Wire : IDisposable
{
    public const int Header = 5, Key = 32;
    private const int Nonce = 24, Tag = 16, Magic = 8;
    private const byte ServerKey = 1, ClientInfo = 2, ServerInfo = 3;

    private readonly Socket _socket;
    private readonly Tls? _tls;

    public Wire(IPEndPoint relay, bool tls)
    {
        _socket = new Socket(relay.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(relay);
        if (tls)
            _tls = new Tls(_socket);
        Join(relay);
    }

    public byte[] PublicKey { get; } = new byte[Key];

    /// <summary>Of the keys of those that come, one after another; null: they are made up.</summary>
    public static string? Seed { get; set; }

    private static int _made;

    /// <summary>The next key.</summary>
    public static void Make(Span<byte> publicKey, Span<byte> secret) =>
        _ = Seed is null ? crypto_box_keypair(publicKey, secret) : crypto_box_seed_keypair(publicKey, secret, SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed} {Interlocked.Increment(ref _made)}")));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_tls is not null)
        {
            _tls.Write(bytes);
            return;
        }
        while (bytes.Length > 0)
            bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>At least one byte.</summary>
    public int Receive(Span<byte> buffer)
    {
        var read = _tls?.Read(buffer) ?? _socket.Receive(buffer);
        return read > 0 ? read : throw new IOException("the relay closed the connection");
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _socket.Dispose();
    }

    private void Join(IPEndPoint relay)
    {
        Span<byte> secret = stackalloc byte[Key];
        Make(PublicKey, secret);
        Send(Encoding.ASCII.GetBytes($"GET /derp HTTP/1.1\r\nHost: {relay}\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n"));
        var head = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            _ = Receive(one);
            _ = head.Append((char)one[0]);
        }
        if (!head.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            throw new IOException(head.ToString().Split('\r')[0]);

        var relayKey = Read(ServerKey).AsSpan(Magic, Key);
        var json = "{\"version\":2,\"CanAckPings\":true}"u8;
        Span<byte> info = stackalloc byte[Header + Key + Nonce + Tag + json.Length];
        info[0] = ClientInfo;
        BinaryPrimitives.WriteInt32BigEndian(info[1..], info.Length - Header);
        PublicKey.CopyTo(info[Header..]);
        var nonce = info.Slice(Header + Key, Nonce);
        randombytes_buf(nonce, Nonce);
        _ = crypto_box_easy(info[(Header + Key + Nonce)..], json, (ulong)json.Length, nonce, relayKey, secret);
        Send(info);
        _ = Read(ServerInfo);
    }

    private byte[] Read(byte type)
    {
        var header = new byte[Header];
        Fill(header);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
        Fill(payload);
        return header[0] == type ? payload : throw new IOException($"frame {header[0]:x2} instead of {type:x2}");
    }

    private void Fill(Span<byte> buffer)
    {
        while (buffer.Length > 0)
            buffer = buffer[Receive(buffer)..];
    }

    [LibraryImport("libsodium")]
    private static partial int crypto_box_keypair(Span<byte> publicKey, Span<byte> secretKey);

    [LibraryImport("libsodium")]
    private static partial int crypto_box_seed_keypair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed);

    [LibraryImport("libsodium")]
    private static partial int crypto_box_easy(Span<byte> box, ReadOnlySpan<byte> message, ulong length, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey);

    [LibraryImport("libsodium")]
    private static partial void randombytes_buf(Span<byte> buffer, nuint size);
}
