using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Hosts;

namespace Gatehouse.Relays.Containers;

/// <summary>The containers of relays: the program as a relays' host of one relay, which dials out to the appliance by a secret of its own.</summary>
public sealed class ContainerForms(SecretBox box, HostService hosts)
{
    internal const string Purpose = "relay.container";
    private const string Name = "gh-";
    private const long Memory = 128 << 20, Processes = 128;

    /// <summary>What an engine calls a container: its id is in it, and that of the appliance.</summary>
    internal static string NameOf(string owner, string id) => $"{Name}{owner}-{id}";

    /// <summary>Which container has that name; null: none of ours.</summary>
    internal static string? IdOf(string owner, string name) => name.StartsWith($"{Name}{owner}-", StringComparison.Ordinal) ? name[(Name.Length + owner.Length + 1)..] : null;

    /// <param name="image">Its tag.</param>
    /// <param name="hash">Of its secret: with another one it is made anew.</param>
    /// <param name="open">The host's address that its port is opened on; empty: all.</param>
    internal static RelayContainer Of(string owner, string id, string rental, string slot, int port, string image, string hash, Home home, string open) =>
        new(NameOf(owner, id), image, rental, slot, NameOf(owner, id), port, port, open, ["--data", RelayContainer.Data], Memory, Processes)
        {
            Command = "relay-host", LinkFolder = home.Folder, Stamp = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hash + home.Url)))[..16],
        };

    /// <summary>What lets it in: a file of its own, neither in its environment nor its labels.</summary>
    internal RelayFile Join(string id, string secret, Home home) => new(HostMemory.Relays, HostMemory.ToJoin(hosts.Token(home.Url, id, secret)));

    /// <summary>A new secret.</summary>
    internal (string Secret, string Hash, string Sealed) Secret()
    {
        var secret = OpaqueToken.Create();
        return (secret, OpaqueToken.Hash(secret), box.Seal(Encoding.ASCII.GetBytes(secret), Purpose));
    }

    /// <summary>The secret of one; null: it is lost.</summary>
    internal string? Open(ContainerSeat seat)
    {
        try
        {
            return seat.Sealed.Length == 0 ? null : Encoding.ASCII.GetString(box.Open(seat.Sealed, Purpose));
        }
        catch (CryptographicException)
        {
            // It gets another one.
            return null;
        }
    }
}
