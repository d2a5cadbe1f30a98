using System.Text;

namespace Gatehouse.Derp.Hub;

/// <summary>Why a packet was not delivered.</summary>
internal enum PacketDrop
{
    QueueFull,
    NotHere,
}

/// <summary>Why a connection was ended by the relay.</summary>
internal enum Cut
{
    Request,
    Handshake,
    HandshakeTimeout,
    Oversize,
    Malformed,
    Mesh,
    FrameTimeout,
    Memory,
    SlowReader,
    TimedOut,
    Revoked,
    Kicked,
    Quota,
    Fault,
}

/// <summary>Counters by reason: one per value of the enumeration.</summary>
internal sealed class Tally<T> where T : struct, Enum
{
    private static readonly string[] Names = [.. Enum.GetNames<T>().Select(Snake)];
    private readonly long[] _counts = new long[Names.Length];

    public void Add(T reason, long count = 1) => Interlocked.Add(ref _counts[Convert.ToInt32(reason)], count);

    /// <summary>Name in snake_case and count, of all.</summary>
    public SortedDictionary<string, long> All() =>
        new(Names.Select((name, i) => (name, count: Interlocked.Read(ref _counts[i]))).ToDictionary(p => p.name, p => p.count), StringComparer.Ordinal);

    private static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
            (char.IsUpper(letter) && text.Length > 0 ? text.Append('_') : text).Append(char.ToLowerInvariant(letter));
        return text.ToString();
    }
}
