using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Relays.Engines;

/// <summary>The little of a program's header that says where it runs (ELF-64, little endian: System V ABI, chapter 4 and 5).</summary>
internal static class Elf
{
    private const int HeaderSize = 64, MachineAt = 18, TableAt = 32, EntrySizeAt = 54, EntriesAt = 56, Interpreter = 3, Amd64 = 62, Arm64 = 183;

    /// <summary>The machine as Docker names it, and the loader that the program names.</summary>
    /// <exception cref="InvalidDataException">It is no program for a machine that we are built for, or needs no loader.</exception>
    public static (string Machine, string Loader) Read(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[HeaderSize];
        if (file.ReadAtLeast(head, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            throw new InvalidDataException($"{path} is no program of 64 bits.");
        var machine = Number(head, MachineAt) switch { Amd64 => "amd64", Arm64 => "arm64", var other => throw new InvalidDataException($"{path} is for machine {other}.") };
        var table = new byte[Number(head, EntrySizeAt) * Number(head, EntriesAt)];
        file.Position = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(TableAt));
        file.ReadExactly(table);
        for (var at = 0; at < table.Length; at += Number(head, EntrySizeAt))
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(at)) != Interpreter)
                continue;
            var name = new byte[Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(table.AsSpan(at + 32)), 1, 4096)];
            file.Position = BinaryPrimitives.ReadInt64LittleEndian(table.AsSpan(at + 8));
            file.ReadExactly(name);
            return (machine, Encoding.UTF8.GetString(name).TrimEnd('\0'));
        }
        throw new InvalidDataException($"{path} names no loader.");
    }

    private static int Number(byte[] head, int at) => BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(at));
}
