using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Derp.Probe;

/// <summary>The way to a relay, taken one piece at a time: name, TCP, TLS, DERP.</summary>
internal sealed class DerpLine(ProbeTarget target) : IAsyncDisposable
{
    private Stream? _stream;
    private Socket? _socket;

    /// <summary>What the relay showed; null before TLS and without it.</summary>
    public ShownCertificate? Certificate { get; private set; }

    public string RemoteEndPoint => _socket?.RemoteEndPoint?.ToString() ?? "";

    /// <exception cref="SocketException">There is no such name.</exception>
    public async Task<IPAddress[]> Resolve(CancellationToken ct) =>
        IPAddress.TryParse(target.Host, out var address) ? [address] : await Dns.GetHostAddressesAsync(target.Host, ct);

    /// <summary>Connects to the first address that answers; each has its share of the time.</summary>
    /// <exception cref="SocketException">What the last one failed of.</exception>
    public async Task Dial(IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var share = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var last = i == addresses.Count - 1;
            if (!last)
                share.CancelAfter(target.Patience / addresses.Count);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], target.Port), share.Token);
                _socket = socket;
                _stream = new NetworkStream(socket, ownsSocket: true);
                return;
            }
            catch (Exception e) when (!last && (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested)))
            {
                // The next address may answer.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>Takes any certificate, which <see cref="ShownCertificate.Judge"/> looks at afterwards, and returns the protocol's version.</summary>
    public async Task<string> StartTls(CancellationToken ct)
    {
        var tls = new SslStream(_stream!);
        _stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = target.Host,
            // Clients neither fetch missing certificates nor ask for revoked ones.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                Certificate = ShownCertificate.Of(certificate, chain, errors);
                return true;
            },
        }, ct);
        return tls.SslProtocol.ToString().Replace("Tls", "TLS ", StringComparison.Ordinal).Replace("12", "1.2", StringComparison.Ordinal).Replace("13", "1.3", StringComparison.Ordinal);
    }

    /// <exception cref="DerpException"/>
    public Task<DerpClient> Connect(ReadOnlyMemory<byte> secretKey, CancellationToken ct) => DerpClient.Connect(_stream!, target.HostHeader, secretKey, prober: true, ct);

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
        Certificate?.Dispose();
    }
}
