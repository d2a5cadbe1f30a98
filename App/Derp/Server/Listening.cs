using System.Net;
using System.Net.Sockets;
using Gatehouse.Platform.Hosting;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Derp.Server;

/// <summary>Starts what listens, and tells why it cannot in words for who gave the address.</summary>
internal static class Listening
{
    /// <exception cref="ListenException">It failed for the address.</exception>
    public static async Task Tell(Func<Task> start, IPEndPoint where)
    {
        try
        {
            await start();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new ListenException($"Another program already listens there: {e.Message} Stop it, or give another address.", e);
        }
        catch (SocketException e)
        {
            throw Cannot(where.ToString(), e);
        }
    }

    /// <inheritdoc cref="Tell(Func{Task}, IPEndPoint)"/>
    public static T Tell<T>(Func<T> start, string where)
    {
        try
        {
            return start();
        }
        catch (SocketException e)
        {
            throw Cannot(where, e);
        }
    }

    private static ListenException Cannot(string where, SocketException e) => new($"{where} cannot be listened on: {e.Message}. " + e.SocketErrorCode switch
    {
        SocketError.AccessDenied => "Ports below 1024 need the right CAP_NET_BIND_SERVICE.",
        SocketError.AddressAlreadyInUse => "Another program has it. Stop that, or give another port.",
        _ => "Is it an address of this machine?",
    }, e);
}
