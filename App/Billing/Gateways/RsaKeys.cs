using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Billing.Gateways;

/// <summary>RSA keys as gateways hand them out, PEM or bare base64, in either of the two forms of each half; and signatures by them (PKCS #1 v1.5 over SHA-256, in base64).</summary>
internal static class RsaKeys
{
    private const int LeastBits = 1024, MostBits = 8192;

    /// <exception cref="CryptographicException">It is no private key.</exception>
    public static string Sign(string privateKey, string text)
    {
        using var key = Private(privateKey) ?? throw new CryptographicException("This is no private RSA key.");
        return Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>False as well where the key is none, or the signature no base64.</summary>
    public static bool Verify(string publicKey, string text, string? signature)
    {
        using var key = Public(publicKey);
        return key is not null && Base64(signature ?? "") is { } bytes && key.VerifyData(Encoding.UTF8.GetBytes(text), bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    public static bool IsPublic(string text)
    {
        using var key = Public(text);
        return key is not null;
    }

    /// <summary>What is wrong with a private key; null when nothing is.</summary>
    public static string? PrivateFault(string text)
    {
        using var key = Private(text);
        return key is null ? "payments.wrong.private_key" : null;
    }

    /// <summary>What is wrong with a public key; null when nothing is.</summary>
    public static string? PublicFault(string text) => IsPublic(text) ? null : "payments.wrong.public_key";

    /// <summary>Signs and verifies with what was given, and finds the public half that was taken for the gateway's and is one's own.</summary>
    public static (string Field, string Fault)? PairFault(IReadOnlyDictionary<string, string> values)
    {
        using var mine = Private(values.GetValueOrDefault("private_key", ""));
        using var theirs = Public(values.GetValueOrDefault("public_key", ""));
        if (mine is null || theirs is null)
            return null;
        var text = "gatehouse"u8;
        if (!mine.VerifyData(text, mine.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            return ("private_key", "payments.wrong.private_key");
        return mine.ExportParameters(false).Modulus.AsSpan().SequenceEqual(theirs.ExportParameters(false).Modulus) ? ("public_key", "payments.wrong.own_key") : null;
    }

    private static RSA? Private(string text) =>
        Key(text, static (RSA key, byte[] bytes, out int read) => key.ImportPkcs8PrivateKey(bytes, out read), static (RSA key, byte[] bytes, out int read) => key.ImportRSAPrivateKey(bytes, out read));

    private static RSA? Public(string text) =>
        Key(text, static (RSA key, byte[] bytes, out int read) => key.ImportSubjectPublicKeyInfo(bytes, out read), static (RSA key, byte[] bytes, out int read) => key.ImportRSAPublicKey(bytes, out read));

    private delegate void Import(RSA key, byte[] bytes, out int read);

    private static RSA? Key(string text, params ReadOnlySpan<Import> forms)
    {
        if (Base64(Bare(text)) is not { Length: > 0 } bytes)
            return null;
        foreach (var form in forms)
        {
            var key = RSA.Create();
            try
            {
                form(key, bytes, out var read);
                if (read == bytes.Length && key.KeySize is >= LeastBits and <= MostBits)
                    return key;
            }
            catch (CryptographicException)
            {
                // Not in this form; the caller says so when it is in neither.
            }
            key.Dispose();
        }
        return null;
    }

    // What stands between the lines of a PEM, or all of it.
    private static string Bare(string text) => PemEncoding.TryFind(text, out var found) ? text[found.Base64Data] : text;

    private static byte[]? Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
