using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.Tests.Support;

/// <summary>Checks an answer as a client does that trusts nothing but the public key.</summary>
public static partial class SignedAnswers
{
    /// <summary>Fails unless digest and signature of the answer hold for what was asked.</summary>
    /// <param name="target">Path and query as they were sent.</param>
    /// <param name="host">The Host header as it was sent.</param>
    public static void Check(HttpResponseMessage response, byte[] body, string method, string target, string host, string publicKeyHex)
    {
        var digest = response.Headers.GetValues("Digest").Single();
        Assert.Equal("sha-256=" + Convert.ToBase64String(SHA256.HashData(body)), digest);
        var header = Header().Match(response.Headers.GetValues("Keygen-Signature").Single());
        Assert.True(header.Success);
        var text = $"(request-target): {method.ToLowerInvariant()} {target}\nhost: {host}\ndate: {response.Headers.NonValidated["Date"]}\ndigest: {digest}";
        Assert.True(Ed25519.Verify(Convert.FromBase64String(header.Groups[1].Value), Encoding.UTF8.GetBytes(text), Convert.FromHexString(publicKeyHex)),
            $"The signature does not fit:\n{text}");
    }

    [GeneratedRegex("^keyid=\"[^\"]+\", algorithm=\"ed25519\", signature=\"([A-Za-z0-9+/=]+)\", headers=\"\\(request-target\\) host date digest\"$")]
    private static partial Regex Header();
}
