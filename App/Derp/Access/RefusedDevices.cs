using System.Net;
using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Access;

/// <summary>A device that was not let in because it is not on the list.</summary>
/// <param name="Address">Where it tried from last.</param>
/// <param name="At">When, in milliseconds of <see cref="Environment.TickCount64"/>.</param>
public sealed record RefusedDevice(string Key, string Address, long At);

/// <summary>
/// The devices that were refused last: so few that they cost nothing, however many keys a stranger tries. One address (of IPv6, one /64) has a few
/// of the places; where there is no more room, what has tried least goes first, since a device that is refused tries again and again.
/// </summary>
internal sealed class RefusedDevices
{
    public const int Most = 32, MostOfOne = 8;
    private readonly Lock _gate = new();
    private readonly Dictionary<NodeKey, Tried> _known = [];

    private readonly record struct Tried(IPAddress Address, ulong Source, long At, long Times);

    public void Add(NodeKey key, IPAddress address, long now)
    {
        var source = Source(address);
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var before))
            {
                _known[key] = new(address, source, now, before.Times + 1);
                return;
            }
            if (_known.Values.Count(t => t.Source == source) >= MostOfOne)
                Forget(t => t.Source == source);
            else if (_known.Count >= Most)
                Forget(_ => true);
            _known[key] = new(address, source, now, 1);
        }
    }

    /// <summary>Those that tried after that, the last one first.</summary>
    public IReadOnlyList<RefusedDevice> Since(long after)
    {
        lock (_gate)
            return _known.Count == 0 ? [] : [.. _known.Where(k => k.Value.At > after).OrderByDescending(k => k.Value.At).Select(k => new RefusedDevice(k.Key.ToString(), k.Value.Address.ToString(), k.Value.At))];
    }

    private void Forget(Func<Tried, bool> among) => _known.Remove(_known.Where(k => among(k.Value)).MinBy(k => (k.Value.Times, k.Value.At)).Key);

    private static ulong Source(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var length) ? StunServer.Source(bytes[..length]) : 0;
    }
}
