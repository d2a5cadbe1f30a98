using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;

namespace Gatehouse.Accounts.Staff;

/// <summary>Which passwords are taken: long enough, not the name, not among those that everybody tries first. No rule about kinds of characters.</summary>
public static class PasswordRules
{
    // Without what people tell apart badly when they read it aloud.
    private const string OneTimeAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    // The most used ones that are long enough to pass, from published lists of leaked passwords.
    private static readonly FrozenSet<string> Common = new[]
    {
        "0123456789", "0987654321", "1029384756", "1111111111", "1122334455", "1234512345", "1234567890", "12345678900", "12345678910", "123456789a",
        "123456789abc", "123456789q", "123456789qwe", "1234567891", "12345678911", "123123123123", "123321123321", "1357924680", "1472583690", "147258369147",
        "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "1qazxsw23edc", "2222222222", "5555555555", "6666666666", "7777777777", "8888888888", "9876543210",
        "9999999999", "987654321a", "a123456789", "a1b2c3d4e5", "a1234567890", "aa123456789", "abc1234567", "abc123456789", "abcd123456", "abcde12345",
        "abcdefghij", "abcdefghijkl", "administrator", "admin12345", "admin123456", "admin@123456", "adminadmin", "asd123456789", "asdfasdfasdf", "asdfghjkl1",
        "asdfghjkl123", "asdfghjkl;", "asdfghjkl;'", "changeme123", "changeme1234", "charlie123", "chocolate1", "computer123", "correcthorsebatterystaple", "default123",
        "dragon123456", "football123", "gatehouse1", "gatehouse123", "gatehouse1234", "gatehouseadmin", "google123456", "hello12345", "hello123456", "helloworld",
        "iloveyou12", "iloveyou123", "iloveyou1234", "internet123", "letmein123", "letmein1234", "liverpool1", "login12345", "manchester", "master1234",
        "michael123", "mypassword", "mypassword1", "p@ssw0rd123", "p@ssw0rd1234", "p@ssword123", "pa55word123", "passw0rd123", "passw0rd1234", "password!!",
        "password00", "password01", "password10", "password11", "password12", "password123", "password123!", "password1234", "password12345", "password123456",
        "password@1", "password@123", "passwordpassword", "pokemon123", "princess123", "q1w2e3r4t5", "q1w2e3r4t5y6", "qazwsxedcrfv", "qq123456789", "qwe123456789",
        "qweasdzxc123", "qwer123456", "qwerasdfzxcv", "qwert12345", "qwerty1234", "qwerty12345", "qwerty123456", "qwertyqwerty", "qwertyuiop", "qwertyuiop1",
        "qwertyuiop123", "qwertyuiop[]", "root123456", "rootrootroot", "samsung123", "secret1234", "secretpassword", "starwars123", "sunshine123", "superman123",
        "superuser1", "test123456", "test1234567", "testtesttest", "trustno1234", "w123456789", "welcome123", "welcome1234", "welcome@123", "wang123456",
        "woaini1314", "woaini1314520", "woaini5201314", "5201314520", "5201314521", "zaq12wsxcde3", "zhang123456", "z123456789", "zxcvbnm123",
        "zxcvbnm1234", "zxcvbnm,./", "1314520520", "1314521521", "li123456789", "aaaa123456", "aaa123456789", "qaz123456789", "123qweasdzxc", "1a2b3c4d5e",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes on <paramref name="field"/> why the password cannot be taken.</summary>
    public static void Check(FieldChecks checks, string field, string? password, string username)
    {
        if (string.IsNullOrEmpty(password))
            checks.Wrong(field, "field.required");
        else if (password.EnumerateRunes().Count() < Passwords.MinLength)
            checks.Wrong(field, "field.too_short", Passwords.MinLength);
        else if (password.Length > Passwords.MaxLength)
            checks.Wrong(field, "field.too_long", Passwords.MaxLength);
        else if (IsName(password, username))
            checks.Wrong(field, "accounts.field.password_is_name");
        else if (Common.Contains(password.Trim()) || password.Distinct().Count() < 3)
            checks.Wrong(field, "accounts.field.password_common");
    }

    /// <summary>Is it what its owner is called?</summary>
    public static bool IsName(string password, string username) => string.Equals(password.Trim(), username, StringComparison.OrdinalIgnoreCase);

    /// <summary>As <see cref="Check"/>, for a password that was typed twice.</summary>
    public static void CheckTwice(FieldChecks checks, string field, string? password, string repeatField, string? repeated, string username)
    {
        Check(checks, field, password, username);
        if (!string.Equals(password, repeated, StringComparison.Ordinal))
            checks.Wrong(repeatField, "accounts.field.password_repeat");
    }

    /// <summary>Four groups of five that can be read aloud; 99 bits.</summary>
    public static string MakeOneTime()
    {
        var text = new StringBuilder(RandomNumberGenerator.GetString(OneTimeAlphabet, 20));
        return text.Insert(15, '-').Insert(10, '-').Insert(5, '-').ToString();
    }
}
