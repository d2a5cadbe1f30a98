using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Access;

/// <summary>
/// A file of the devices that may connect: <c>nodekey:</c> and 64 hex digits a line, <c>#</c> begins a comment, <c>*</c> alone is
/// everyone. Read again when it changes. While it is wrong, such as half written, what it said before stays in force; when it is
/// gone for a second, nobody may connect.
/// </summary>
internal sealed class AllowFile : IDisposable
{
    private const int LookEvery = 500, GoneAfterLooks = 3;
    private readonly string _path;
    private readonly Func<bool, List<NodeKey>, int> _allow;
    private readonly ILogger _log;
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private (DateTime Written, long Length) _seen;
    private int _missing;

    private AllowFile(string path, Func<bool, List<NodeKey>, int> allow, ILogger log)
    {
        (_path, _allow, _log) = (path, allow, log);
        Read();
        // Asked for rather than waited for: it works on every file system, and when the file is replaced by another.
        _timer = new Timer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <param name="allow">Puts the list in force: everyone or these keys. Returns how many connections that cut.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is no key.</exception>
    public static AllowFile Watch(string path, Func<bool, List<NodeKey>, int> allow, ILogger log) => new(path, allow, log);

    /// <exception cref="InvalidDataException">A line is no key.</exception>
    public static (bool Everyone, List<NodeKey> Keys) Parse(IEnumerable<string> lines)
    {
        var everyone = false;
        var keys = new List<NodeKey>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.Split('#')[0].Trim();
            if (text == "*")
                everyone = true;
            else if (text.Length > 0)
                keys.Add(NodeKey.TryParse(text, out var key) ? key : throw new InvalidDataException($"line {number} is no key: a line is nodekey: and 64 hex digits, or * for everyone"));
        }
        return (everyone, keys);
    }

    /// <summary>Reads it at once, whether or not it looks as before.</summary>
    public void Reread()
    {
        lock (_gate)
        {
            _seen = default;
            Look();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            try
            {
                if (!File.Exists(_path))
                {
                    Missing();
                    return;
                }
                _missing = 0;
                if (Stamp() != _seen)
                    Read();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                _log.LogWarning("{File} cannot be used, so its last contents stay in force: {Reason}", _path, e.Message);
            }
        }
    }

    // Programs that replace a file may leave a moment between the old and the new.
    private void Missing()
    {
        if (++_missing != GoneAfterLooks)
            return;
        _seen = default;
        _log.LogWarning("{File} is gone: nobody may connect until it is back; {Cut} connections were cut", _path, _allow(false, []));
    }

    private void Read()
    {
        var stamp = Stamp();
        // A wrong file is told once, not twice a second.
        _seen = stamp;
        var (everyone, keys) = Parse(File.ReadLines(_path));
        var cut = _allow(everyone, keys);
        _log.LogInformation("{File} allows {Who}; {Cut} connections were cut", _path, everyone ? "everyone" : $"{keys.Count} keys", cut);
    }

    private (DateTime, long) Stamp()
    {
        var info = new FileInfo(_path);
        return info.Exists ? (info.LastWriteTimeUtc, info.Length) : throw new FileNotFoundException($"{_path} does not exist.");
    }

    public void Dispose() => _timer.Dispose();
}
