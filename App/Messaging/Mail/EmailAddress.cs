using System.Text.RegularExpressions;

namespace Gatehouse.Messaging.Mail;

/// <summary>Addresses of mail, as people have them: <c>name@example.com</c>. Quoted local parts and addresses of hosts (RFC 5321) are nobody's.</summary>
public static partial class EmailAddress
{
    /// <summary>RFC 5321 section 4.5.3.1.3, less the angle brackets.</summary>
    public const int MaxLength = 254;

    /// <summary>May mail be sent to it? It does not say that somebody reads it.</summary>
    public static bool IsValid(string address) => address.Length <= MaxLength && Form().IsMatch(address);

    /// <summary>What stands behind the @.</summary>
    public static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..];

    [GeneratedRegex(@"^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])\z")]
    private static partial Regex Form();
}
