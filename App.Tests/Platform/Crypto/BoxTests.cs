using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Tests.Platform.Crypto;

public sealed class BoxTests
{
    // NaCl's tests/box.c (keys: RFC 7748 section 6.1): Alice to Bob.
    private const string AliceSecret = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    private const string AlicePublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    private const string BobSecret = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    private const string BobPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    private const string Nonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";

    private const string Message = "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
        + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705";

    private const string Cipher = "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
        + "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
        + "7973f622a43d14a6599b1f654cb45a74e355a5";

    [Theory]
    [InlineData(AliceSecret, AlicePublic)]
    [InlineData(BobSecret, BobPublic)]
    public void A_public_key_is_the_published_one(string secret, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Box.PublicKey(Hex(secret))));

    [Fact]
    public void The_published_box_is_made_and_opened()
    {
        var made = new byte[Message.Length / 2 + 16];
        Assert.True(Sodium.BoxSeal(made, Hex(Message), Hex(Nonce), Hex(BobPublic), Hex(AliceSecret)));
        Assert.Equal(Cipher, Convert.ToHexStringLower(made));
        Assert.Equal(Message, Convert.ToHexStringLower(Box.Open(Hex(Nonce + Cipher), Hex(AlicePublic), Hex(BobSecret))!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    public void What_was_sealed_opens_and_never_looks_the_same(int length)
    {
        var message = RandomNumberGenerator.GetBytes(length);
        var box = Box.Seal(message, Hex(BobPublic), Hex(AliceSecret));
        Assert.Equal(length + Box.Overhead, box.Length);
        Assert.Equal(message, Box.Open(box, Hex(AlicePublic), Hex(BobSecret)));
        Assert.NotEqual(box, Box.Seal(message, Hex(BobPublic), Hex(AliceSecret)));
    }

    [Fact]
    public void What_was_altered_cut_or_sealed_by_another_does_not_open()
    {
        var box = Hex(Nonce + Cipher);
        for (var i = 0; i < box.Length; i++)
        {
            var altered = box.ToArray();
            altered[i] ^= 1;
            Assert.Null(Box.Open(altered, Hex(AlicePublic), Hex(BobSecret)));
        }
        for (var length = 0; length < Box.Overhead + 2; length++)
            Assert.Null(Box.Open(box.AsSpan(0, length), Hex(AlicePublic), Hex(BobSecret)));
        Assert.Null(Box.Open(box, Hex(BobPublic), Hex(BobSecret)));
    }

    [Fact]
    public void A_key_that_no_one_can_own_is_refused() =>
        Assert.Throws<CryptographicException>(() => Box.Seal("message"u8, new byte[32], Hex(AliceSecret)));

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
