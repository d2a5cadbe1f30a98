using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Gatehouse.Derp.Protocol;

/// <summary>The 32-byte public key of a device (or relay), as the network's clients know each other by.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct NodeKey(ulong A, ulong B, ulong C, ulong D)
{
    public const int Size = 32;
    public const string Prefix = "nodekey:";

    /// <param name="bytes">At least 32.</param>
    public NodeKey(ReadOnlySpan<byte> bytes) : this(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]))
    {
    }

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, A);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], B);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], C);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], D);
    }

    // A key is random already: any part of it spreads.
    public override int GetHashCode() => A.GetHashCode();

    /// <summary>64 lowercase hex digits.</summary>
    public string Hex()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary><c>nodekey:</c> and 64 hex digits, as clients print it.</summary>
    public override string ToString() => Prefix + Hex();

    /// <summary>Reads what <see cref="ToString"/> writes; the prefix may be missing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NodeKey key)
    {
        key = default;
        var hex = text.AsSpan().Trim();
        if (hex.StartsWith(Prefix))
            hex = hex[Prefix.Length..];
        Span<byte> bytes = stackalloc byte[Size];
        if (hex.Length != Size * 2 || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        key = new NodeKey(bytes);
        return true;
    }
}
