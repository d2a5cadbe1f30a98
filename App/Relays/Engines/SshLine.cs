using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Relays.Engines;

/// <summary>
/// The engine's socket on a host, forwarded to a socket here by one <c>ssh</c> that all connections share: nothing of Docker's is needed
/// there beside the engine. It is started when first needed and again when it has ended. Only the key that was confirmed is taken.
/// </summary>
internal sealed class SshLine : EngineLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int MaxSaid = 4096;
    private readonly SshAddress _address;
    private readonly SemaphoreSlim _one = new(1);
    private readonly StringBuilder _said = new();
    private Process? _process;
    private Task _reading = Task.CompletedTask;
    private string? _folder;

    /// <exception cref="ArgumentException">The user, host or socket could be taken for an option.</exception>
    public SshLine(SshAddress address)
    {
        _address = address;
        foreach (var word in new[] { address.User, address.Host, address.Alias, address.Socket })
            CheckWord(word);
        if (address.Socket.Contains(':', StringComparison.Ordinal) || !address.Socket.StartsWith('/') || address.HostKey.Split(' ').Length != 2)
            throw new ArgumentException("The socket is an absolute path without a colon, the host's key has two parts.", nameof(address));
    }

    private string Local => Path.Combine(_folder!, "engine");

    public override async Task<Stream> Open(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_process is not { HasExited: false })
                await Start(ct);
            return await Unix(Local, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    // It says why beside the connection, which may end a little before. Said once: it means nothing for what breaks later.
    public override async Task<EngineException?> Explain()
    {
        for (var tries = 0; Said().Length == 0 && tries < 10; tries++)
            await Task.Delay(20);
        lock (_said)
        {
            var said = Said();
            _said.Clear();
            return said.Length == 0 ? null : Fault(said);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _one.WaitAsync();
        await Stop();
    }

    internal static void CheckWord(string word)
    {
        if (word.Length == 0 || word[0] == '-' || word.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new ArgumentException("It has no spaces and does not begin with a hyphen.", nameof(word));
    }

    internal static Process Started(ProcessStartInfo start)
    {
        // Its words are read below.
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new EngineException(EngineFault.NoSsh, $"{start.FileName}: {e.Message}", e);
        }
    }

    private async Task Start(CancellationToken ct)
    {
        await Stop();
        // Short: the path of a socket has 107 characters at most.
        _folder = Directory.CreateTempSubdirectory("gh-ssh-").FullName;
        var start = new ProcessStartInfo("ssh", Arguments()) { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (_address.PrivateKey is null)
        {
            start.Environment["SSH_ASKPASS"] = Path.Combine(_folder, "answer");
            start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        }
        _process = Started(start);
        _process.StandardInput.Close();
        _reading = Task.WhenAll(Read(_process.StandardError), Read(_process.StandardOutput));
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!File.Exists(Local))
        {
            if (_process.HasExited)
            {
                await _reading;
                throw Fault(Said());
            }
            if (Environment.TickCount64 > until)
            {
                await Stop();
                throw new EngineException(EngineFault.Unreachable, "no answer in time");
            }
            await Task.Delay(20, ct);
        }
    }

    private string[] Arguments()
    {
        Write("known_hosts", $"{_address.Alias} {_address.HostKey}\n");
        string[] proof;
        if (_address.PrivateKey is { } key)
        {
            Write("key", key.TrimEnd() + "\n");
            proof = ["-i", Path.Combine(_folder!, "key"), "-o", "BatchMode=yes"];
        }
        else
        {
            // Neither in its arguments nor in its environment, which others may read: asked for by a program, which reads a file of ours.
            Write("password", _address.Password + "\n");
            Write("answer", $"#!/bin/sh\nexec cat '{Path.Combine(_folder!, "password")}'\n");
            File.SetUnixFileMode(Path.Combine(_folder!, "answer"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            proof = ["-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1"];
        }
        string[] options =
        [
            "IdentitiesOnly=yes", "StrictHostKeyChecking=yes", $"UserKnownHostsFile={Path.Combine(_folder!, "known_hosts")}", "GlobalKnownHostsFile=/dev/null", $"HostKeyAlias={_address.Alias}",
            "UpdateHostKeys=no", "ConnectTimeout=15", "ServerAliveInterval=15", "ServerAliveCountMax=3", "ExitOnForwardFailure=yes", "IdentityAgent=none", "ControlPath=none", "LogLevel=INFO",
        ];
        return ["-N", "-T", "-F", "none", .. proof, .. options.SelectMany(o => new[] { "-o", o }), "-L", $"{Local}:{_address.Socket}", "-p", $"{_address.Port}", "-l", _address.User, "--", _address.Host];
    }

    private void Write(string name, string text) => PrivateFile.Write(Path.Combine(_folder!, name), Encoding.UTF8.GetBytes(text), Path.Combine(_folder!, name + ".new"));

    private async Task Stop()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
                _process.Kill();
            await _process.WaitForExitAsync();
            await _reading;
            _process.Dispose();
            _process = null;
        }
        lock (_said)
            _said.Clear();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        _folder = null;
    }

    // The last of what it says.
    private async Task Read(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
            lock (_said)
            {
                _said.Append(line.Trim()).Append('\n');
                if (_said.Length > MaxSaid)
                    _said.Remove(0, _said.Length - MaxSaid);
            }
    }

    private string Said()
    {
        lock (_said)
            return _said.ToString().Trim();
    }

    private static EngineException Fault(string said)
    {
        // With the key in the file, one of another kind is as much another key as one of the same.
        (string Text, EngineFault Fault)[] texts =
        [
            ("Host key verification failed", EngineFault.HostKeyChanged), ("IDENTIFICATION HAS CHANGED", EngineFault.HostKeyChanged), ("no matching host key type", EngineFault.HostKeyChanged),
            ("Permission denied (", EngineFault.LoginRefused), ("Too many authentication failures", EngineFault.LoginRefused), ("Load key", EngineFault.LoginRefused),
            ("open failed: ", EngineFault.NoSocket),
        ];
        var fault = texts.Where(t => said.Contains(t.Text, StringComparison.OrdinalIgnoreCase)).Select(t => (EngineFault?)t.Fault).FirstOrDefault() ?? EngineFault.Unreachable;
        return new EngineException(fault, said.Split('\n')[^1]);
    }
}

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
