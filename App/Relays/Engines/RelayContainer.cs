using System.Security.Cryptography;
using System.Text;
using Docker.DotNet.Models;

namespace Gatehouse.Relays.Engines;

/// <summary>The container of one slot as it should be. Nothing here is secret: what is goes in as files (<see cref="RelayFile"/>).</summary>
/// <param name="Name">Its idempotency: an engine has a name once. Such as <c>gh-APPLIANCE-SLOT-g3</c>.</param>
/// <param name="Image">Its name and tag (<see cref="RelayImage.Tag"/>).</param>
/// <param name="Volume">Where its files lie; it stays when the container goes.</param>
/// <param name="DerpPort">On the host, TCP.</param>
/// <param name="StunPort">On the host, UDP.</param>
/// <param name="Listen">The host's address that the ports are opened on; empty: all. <c>0.0.0.0</c> where the engine's bridge has no IPv6, since devices would be told a wrong address over it.</param>
/// <param name="Options">Of the relay, as its command line takes them.</param>
/// <param name="Memory">In bytes, at least 6 MiB.</param>
public sealed record RelayContainer(string Name, string Image, string Rental, string Slot, string Volume, int DerpPort, int StunPort, string Listen, IReadOnlyList<string> Options, long Memory, long Processes = 64)
{
    public const string Managed = "gatehouse.managed", RentalLabel = "gatehouse.rental", SlotLabel = "gatehouse.slot", SpecLabel = "gatehouse.spec";

    /// <summary>Where <see cref="RelayFile"/>s lie inside: the one place it can write.</summary>
    public const string Data = "/data";

    internal const string User = "65532:65532";
    private const string DerpInside = "8443/tcp", StunInside = "3478/udp";

    /// <summary>Where <see cref="LinkFolder"/> lies inside.</summary>
    public const string Link = "/link";

    private const string Relay = "relay";

    /// <summary>The program's command in it. One that is not the relay's own listens inside on the ports that it has outside.</summary>
    public string Command { get; init; } = Relay;

    /// <summary>A folder of this machine with the appliance's socket, which it sees and cannot change; empty: none.</summary>
    public string LinkFolder { get; init; } = "";

    /// <summary>What else makes it another one when it changes; nothing secret.</summary>
    public string Stamp { get; init; } = "";

    internal bool IsRelay => Command == Relay;

    /// <summary>Null: its image's own.</summary>
    internal IList<string>? Entrypoint => IsRelay ? null : ["/gatehouse", Command];

    /// <summary>By what it listens on inside, the host's ports.</summary>
    internal IReadOnlyList<(string Inside, int Outside)> Ports => [(IsRelay ? DerpInside : $"{DerpPort}/tcp", DerpPort), (IsRelay ? StunInside : $"{StunPort}/udp", StunPort)];

    /// <summary>What it is told by: another one means that a container was made for something else. What was changed of one since is seen by its fields (<see cref="ContainerField"/>).</summary>
    public string Spec => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
        (string[])["1", Image, Rental, Slot, Volume, $"{DerpPort}", $"{StunPort}", Listen, $"{Memory}", $"{Processes}", .. Options, .. IsRelay ? (string[])[] : [Command, LinkFolder, Stamp]]))))[..32];

    internal Dictionary<string, string> Labels(string owner) => new() { [Managed] = owner, [RentalLabel] = Rental, [SlotLabel] = Slot, [SpecLabel] = Spec };

    /// <param name="limits">The engine can hold it to its limits: one that cannot only warns, but says so for each container.</param>
    internal CreateContainerParameters Body(string owner, bool limits)
    {
        var host = new HostConfig();
        var body = new CreateContainerParameters { Name = Name, HostConfig = host };
        foreach (var field in ContainerField.All.Where(f => limits || !f.Limit))
            field.Ask(this, owner, body, host);
        return body;
    }

    /// <summary>What lies where inside.</summary>
    internal IList<Mount> Mounts(string owner) =>
        [.. LinkFolder.Length == 0 ? (Mount[])[] : [new Mount { Type = "bind", Source = LinkFolder, Target = Link, ReadOnly = true }], new Mount { Type = "volume", Source = Volume, Target = Data, VolumeOptions = new VolumeOptions { Labels = new Dictionary<string, string> { [Managed] = owner, [SlotLabel] = Slot } } }];
}

/// <summary>A file that is put into a container's data before it starts: a key, a certificate, a token. Only its own user reads it.</summary>
public sealed record RelayFile(string Name, byte[] Content)
{
    public override string ToString() => Name;
}
