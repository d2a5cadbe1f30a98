using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Platform.Crypto;

/// <summary>Random secrets that are shown once and stored as a hash: session ids, API tokens, setup links.</summary>
public static class OpaqueToken
{
    /// <summary>A prefix and 256 random bits in base64url.</summary>
    public static string Create(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 in lower-case hex: the secrets have 256 bits, so a slow hash adds nothing.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
