using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Gatehouse.Tests.Support;

/// <summary>
/// Verifies Ed25519 signatures from the text of RFC 8032 and nothing of the product's, as a stranger's client would. Slow, and
/// only for tests.
/// </summary>
public static class Ed25519
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    private static readonly (BigInteger X, BigInteger Y) Base = BasePoint();

    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey)
    {
        if (signature.Length != 64 || publicKey.Length != 32 || Decode(publicKey) is not { } a || Decode(signature[..32]) is not { } r)
            return false;
        var s = Number(signature[32..]);
        if (s >= Order)
            return false;
        var k = Number(SHA512.HashData([.. signature[..32], .. publicKey, .. message])) % Order;
        return Multiply(s, Base) == Add(r, Multiply(k, a));
    }

    private static (BigInteger X, BigInteger Y)? Decode(ReadOnlySpan<byte> bytes)
    {
        var y = Number(bytes);
        var odd = (y >> 255) == 1;
        y &= (BigInteger.One << 255) - 1;
        if (y >= P)
            return null;
        var square = Mod((y * y - 1) * Inverse(Mod(D * y * y + 1)));
        var x = BigInteger.ModPow(square, (P + 3) / 8, P);
        if (Mod(x * x) != square)
            x = Mod(x * RootOfMinusOne);
        if (Mod(x * x) != square)
            return null;
        return (x.IsEven == odd ? Mod(-x) : x, y);
    }

    private static (BigInteger X, BigInteger Y) BasePoint()
    {
        var y = Mod(4 * Inverse(5));
        var bytes = new byte[32];
        y.ToByteArray(isUnsigned: true).CopyTo(bytes, 0);
        return Decode(bytes)!.Value;
    }

    private static (BigInteger X, BigInteger Y) Add((BigInteger X, BigInteger Y) a, (BigInteger X, BigInteger Y) b)
    {
        var product = Mod(D * a.X * b.X * a.Y * b.Y);
        return (Mod((a.X * b.Y + b.X * a.Y) * Inverse(Mod(1 + product))), Mod((a.Y * b.Y + a.X * b.X) * Inverse(Mod(1 - product))));
    }

    private static (BigInteger X, BigInteger Y) Multiply(BigInteger times, (BigInteger X, BigInteger Y) point)
    {
        var sum = (X: BigInteger.Zero, Y: BigInteger.One);
        for (; times > 0; times >>= 1, point = Add(point, point))
            if (!times.IsEven)
                sum = Add(sum, point);
        return sum;
    }

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static BigInteger Inverse(BigInteger x) => BigInteger.ModPow(x, P - 2, P);

    private static BigInteger Mod(BigInteger x) => ((x % P) + P) % P;
}
