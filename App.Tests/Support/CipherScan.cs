using System.Diagnostics;
using System.Net;

namespace Gatehouse.Tests.Support;

/// <summary>Which suites a server takes, as <c>openssl s_client</c> sees it.</summary>
internal static class CipherScan
{
    /// <summary>Suites that have to be taken, by version.</summary>
    public static readonly string[] Good = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"];

    /// <summary>Those of CBC, and those without forward secrecy.</summary>
    public static readonly string[] Bad = ["ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA"];

    /// <summary>Holds for a server with a certificate of ECDSA.</summary>
    public static async Task Check(IPEndPoint server)
    {
        foreach (var suite in Good)
            Assert.Contains("Cipher is " + suite, await Connect(server, "-tls1_2", "-cipher", suite + "@SECLEVEL=0"), StringComparison.Ordinal);
        foreach (var suite in Bad)
            Assert.Contains("Cipher is (NONE)", await Connect(server, "-tls1_2", "-cipher", suite + "@SECLEVEL=0"), StringComparison.Ordinal);
        Assert.Contains("Cipher is (NONE)", await Connect(server, "-tls1_1", "-cipher", "ALL@SECLEVEL=0"), StringComparison.Ordinal);
        foreach (var suite in new[] { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256" })
            Assert.Contains("Cipher is " + suite, await Connect(server, "-tls1_3", "-ciphersuites", suite), StringComparison.Ordinal);
    }

    private static async Task<string> Connect(IPEndPoint server, params string[] options)
    {
        var start = new ProcessStartInfo("openssl", ["s_client", "-connect", server.ToString(), .. options]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return string.Concat(said);
    }
}
