using System.Diagnostics;
using System.Security.Cryptography;

namespace Gatehouse.Relays.Engines;

/// <summary>A key that a host showed.</summary>
/// <param name="Line">What to keep and give back in <see cref="SshAddress"/>: kind and key, such as <c>ssh-ed25519 AAAA...</c>.</param>
/// <param name="Fingerprint">What a person compares with the host's own: <c>SHA256:...</c> as <c>ssh-keygen -l</c> prints it.</param>
public sealed record SshHostKey(string Line, string Fingerprint);

/// <summary>The keys of a host that nobody has confirmed yet. Whoever is between us and it could show others: a person compares them once.</summary>
public static class SshHostKeys
{
    private const string Scanner = "ssh-keyscan";

    // The one that OpenSSH prefers itself, and what older hosts have.
    private static readonly string[] Kinds = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

    /// <summary>The best key that the host shows.</summary>
    /// <exception cref="EngineException"><see cref="EngineFault.Unreachable"/> or <see cref="EngineFault.NoSsh"/>.</exception>
    public static async Task<SshHostKey> Ask(string host, int port, CancellationToken ct)
    {
        SshLine.CheckWord(host);
        var start = new ProcessStartInfo(Scanner, ["-T", "10", "-p", $"{port}", "--", host]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = SshLine.Started(start);
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        var keys = said[0].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => !l.StartsWith('#')).Select(l => l.Split(' ')).Where(p => p.Length == 3);
        var best = keys.OrderBy(p => Array.IndexOf(Kinds, p[1])).FirstOrDefault(p => Kinds.Contains(p[1]));
        return best is not null ? new SshHostKey($"{best[1]} {best[2]}", Fingerprint(best[2]))
            : throw new EngineException(EngineFault.Unreachable, said[1].Split('\n').FirstOrDefault(l => l.Length > 0 && l[0] != '#') ?? $"{host} port {port} shows no key");
    }

    /// <summary>Of a key in Base64.</summary>
    public static string Fingerprint(string key) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(key))).TrimEnd('=');
}
