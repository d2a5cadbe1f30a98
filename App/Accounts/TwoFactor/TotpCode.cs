using System.Security.Cryptography;
using System.Text;
using OtpNet;

namespace Gatehouse.Accounts.TwoFactor;

/// <summary>
/// Codes as authenticator apps make them: RFC 6238 with HMAC-SHA-1, six digits and steps of 30 seconds, for apps ignore whatever else an
/// address asks for.
/// </summary>
public static class TotpCode
{
    public const int Digits = 6;

    /// <summary>RFC 4226, section 4: 160 bits.</summary>
    public const int SecretBytes = 20;

    private const long StepMilliseconds = 30_000;

    // RFC 6238, section 5.2: clocks differ, and people type slowly.
    private const int StepsEitherSide = 1;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The secret as people type it into an app: base32 without padding.</summary>
    public static string Text(byte[] secret) => Base32Encoding.ToString(secret).TrimEnd('=');

    /// <summary>What the QR code holds, an <c>otpauth</c> address.</summary>
    /// <param name="site">What this place is called.</param>
    public static string Address(string site, string account, byte[] secret)
    {
        // A colon parts the two in the label, and apps look for it undecoded and decoded.
        var issuer = Uri.EscapeDataString(site.Replace(':', ' ').Trim());
        return $"otpauth://totp/{issuer}:{Uri.EscapeDataString(account)}?secret={Text(secret)}&issuer={issuer}&algorithm=SHA1&digits={Digits}&period={StepMilliseconds / 1000}";
    }

    /// <summary>The code of a step.</summary>
    public static string Of(byte[] secret, long counter) => new Hotp(secret, OtpHashMode.Sha1, Digits).ComputeHOTP(counter);

    /// <summary>The step that a time (unix milliseconds) is in.</summary>
    public static long Counter(long at) => at / StepMilliseconds;

    /// <summary>The step that the code is of, when it is of now or of the step before or after; else null.</summary>
    /// <param name="after">The step of the last code that was taken: this one must be of a later one.</param>
    /// <param name="at">Now, in unix milliseconds.</param>
    public static long? Match(byte[] secret, string code, long after, long at)
    {
        if (!Looks(code))
            return null;
        var now = Counter(at);
        // One that lies ahead of all that may be taken was noted by a clock that was wrong.
        if (after > now + StepsEitherSide)
            after = 0;
        var typed = Encoding.ASCII.GetBytes(code);
        long? found = null;
        for (var counter = now - StepsEitherSide; counter <= now + StepsEitherSide; counter++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(secret, counter)), typed) && counter > after)
                found ??= counter;
        return found;
    }

    /// <summary>Is it six digits?</summary>
    public static bool Looks(string code) => code.Length == Digits && code.All(char.IsAsciiDigit);
}
