using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Handler.Abstractions;

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

/// <summary>Opens connections to one engine.</summary>
internal abstract class EngineLine : IAsyncDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    // As many calls of one engine at once; each holds a connection.
    private const int Most = 16;

    /// <exception cref="EngineException">There is no way there, and which is known.</exception>
    public abstract Task<Stream> Open(CancellationToken ct);

    /// <summary>Why a connection that was open broke, where the line knows more than the one at its end.</summary>
    public virtual Task<EngineException?> Explain() => Task.FromResult<EngineException?>(null);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static EngineLine To(EngineAddress address) => address switch
    {
        UnixAddress unix => new UnixLine(unix.Path),
        TlsAddress tls => new TlsLine(tls),
        SshAddress ssh => new SshLine(ssh),
        _ => throw new ArgumentOutOfRangeException(nameof(address)),
    };

    public SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionIdleTimeout = Idle, MaxConnectionsPerServer = Most,
        ConnectCallback = async (_, ct) => await Open(ct),
    };

    protected static async Task<Stream> Unix(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class UnixLine(string path) : EngineLine
    {
        public override Task<Stream> Open(CancellationToken ct) => Unix(path, ct);
    }

    private sealed class TlsLine(TlsAddress address) : EngineLine
    {
        private readonly X509Certificate2Collection _authorities = Authorities(address.Authority);
        private readonly X509Certificate2 _certificate = Read(() => X509Certificate2.CreateFromPem(address.Certificate, address.Key));

        public override async Task<Stream> Open(CancellationToken ct)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            SslStream? stream = null;
            try
            {
                await socket.ConnectAsync(address.Host, address.Port, ct);
                stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
                var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                chain.CustomTrustStore.AddRange(_authorities);
                await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host, CertificateChainPolicy = chain, ClientCertificates = [_certificate] }, ct);
                return stream;
            }
            catch
            {
                socket.Dispose();
                if (stream is not null)
                    await stream.DisposeAsync();
                throw;
            }
        }

        public override ValueTask DisposeAsync()
        {
            _certificate.Dispose();
            foreach (var authority in _authorities)
                authority.Dispose();
            return ValueTask.CompletedTask;
        }

        private static X509Certificate2Collection Authorities(string pem)
        {
            var all = new X509Certificate2Collection();
            _ = Read(() =>
            {
                all.ImportFromPem(pem);
                return all.Count;
            });
            return all.Count > 0 ? all : throw new EngineException(EngineFault.Tls, "the authority is no certificate in PEM");
        }

        private static T Read<T>(Func<T> pem)
        {
            try
            {
                return pem();
            }
            catch (CryptographicException e)
            {
                throw new EngineException(EngineFault.Tls, e.Message, e);
            }
        }
    }
}

/// <summary>Gives the client library our own connections.</summary>
internal sealed class EngineLines : IDockerHandlerFactory<EngineLine>
{
    private static readonly Uri Base = new("http://docker/");

    public ResolvedTransport CreateHandler(EngineLine options, ResolvedClientOptions clientOptions, ILogger logger) => new(options.Handler(), Base);

    public ResolvedTransport CreateHandler(ResolvedClientOptions clientOptions, ILogger logger) => throw new NotSupportedException("An engine is reached by a line.");

    // For attaching to a container or running something inside one: we do neither.
    public Task<WriteClosableStream> HijackStreamAsync(HttpContent content) => throw new NotSupportedException("Connections to engines are not taken over.");
}
