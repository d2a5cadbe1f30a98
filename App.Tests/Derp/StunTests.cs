using System.Net;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Tests.Derp;

/// <summary>The bytes, put together by hand (CRC by zlib) and from RFC 5769; and what a server must not answer.</summary>
public sealed class StunTests
{
    private const string Transaction = "0102030405060708090a0b0c";
    private const string Request = "0001" + "0014" + "2112a442" + Transaction + "8022" + "0008" + "7461696c6e6f6465" + "8028" + "0004" + "b32c370f";

    /// <summary>RFC 5769 section 2.2, from 192.0.2.1:32853, with attributes that are not ours.</summary>
    private const string PublishedV4 = "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220" + "002000080001a147e112a643"
        + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7" + "80280004c07d4c96";

    [Fact]
    public void A_request_is_these_40_bytes()
    {
        var made = new byte[Stun.RequestSize];
        Stun.WriteRequest(made, Hex(Transaction));
        Assert.Equal(Request, Convert.ToHexStringLower(made));
        Assert.Equal(Transaction, Read(made));
    }

    [Theory]
    [InlineData("203.0.113.7", 51820, "0101000c2112a442" + Transaction + "0020" + "0008" + "0001" + "eb7e" + "ea12d545")]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677", 32853, "010100182112a442" + Transaction + "0020" + "0014" + "0002" + "a147" + "0113a9fa1336557c0517253b4d5f6d7b")]
    public void An_answer_is_these_bytes(string address, ushort port, string expected)
    {
        var made = new byte[Stun.MaxAnswer];
        var length = Stun.WriteAnswer(made, Hex(Transaction), IPAddress.Parse(address).GetAddressBytes(), port);
        Assert.Equal(expected, Convert.ToHexStringLower(made.AsSpan(0, length)));
        Assert.Equal($"{new IPEndPoint(IPAddress.Parse(address), port)}", ReadAnswer(made.AsSpan(0, length), Transaction));
    }

    [Fact]
    public void The_published_vectors_agree()
    {
        Assert.Equal("192.0.2.1:32853", ReadAnswer(Hex(PublishedV4), "b7e7a701bc34d686fa87dfae"));
        var made = new byte[Stun.MaxAnswer];
        Stun.WriteAnswer(made, Hex("b7e7a701bc34d686fa87dfae"), IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677").GetAddressBytes(), 32853);
        Assert.EndsWith("0002a1470113a9faa5d3f179bc25f4b5bed2b9d9", Convert.ToHexStringLower(made));
    }

    [Theory]
    [InlineData("tailnode before others", "802200087461696c6e6f6465" + "00060003616263ff")]
    [InlineData("after others, with another SOFTWARE too", "802200037a7a7a00" + "802200087461696c6e6f6465")]
    [InlineData("a fingerprint that was not the last", "802200087461696c6e6f6465" + "8028000400000000")]
    public void A_request_may_say_more(string what, string attributes) => Assert.True(Read(Sealed(attributes)) == Transaction, what);

    [Theory]
    [InlineData("no SOFTWARE", "")]
    [InlineData("another SOFTWARE", "8022000874656c6e6f646520")]
    [InlineData("SOFTWARE too long", "802200097461696c6e6f646500000000")]
    [InlineData("an attribute longer than what is left", "8022000c7461696c6e6f6465")]
    public void A_stranger_s_request_is_not_read(string what, string attributes) => Assert.True(Read(Sealed(attributes)) is null, what);

    [Fact]
    public void Nor_is_one_that_any_byte_was_altered_of()
    {
        for (var i = 0; i < Stun.RequestSize; i++)
        {
            var altered = Hex(Request);
            altered[i] ^= 0x81;
            Assert.True(Read(altered) is null, $"byte {i}");
        }
    }

    [Fact]
    public void Nor_one_cut_or_with_something_behind_the_fingerprint()
    {
        for (var length = 0; length < Stun.RequestSize; length++)
            Assert.Null(Read(Hex(Request).AsSpan(0, length)));
        Assert.Null(Read(Hex(Request + "00")));
        Assert.Null(Read(Hex(Request + "80220000")));
        Assert.Null(Read(Hex(Request + "8028000400000000")));
    }

    [Fact]
    public void An_answer_to_something_else_is_not_read()
    {
        var answer = "0101000c2112a442" + Transaction + "002000080001eb7eea12d545";
        Assert.NotNull(ReadAnswer(Hex(answer), Transaction));
        Assert.Null(ReadAnswer(Hex(answer), "ff02030405060708090a0b0c"));
        Assert.Null(ReadAnswer(Hex("0111" + answer[4..]), Transaction));
        Assert.Null(ReadAnswer(Hex(answer.Replace("002000080001", "002000080003")), Transaction));
        Assert.Null(ReadAnswer(Hex("01010000" + answer[8..]), Transaction));
        Assert.Null(ReadAnswer(Hex(Request), Transaction));
        for (var length = 0; length < answer.Length / 2; length++)
            Assert.Null(ReadAnswer(Hex(answer).AsSpan(0, length), Transaction));
    }

    [Theory]
    [InlineData("000100080001ca6ccb007107")]
    [InlineData("000100080001ca6c0a000001" + "002000080001eb7eea12d545")]
    [InlineData("802000080001eb7eea12d545" + "000100080001ca6c0a000001")]
    public void The_plain_address_counts_only_without_a_masked_one(string attributes) =>
        Assert.Equal("203.0.113.7:51820", ReadAnswer(Hex("0101" + $"{attributes.Length / 2:x4}" + "2112a442" + Transaction + attributes), Transaction));

    [Fact]
    public void Nothing_allocates_and_no_bytes_make_it_throw()
    {
        var random = new Random(345678);
        var packet = new byte[120];
        var answer = new byte[Stun.MaxAnswer];
        var transaction = Hex(Transaction);
        var request = Hex(Request);
        var address = new byte[16];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(packet);
            // Half of them look like STUN at first.
            if (i % 2 == 0)
                request.AsSpan(0, 8 + 12).CopyTo(packet);
            if (i % 4 == 0)
                (packet[0], packet[1], packet[2], packet[3]) = (1, 1, 0, (byte)random.Next(110));
            var some = packet.AsSpan(0, random.Next(packet.Length));
            Assert.False(Stun.TryReadRequest(some, out _));
            Stun.TryReadAnswer(some, transaction, address, out _, out _);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Stun.WriteRequest(packet, transaction);
            if (Stun.TryReadRequest(packet.AsSpan(0, Stun.RequestSize), out var read))
                Stun.WriteAnswer(answer, read, address, 1);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string? Read(ReadOnlySpan<byte> packet) => Stun.TryReadRequest(packet, out var transaction) ? Convert.ToHexStringLower(transaction) : null;

    private static string? ReadAnswer(ReadOnlySpan<byte> packet, string transaction)
    {
        var address = new byte[16];
        return Stun.TryReadAnswer(packet, Hex(transaction), address, out var length, out var port) ? new IPEndPoint(new IPAddress(address.AsSpan(0, length)), port).ToString() : null;
    }

    /// <summary>A request with these attributes and a right fingerprint at its end.</summary>
    private static byte[] Sealed(string attributes)
    {
        var head = Hex("0001" + $"{attributes.Length / 2 + 8:x4}" + "2112a442" + Transaction + attributes);
        var crc = uint.MaxValue;
        foreach (var b in head)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return [.. head, .. Hex("80280004"), .. Hex($"{~crc ^ 0x5354554E:x8}")];
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
