using System.Numerics;
using System.Security.Cryptography;

namespace Gatehouse.Derp.Network;

/// <summary>
/// A token bucket for each of the last sources seen, in memory of a fixed size. For one thread at a time.
/// A source that is new when its place is taken displaces the one with the fullest bucket: forgetting that one gives away least, and
/// so a flood of invented sources does not free one that has used up its own.
/// </summary>
internal sealed class AnswerCap
{
    private const int Ways = 4;

    private readonly Bucket[] _buckets;
    private readonly int _shift;
    private readonly double _perMillisecond;
    private readonly float _burst;
    private readonly TimeProvider _clock;
    private readonly long _start;
    // Random, so that nobody outside can tell which sources share a place.
    private readonly ulong _spread = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <param name="sources">How many are remembered: a power of two, at least 8.</param>
    public AnswerCap(int perSecond, int burst, int sources, TimeProvider clock)
    {
        _buckets = new Bucket[sources];
        _shift = 64 - BitOperations.Log2((uint)(sources / Ways));
        _perMillisecond = perSecond / 1000.0;
        _burst = burst;
        _clock = clock;
        _start = clock.GetTimestamp();
    }

    /// <summary>Takes a token of this source; false when it has none left.</summary>
    public bool Take(ulong source)
    {
        var now = (uint)(long)_clock.GetElapsedTime(_start).TotalMilliseconds;
        var set = _buckets.AsSpan((int)((source * _spread) >> _shift) * Ways, Ways);
        ref var fullest = ref set[0];
        var most = -1f;
        foreach (ref var bucket in set)
        {
            var tokens = bucket.Used ? Math.Min(_burst, bucket.Tokens + (float)((now - bucket.At) * _perMillisecond)) : float.MaxValue;
            if (bucket.Used && bucket.Source == source)
            {
                bucket.At = now;
                bucket.Tokens = tokens;
                return bucket.Take();
            }
            if (tokens > most)
            {
                fullest = ref bucket;
                most = tokens;
            }
        }
        fullest = new Bucket { Used = true, Source = source, At = now, Tokens = _burst };
        return fullest.Take();
    }

    private struct Bucket
    {
        public ulong Source;
        // Milliseconds since the start. It comes round after 49 days, at worst with a full bucket.
        public uint At;
        public float Tokens;
        public bool Used;

        public bool Take()
        {
            if (Tokens < 1)
                return false;
            Tokens--;
            return true;
        }
    }
}
