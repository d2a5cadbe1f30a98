using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Tests.Billing.Support;

/// <summary>Signatures as gateways make and check them, written apart from the product.</summary>
internal static class Signatures
{
    /// <summary>A key pair in bare base64 of PKCS #8 and SPKI.</summary>
    public static (string Private, string Public) NewPair()
    {
        using var rsa = RSA.Create(2048);
        return (Convert.ToBase64String(rsa.ExportPkcs8PrivateKey()), Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()));
    }

    public static string Rsa(string privateKey, string text)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(privateKey), out _);
        return Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public static bool RsaHolds(string publicKey, string text, string signature)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        return rsa.VerifyData(Encoding.UTF8.GetBytes(text), Convert.FromBase64String(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Hmac(string secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    /// <summary>What is signed: sorted by name, without what is empty.</summary>
    public static string Text(IEnumerable<KeyValuePair<string, string>> fields, params string[] without) =>
        string.Join('&', fields.Where(f => !without.Contains(f.Key) && f.Value.Trim().Length > 0).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + "=" + f.Value));
}
