using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Chain;

/// <summary>
/// The secrets of the audit log's chain: random, sealed in the database under the key file, so that a rotation of that seals them anew
/// and the chain goes on. With a secret is sealed which ones before it were lost: a row alone cannot say so.
/// </summary>
public sealed class ChainSecrets(SecretBox box, TimeProvider clock)
{
    public static readonly SealedColumn Sealed = new("audit_secrets", "id", "sealed_secret", "audit-chain",
        "UPDATE audit_secrets SET sealed_secret = '', lost_at = @now WHERE sealed_secret <> ''");

    /// <summary>The one in force; null before the first.</summary>
    /// <exception cref="KeyFileException">The master key was rotated since this process read it.</exception>
    /// <exception cref="CryptographicException">It cannot be opened.</exception>
    public async ValueTask<ChainSecret?> Current(WriteTx s)
    {
        var row = await s.One("SELECT id, sealed_secret FROM audit_secrets WHERE sealed_secret <> '' ORDER BY created_at DESC, id LIMIT 1", r => (Id: r.GetString(0), Text: r.GetString(1)));
        if (row.Id is null)
            return null;
        try
        {
            return Open(row.Id, row.Text);
        }
        catch (CryptographicException)
        {
            // The likely cause has a clearer word for what to do.
            await KeyFingerprint.Confirm(s, box);
            throw;
        }
    }

    /// <summary>All that can be opened, the one in force first. Those that cannot are <see cref="SealedTexts.Check"/>'s to tell of.</summary>
    public async ValueTask<IReadOnlyList<ChainSecret>> All(ReadTx s)
    {
        var found = new List<ChainSecret>();
        foreach (var (id, text) in await s.All("SELECT id, sealed_secret FROM audit_secrets WHERE sealed_secret <> '' ORDER BY created_at DESC, id", r => (r.GetString(0), r.GetString(1))))
        {
            try
            {
                found.Add(Open(id, text));
            }
            catch (CryptographicException)
            {
                continue;
            }
        }
        return found;
    }

    /// <summary>Makes another one and puts it in force.</summary>
    /// <param name="afterLoss">The ones of before were given up with their key on purpose. Otherwise what is marked under one that is gone is wrong.</param>
    /// <exception cref="KeyFileException">The master key was rotated since this process read it.</exception>
    public async ValueTask<ChainSecret> Make(WriteTx s, bool afterLoss)
    {
        if (await KeyFingerprint.Find(s) is not null)
            await KeyFingerprint.Confirm(s, box);
        var lost = !afterLoss ? [] : await s.All("SELECT id FROM audit_secrets WHERE sealed_secret = '' ORDER BY id", r => r.GetString(0));
        var (id, key) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), RandomNumberGenerator.GetBytes(ChainSecret.KeySize));
        byte[] content = [.. key, .. Encoding.ASCII.GetBytes(string.Join(' ', lost))];
        await s.Execute("INSERT INTO audit_secrets (id, sealed_secret, created_at) VALUES (@id, @sealed, @now)",
            ("id", id), ("sealed", box.Seal(content, Sealed.Purpose)), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        return new ChainSecret(id, key, lost);
    }

    private ChainSecret Open(string id, string text)
    {
        var content = box.Open(text, Sealed.Purpose);
        return content.Length < ChainSecret.KeySize
            ? throw new CryptographicException("A secret of the audit log's chain is cut short.")
            : new ChainSecret(id, content[..ChainSecret.KeySize], Encoding.ASCII.GetString(content.AsSpan(ChainSecret.KeySize)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
