using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Gatehouse.Messaging.Mail;

/// <summary>
/// Signs mails for their sender's domain (DKIM, RFC 6376: rsa-sha256, relaxed/relaxed), so that receivers who find its public half in the
/// DNS believe that they come from there. MimeKit's own signer would bring a second cryptography into the binary.
/// </summary>
/// <param name="Selector">The key's name in the DNS.</param>
/// <param name="Pem">The RSA key.</param>
public sealed partial record DkimKey(string Selector, string Pem)
{
    // RFC 8301: less is not believed, and more does not fit into what receivers must be able to verify.
    private const int LeastBits = 1024, MostBits = 4096;
    private const int Width = 70;
    private static readonly HeaderId[] Signed = [HeaderId.From, HeaderId.To, HeaderId.ReplyTo, HeaderId.Subject, HeaderId.Date, HeaderId.MessageId, HeaderId.MimeVersion, HeaderId.ContentType, HeaderId.ListUnsubscribe, HeaderId.ListUnsubscribePost];

    /// <summary>A label of the DNS, or several with dots between.</summary>
    public static bool IsSelector(string selector) => selector.Length <= 100 && Labels().IsMatch(selector);

    /// <summary>Is it an RSA key in PEM, without a password, that receivers take?</summary>
    public static bool IsValid(string pem)
    {
        try
        {
            using var rsa = Key(pem);
            return rsa.KeySize is >= LeastBits and <= MostBits && rsa.ExportParameters(true).D is not null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The record of the DNS: its name, <c>TXT</c> and what it says.</summary>
    public string Record(string domain)
    {
        using var rsa = Key(Pem);
        return $"{Selector}._domainkey.{domain} TXT v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}";
    }

    /// <summary>Puts the signature before all other headers. Nothing may be changed afterwards.</summary>
    public void Sign(MimeMessage mail, string domain)
    {
        // As it goes over the wire, whatever the server can take.
        mail.Prepare(EncodingConstraint.SevenBit);
        var wire = FormatOptions.Default.Clone();
        wire.NewLineFormat = NewLineFormat.Dos;
        using var body = new MemoryStream();
        mail.Body!.WriteTo(wire, body, contentOnly: true);
        var headers = Signed.SelectMany(id => mail.Headers.Where(h => h.Id == id).Concat(mail.Body.Headers.Where(h => h.Id == id))).DistinctBy(h => h.Id).ToList();
        var bodyHash = Convert.ToBase64String(SHA256.HashData(Encoding.Latin1.GetBytes(RelaxedBody(Encoding.Latin1.GetString(body.ToArray())))));
        var fields = $"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={Selector};\r\n\tt={mail.Date.ToUnixTimeSeconds()};\r\n\th={string.Join(':', headers.Select(h => h.Field.ToLowerInvariant()))};\r\n\tbh={bodyHash};\r\n\tb=";
        var text = string.Concat(headers.Select(h => RelaxedHeader(h.Field, Encoding.Latin1.GetString(h.RawValue)) + "\r\n")) + RelaxedHeader("DKIM-Signature", fields);
        using var rsa = Key(Pem);
        var signature = Convert.ToBase64String(rsa.SignData(Encoding.Latin1.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var header = new Header(HeaderId.DkimSignature, "v=1");
        header.SetRawValue(Encoding.ASCII.GetBytes($" {fields}{string.Join("\r\n\t", signature.Chunk(Width).Select(line => new string(line)))}\r\n"));
        mail.Headers.Insert(0, header);
    }

    /// <summary>RFC 6376 section 3.4.2.</summary>
    internal static string RelaxedHeader(string name, string value) =>
        $"{name.ToLowerInvariant().TrimEnd()}:{Blanks().Replace(value.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), " ").Trim(' ')}";

    /// <summary>RFC 6376 section 3.4.4.</summary>
    internal static string RelaxedBody(string body)
    {
        var lines = body.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Select(line => Blanks().Replace(line, " ").TrimEnd(' ')).ToList();
        while (lines.Count > 0 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return string.Concat(lines.Select(line => line + "\r\n"));
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => Selector;

    private static RSA Key(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return rsa;
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\z")]
    private static partial Regex Labels();

    [GeneratedRegex("[ \\t]+")]
    private static partial Regex Blanks();
}
