using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Relays.Tailnets;

/// <summary>How secrets of tailnets are kept: sealed, and where their key is lost of no use to anybody.</summary>
internal static class TailnetSecrets
{
    private const string Purpose = "tailnet";

    /// <summary>Under a key that is lost they cannot be used: their person gives them again.</summary>
    public static readonly IReadOnlyList<SealedColumn> Sealed =
    [
        new("tailnets", "rental_id", "sealed_secret", Purpose, "UPDATE tailnets SET sealed_secret = ''"), new("tailnets", "rental_id", "sealed_hook", Purpose, "UPDATE tailnets SET sealed_hook = ''"),
        new("tailnet_ended_hooks", "id", "sealed_secret", Purpose, "UPDATE tailnet_ended_hooks SET sealed_secret = ''"),
    ];

    /// <summary>A sealed secret; null: its key is lost, or there is none.</summary>
    public static string? OpenTailnet(this SecretBox box, string sealedText)
    {
        try
        {
            return sealedText.Length == 0 ? null : Encoding.UTF8.GetString(box.Open(sealedText, Purpose));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public static string SealTailnet(this SecretBox box, string secret) => box.Seal(Encoding.UTF8.GetBytes(secret), Purpose);
}
