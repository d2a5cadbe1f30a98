using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Tests.Support;
using NSec.Cryptography;
using Ed25519 = Gatehouse.Tests.Support.Ed25519;

namespace Gatehouse.Tests.Platform.Crypto;

public sealed class SodiumTests
{
    /// <summary>RFC 8032 section 7.1, tests 1, 2, 3 and SHA(abc): seed, public key, message, signature.</summary>
    public static readonly TheoryData<string, string, string, string> Published = new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory, MemberData(nameof(Published))]
    public void Ed25519_agrees_with_the_published_vectors(string seed, string publicKey, string message, string signature)
    {
        var key = new SigningKey("test", Convert.FromHexString(seed));
        Assert.Equal(publicKey, key.PublicKeyHex);
        var signed = new byte[SigningKey.SignatureBytes];
        key.Sign(Convert.FromHexString(message), signed);
        Assert.Equal(signature, Convert.ToHexStringLower(signed));
    }

    /// <summary>The stranger's verifier is itself held against the vectors before anything is held against it.</summary>
    [Theory, MemberData(nameof(Published))]
    public void The_independent_verifier_agrees_with_them_too(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(64, seed.Length);
        var key = Convert.FromHexString(publicKey);
        var text = Convert.FromHexString(message);
        var signed = Convert.FromHexString(signature);
        Assert.True(Ed25519.Verify(signed, text, key));
        Assert.False(Ed25519.Verify(signed, [.. text, 0], key));
        signed[0] ^= 1;
        Assert.False(Ed25519.Verify(signed, text, key));
    }

    [Fact]
    public void Ed25519_refuses_what_was_altered()
    {
        var key = new SigningKey("test", RandomNumberGenerator.GetBytes(SigningKey.SeedBytes));
        var publicKey = Convert.FromHexString(key.PublicKeyHex);
        var signature = new byte[SigningKey.SignatureBytes];
        key.Sign("message"u8, signature);
        Assert.True(Ed25519.Verify(signature, "message"u8, publicKey));
        Assert.False(Ed25519.Verify(signature, "massage"u8, publicKey));
        Assert.False(Ed25519.Verify(signature.AsSpan(1), "message"u8, publicKey));
        Assert.False(Ed25519.Verify(signature, "message"u8, publicKey.AsSpan(1)));
        signature[63] ^= 1;
        Assert.False(Ed25519.Verify(signature, "message"u8, publicKey));
    }

    /// <summary>draft-irtf-cfrg-xchacha-03, appendix A.3.1.</summary>
    [Fact]
    public void XChaCha20_Poly1305_agrees_with_the_published_vector()
    {
        var message = Encoding.ASCII.GetBytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
        var associated = Convert.FromHexString("50515253c0c1c2c3c4c5c6c7");
        var key = Convert.FromHexString("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        var nonce = Convert.FromHexString("404142434445464748494a4b4c4d4e4f5051525354555657");
        var algorithm = AeadAlgorithm.XChaCha20Poly1305;
        using var sealing = Key.Import(algorithm, key, KeyBlobFormat.RawSymmetricKey);
        var cipher = algorithm.Encrypt(sealing, nonce, associated, message);
        Assert.Equal(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
            + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49",
            Convert.ToHexStringLower(cipher));
        Assert.Equal(message, algorithm.Decrypt(sealing, nonce, associated, cipher));
        cipher[5] ^= 1;
        Assert.Null(algorithm.Decrypt(sealing, nonce, associated, cipher));
    }
}
