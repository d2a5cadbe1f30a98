using Gatehouse.Derp.Network;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Hub;

/// <summary>What one device key has sent and received in this epoch, and its own rate limit. Kept after it disconnects.</summary>
internal sealed class Device(NodeKey key)
{
    public long BytesIn, BytesOut, PacketsIn, PacketsOut, Drops, Connects;

    public NodeKey Key => key;

    /// <summary>The key as bytes, as it goes into packets.</summary>
    public byte[] Bytes { get; } = ToBytes(key);

    public TokenBucket Bucket { get; } = new();

    /// <summary>What it has read of the relay's rate, as <see cref="FairShare"/> reckons it and under its lock.</summary>
    public long Tag;

    /// <summary>Live connections of this key; the latest to show life is <see cref="Active"/>. Guarded by the hub's lock.</summary>
    public List<DerpConnection> Clients { get; } = [];

    /// <summary>Where packets for this key go; null while it is not connected.</summary>
    public volatile DerpConnection? Active;

    private static byte[] ToBytes(NodeKey key)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(NodeKey.Size, pinned: true);
        key.Write(bytes);
        return bytes;
    }
}
