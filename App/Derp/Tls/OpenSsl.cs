using System.Runtime.InteropServices;

namespace Gatehouse.Derp.Tls;

/// <summary>
/// The functions of OpenSSL (1.1.1 or 3) that TLS in the relay's loops takes, with its names: see its manual pages. .NET's own
/// stream over the same library would copy everything twice more and wait on other threads.
/// </summary>
internal static unsafe partial class OpenSsl
{
    public const int WantRead = 2, ZeroReturn = 6;
    public const int FlushControl = 11, SourceSink = 0x0400;
    public const int RetryRead = 0x01 | 0x08, AllRetry = 0x0F;
    public const int ChainCertificate = 14, SetMode = 33, SetSessionCache = 44, SetMinimumVersion = 123;
    public const nint ReleaseBuffers = 0x10;
    public const nint Tls12 = 0x0303;
    public const ulong NoRenegotiation = 1UL << 30, ServerPreference = 1UL << 22, NoTicket = 1UL << 14;
    public const int AlpnOk = 0, AlpnFatal = 2, AlpnNegotiated = 1;
    public const ulong NoAtExit = 0x80000;
    private const string Ssl = "libssl", Crypto = "libcrypto";

    [LibraryImport(Ssl)] public static partial int OPENSSL_init_ssl(ulong options, nint settings);
    [LibraryImport(Ssl)] public static partial nint TLS_server_method();
    [LibraryImport(Ssl)] public static partial nint SSL_CTX_new(nint method);
    [LibraryImport(Ssl)] public static partial void SSL_CTX_free(nint context);
    [LibraryImport(Ssl)] public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);
    [LibraryImport(Ssl)] public static partial ulong SSL_CTX_set_options(nint context, ulong options);
    [LibraryImport(Ssl)] public static partial int SSL_CTX_set_num_tickets(nint context, nuint count);
    [LibraryImport(Ssl)] public static partial int SSL_CTX_set_cipher_list(nint context, byte* suites);
    [LibraryImport(Ssl)] public static partial int SSL_CTX_set_ciphersuites(nint context, byte* suites);
    [LibraryImport(Ssl)] public static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte* der);
    [LibraryImport(Ssl)] public static partial int SSL_CTX_use_PrivateKey(nint context, nint key);
    [LibraryImport(Ssl)] public static partial int SSL_CTX_check_private_key(nint context);
    [LibraryImport(Ssl)] public static partial void SSL_CTX_set_alpn_select_cb(nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> select, nint argument);
    [LibraryImport(Ssl)] public static partial int SSL_select_next_proto(byte** chosen, byte* length, byte* server, uint serverLength, byte* client, uint clientLength);
    [LibraryImport(Ssl)] public static partial nint SSL_new(nint context);
    [LibraryImport(Ssl)] public static partial void SSL_free(nint ssl);
    [LibraryImport(Ssl)] public static partial void SSL_set_bio(nint ssl, nint reading, nint writing);
    [LibraryImport(Ssl)] public static partial void SSL_set_accept_state(nint ssl);
    [LibraryImport(Ssl)] public static partial int SSL_do_handshake(nint ssl);
    [LibraryImport(Ssl)] public static partial int SSL_read(nint ssl, byte* buffer, int length);
    [LibraryImport(Ssl)] public static partial int SSL_write(nint ssl, byte* data, int length);
    [LibraryImport(Ssl)] public static partial int SSL_shutdown(nint ssl);
    [LibraryImport(Ssl)] public static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Crypto)] public static partial void ERR_clear_error();
    [LibraryImport(Crypto)] public static partial nint d2i_X509(nint into, byte** der, nint length);
    [LibraryImport(Crypto)] public static partial nint d2i_AutoPrivateKey(nint into, byte** der, nint length);
    [LibraryImport(Crypto)] public static partial void EVP_PKEY_free(nint key);
    [LibraryImport(Crypto)] public static partial int BIO_get_new_index();
    [LibraryImport(Crypto, StringMarshalling = StringMarshalling.Utf8)] public static partial nint BIO_meth_new(int type, string name);
    [LibraryImport(Crypto)] public static partial int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> read);
    [LibraryImport(Crypto)] public static partial int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> write);
    [LibraryImport(Crypto)] public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> control);
    [LibraryImport(Crypto)] public static partial nint BIO_new(nint method);
    [LibraryImport(Crypto)] public static partial void BIO_set_data(nint bio, nint data);
    [LibraryImport(Crypto)] public static partial nint BIO_get_data(nint bio);
    [LibraryImport(Crypto)] public static partial void BIO_set_init(nint bio, int done);
    [LibraryImport(Crypto)] public static partial void BIO_set_flags(nint bio, int flags);
    [LibraryImport(Crypto)] public static partial void BIO_clear_flags(nint bio, int flags);
}
