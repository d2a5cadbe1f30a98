using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Audit.Chain;

/// <summary>
/// What the audit log's chain is keyed with: a mark under it cannot be made by whoever has the database and not the key file. A mark is
/// <c>ID.HEX</c>: the secret's id and the HMAC-SHA256 of the text.
/// </summary>
/// <param name="lost">The ids of secrets of before that were given up together with their key file: marks under those cannot be checked any more.</param>
public sealed class ChainSecret(string id, byte[] key, IReadOnlyList<string> lost)
{
    public const int KeySize = 32;

    public string Id => id;

    public IReadOnlyList<string> Lost => lost;

    public string Mark(string text) => $"{id}.{Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)))}";

    /// <summary>The id of the secret that the mark is under; null for a plain hash, as entries had before there were secrets.</summary>
    public static string? IdOf(string mark) => mark.IndexOf('.') is > 0 and var dot ? mark[..dot] : null;
}
