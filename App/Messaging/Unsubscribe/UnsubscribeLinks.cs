using System.Buffers.Text;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Messaging.Unsubscribe;

/// <summary>Whose mails a link is about.</summary>
public sealed record Subscriber(string Tenant, string Account);

/// <summary>
/// Addresses that stop an account's mails without signing in: they name the account, and the tenant's key has signed that. Links of before
/// the key was rotated stay good; they do nothing else, so they need no end.
/// </summary>
public sealed class UnsubscribeLinks(SigningKeys keys, IConfiguration config)
{
    public const string Path = "/unsubscribe";

    // No other text that the key signs begins so.
    private const string Purpose = "gatehouse unsubscribe\n";

    /// <summary>The address. May store the tenant's first key: not to be called inside a write.</summary>
    public async ValueTask<string> Of(string tenant, string account)
    {
        var name = Encoding.UTF8.GetBytes($"{tenant}/{account}");
        var signature = new byte[SigningKey.SignatureBytes];
        (await keys.Current(tenant)).Sign(Signed(name), signature);
        return $"{PublicAddress.Base(config)}{Path}/{Base64Url.EncodeToString(name)}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Whose link it is; null when nobody has signed it.</summary>
    public async ValueTask<Subscriber?> Read(string token)
    {
        if (token.Length > 500 || token.Split('.') is not [var first, var second] || !Base64Url.IsValid(first) || !Base64Url.IsValid(second))
            return null;
        var (name, signature) = (Base64Url.DecodeFromChars(first), Base64Url.DecodeFromChars(second));
        if (signature.Length != SigningKey.SignatureBytes || Encoding.UTF8.GetString(name).Split('/') is not [{ Length: > 0 } tenant, { Length: > 0 } account] || tenant.Any(char.IsControl))
            return null;
        var signed = Signed(name);
        return (await keys.Known(tenant)).Any(key => SigningKey.Verify(key.PublicKeyHex, signed, signature)) ? new(tenant, account) : null;
    }

    private static byte[] Signed(byte[] name) => [.. Encoding.UTF8.GetBytes(Purpose), .. name];
}
