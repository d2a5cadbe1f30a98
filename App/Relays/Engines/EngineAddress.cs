namespace Gatehouse.Relays.Engines;

/// <summary>Where an engine is and how we prove ourselves there.</summary>
public abstract record EngineAddress
{
    // Nothing of a secret gets into a log by way of a record's own text.
    public sealed override string ToString() => GetType().Name;
}

/// <param name="Path">Of its socket on this machine.</param>
public sealed record UnixAddress(string Path = UnixAddress.Usual) : EngineAddress
{
    public const string Usual = "/var/run/docker.sock";
}

/// <summary>An engine that takes a client's certificate (<c>dockerd --tlsverify</c>). Without one it would be anybody's: there is no such address.</summary>
/// <param name="Authority">PEM: who signed the engine's certificate; nobody else is trusted.</param>
/// <param name="Certificate">PEM, ours.</param>
/// <param name="Key">PEM, of ours.</param>
public sealed record TlsAddress(string Host, int Port, string Authority, string Certificate, string Key) : EngineAddress;

/// <summary>An engine whose socket SSH forwards to us.</summary>
/// <param name="HostKey">What the host was confirmed by, such as <c>ssh-ed25519 AAAA...</c> (<see cref="SshHostKeys"/>).</param>
/// <param name="Alias">The name that the key is kept under, so that it holds when the address changes.</param>
/// <param name="PrivateKey">As OpenSSH reads it, without a passphrase; null: by password.</param>
/// <param name="Socket">The engine's, on the host.</param>
public sealed record SshAddress(string User, string Host, int Port, string HostKey, string Alias, string? PrivateKey, string? Password, string Socket = UnixAddress.Usual) : EngineAddress;
