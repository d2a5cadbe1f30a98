using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Derp.Tls;

/// <summary>
/// What the relay's TLS connections have in common: TLS 1.2 or 1.3, the certificate, HTTP/1.1. Nothing is resumed, so nothing is
/// kept of those that are gone. Another certificate may take the place of the one in use: connections live on with theirs.
/// </summary>
internal sealed unsafe class TlsContext : IDisposable
{
    private readonly Lock _gate = new();
    private nint _handle;

    // What devices say is sealed before it comes here; the shorter key costs the machine a fifth less.
    private static ReadOnlySpan<byte> Suites => "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256\0"u8;

    // With forward secrecy and authenticated encryption.
    private static ReadOnlySpan<byte> SuitesOfTls12 => "ECDHE+AESGCM:ECDHE+CHACHA20\0"u8;

    private static ReadOnlySpan<byte> Http11 => "\u0008http/1.1"u8;

    /// <summary>Takes this certificate for the connections that begin from now on.</summary>
    /// <param name="chain">What devices need to trust it, besides itself; may hold it and the root as well.</param>
    /// <param name="meta">Sent last, as it is; null: none.</param>
    /// <exception cref="CryptographicException">The certificate cannot be used.</exception>
    public void Use(X509Certificate2 own, X509Certificate2Collection chain, X509Certificate2? meta) => Exchange(Build(own, chain, meta));

    /// <summary>Begins a connection: OpenSSL's <c>SSL</c>, for its owner to free. From any thread.</summary>
    public nint Begin()
    {
        lock (_gate)
            return OpenSsl.SSL_new(_handle);
    }

    // Each connection holds on to the one that it began with.
    private void Exchange(nint handle)
    {
        lock (_gate)
            (_handle, handle) = (handle, _handle);
        OpenSsl.SSL_CTX_free(handle);
    }

    private static nint Build(X509Certificate2 own, X509Certificate2Collection chain, X509Certificate2? meta)
    {
        // It must outlive every thread: those of the loops may be in it while the process ends.
        _ = OpenSsl.OPENSSL_init_ssl(OpenSsl.NoAtExit, 0);
        var handle = OpenSsl.SSL_CTX_new(OpenSsl.TLS_server_method());
        if (handle == 0)
            throw new CryptographicException("OpenSSL does not start.");
        _ = OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SetMinimumVersion, OpenSsl.Tls12, 0);
        _ = OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SetMode, OpenSsl.ReleaseBuffers, 0);
        _ = OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.SetSessionCache, 0, 0);
        _ = OpenSsl.SSL_CTX_set_num_tickets(handle, 0);
        _ = OpenSsl.SSL_CTX_set_options(handle, OpenSsl.NoRenegotiation | OpenSsl.ServerPreference | OpenSsl.NoTicket);
        OpenSsl.SSL_CTX_set_alpn_select_cb(handle, &SelectProtocol, 0);
        fixed (byte* suites = Suites, older = SuitesOfTls12)
        {
            _ = OpenSsl.SSL_CTX_set_ciphersuites(handle, suites);
            _ = OpenSsl.SSL_CTX_set_cipher_list(handle, older);
        }
        try
        {
            Identify(handle, own);
            foreach (var issuer in chain.Where(c => !c.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span) && c.Subject != c.Issuer))
                Append(handle, issuer);
            if (meta is not null)
                Append(handle, meta);
            return handle;
        }
        catch
        {
            OpenSsl.SSL_CTX_free(handle);
            throw;
        }
    }

    private static void Identify(nint handle, X509Certificate2 own)
    {
        using AsymmetricAlgorithm secret = own.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)own.GetRSAPrivateKey()
            ?? throw new CryptographicException("The certificate's key must be one of ECDSA or RSA.");
        var der = secret.ExportPkcs8PrivateKey();
        nint key;
        fixed (byte* start = der)
        {
            var at = start;
            key = OpenSsl.d2i_AutoPrivateKey(0, &at, der.Length);
        }
        CryptographicOperations.ZeroMemory(der);
        bool taken;
        fixed (byte* raw = own.RawDataMemory.Span)
        {
            taken = OpenSsl.SSL_CTX_use_certificate_ASN1(handle, own.RawDataMemory.Length, raw) == 1 && OpenSsl.SSL_CTX_use_PrivateKey(handle, key) == 1
                && OpenSsl.SSL_CTX_check_private_key(handle) == 1;
        }
        OpenSsl.EVP_PKEY_free(key);
        if (taken)
            return;
        OpenSsl.ERR_clear_error();
        throw new CryptographicException("OpenSSL does not take the certificate or its key.");
    }

    private static void Append(nint handle, X509Certificate2 issuer)
    {
        fixed (byte* raw = issuer.RawDataMemory.Span)
        {
            var at = raw;
            _ = OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.ChainCertificate, 0, OpenSsl.d2i_X509(0, &at, issuer.RawDataMemory.Length));
        }
    }

    // Who names no protocol is not asked; who names others only is told that there is none.
    [UnmanagedCallersOnly]
    private static int SelectProtocol(nint ssl, byte** chosen, byte* length, byte* offered, uint offeredLength, nint argument)
    {
        var own = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Http11));
        return OpenSsl.SSL_select_next_proto(chosen, length, own, (uint)Http11.Length, offered, offeredLength) == OpenSsl.AlpnNegotiated ? OpenSsl.AlpnOk : OpenSsl.AlpnFatal;
    }

    public void Dispose() => Exchange(0);
}
