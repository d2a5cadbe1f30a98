using System.Globalization;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Audit.Chain;

/// <summary>The end of a tenant's audit log as it was at some time.</summary>
public sealed record RememberedHead(string Tenant, long Seq, string Hash);

/// <summary>The head file is there and is none. The message says what to do.</summary>
public sealed class HeadFileException(string path) : Exception($"{path} cannot be read as what it is. Look into who changed it; then gatehouse audit accept writes it anew.");

/// <summary>
/// <c>gatehouse.audit</c> beside the key file: how far each tenant's audit log had come, where the database cannot reach it, so that an end
/// cut off, an emptied log or an older database shows. It is written after the commit, by who committed, and follows what other nodes
/// write: a crash between the two, another node, or two processes at once leave it behind the log, which is no fault, and never before it. Its first line names the key in force: a
/// file that an installation of before has left in the folder is none.
/// </summary>
public sealed partial class HeadFile(DataFolder folder, SecretBox box, ILogger<HeadFile> log) : IDisposable, IAsyncDisposable
{
    public const string FileName = "gatehouse.audit";
    private const string FirstLine = "gatehouse audit log 1 ";
    private readonly Lock _gate = new();
    private Dictionary<string, RememberedHead> _waiting = [];
    private Task _writing = Task.CompletedTask;
    private bool _busy;

    public string Path { get; } = System.IO.Path.Combine(folder.Path, FileName);

    /// <summary>What it remembers, by tenant; null when there is no file, or another installation's.</summary>
    /// <exception cref="HeadFileException"/>
    public IReadOnlyDictionary<string, RememberedHead>? Read()
    {
        if (!File.Exists(Path))
            return null;
        var lines = File.ReadAllLines(Path);
        if (lines is not [var first, ..] || !first.StartsWith(FirstLine, StringComparison.Ordinal))
            throw new HeadFileException(Path);
        if (!IsOurs(first[FirstLine.Length..]))
            return null;
        var found = new Dictionary<string, RememberedHead>();
        foreach (var line in lines.Skip(1))
        {
            if (line.Split('\t') is not [var seq, { Length: > 0 } hash, var tenant] || !long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !found.TryAdd(tenant, new(tenant, number, hash)))
                throw new HeadFileException(Path);
        }
        return found;
    }

    /// <summary>Writes down, soon and not at once, that the log has come so far. It never goes back by this.</summary>
    public void Remember(RememberedHead head)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(head.Tenant, out var known) || known.Seq < head.Seq)
                _waiting[head.Tenant] = head;
            if (_busy)
                return;
            _busy = true;
            _writing = Task.Run(WriteWaiting);
        }
    }

    /// <summary>Writes the file anew with these, at once.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Replace(IEnumerable<RememberedHead> heads)
    {
        PrivateFile.Write(Path, Encoding.UTF8.GetBytes(Text(heads)), $"{Path}.{Guid.NewGuid():N}.part");
    }

    private string Text(IEnumerable<RememberedHead> heads)
    {
        var text = new StringBuilder(FirstLine).Append(box.Fingerprint).Append('\n');
        foreach (var head in heads.OrderBy(h => h.Tenant, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{head.Seq}\t{head.Hash}\t{head.Tenant}\n");
        return text.ToString();
    }

    /// <summary>Returns when what is to be remembered so far is on the disk.</summary>
    public Task Settled()
    {
        lock (_gate)
            return _writing;
    }

    public void Dispose() => Settled().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync() => await Settled();

    // Or written before the key was rotated, which keeps the one of before.
    private bool IsOurs(string fingerprint) => fingerprint == box.Fingerprint || (fingerprint.Length == box.Fingerprint.Length && new KeyFolder(folder.Path).Kept(fingerprint) is not null);

    private void WriteWaiting()
    {
        while (true)
        {
            Dictionary<string, RememberedHead> heads;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _busy = false;
                    return;
                }
                (heads, _waiting) = (_waiting, []);
            }
            try
            {
                // Read anew: another process may have written it.
                var known = Read()?.ToDictionary() ?? [];
                foreach (var head in heads.Values.Where(h => !known.TryGetValue(h.Tenant, out var there) || there.Seq < h.Seq))
                    known[head.Tenant] = head;
                if (!File.Exists(Path) || File.ReadAllText(Path) != Text(known.Values))
                    Replace(known.Values);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or HeadFileException or KeyFileException)
            {
                // It stays behind the log, and is written with the next entry.
                NotWritten(log, Path, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is not up to date: {Reason}")]
    private static partial void NotWritten(ILogger log, string path, string reason);
}
