using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Probe;

/// <summary>Asks a STUN server how this machine looks from there.</summary>
internal static class StunProbe
{
    private const int Tries = 3;

    /// <summary>A socket for one server. Null: this machine has no way to addresses of that family.</summary>
    public static async Task<Socket?> Open(IPEndPoint server, CancellationToken ct)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(server, ct);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.AddressNotAvailable)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The round trip of the request that was answered first, the address seen, and how many were sent. Null: no answer in time.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<(TimeSpan Trip, IPEndPoint Seen, int Sent)?> Ask(Socket socket, TimeSpan patience, CancellationToken ct)
    {
        var request = new byte[Stun.RequestSize];
        var answer = new byte[1500];
        // Each its own transaction: which one was answered says how long that one took.
        var sent = new List<(byte[] Transaction, long At)>();
        while (sent.Count < Tries)
        {
            var transaction = RandomNumberGenerator.GetBytes(Stun.TransactionSize);
            Stun.WriteRequest(request, transaction);
            sent.Add((transaction, Stopwatch.GetTimestamp()));
            await socket.SendAsync(request, ct);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
            wait.CancelAfter(patience / Tries);
            try
            {
                while (true)
                {
                    var length = await socket.ReceiveAsync(answer, wait.Token);
                    foreach (var (known, at) in sent)
                        if (Seen(answer.AsSpan(0, length), known) is { } seen)
                            return (Stopwatch.GetElapsedTime(at), seen, sent.Count);
                }
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Lost on the way, perhaps: the next try.
            }
        }
        return null;
    }

    private static IPEndPoint? Seen(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> transaction)
    {
        Span<byte> address = stackalloc byte[16];
        return Stun.TryReadAnswer(packet, transaction, address, out var length, out var port) ? new IPEndPoint(new IPAddress(address[..length]), port) : null;
    }
}
