using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Keys;

/// <summary>What the database knows of the master key: its fingerprint, in one row, and what is sealed under it.</summary>
public static class KeyFingerprint
{
    private const string GivenUp = "If that key is lost for ever, gatehouse key rotate --lost gives up what is sealed under it and makes a new one.";

    /// <summary>The fingerprint of the key in force; null before the first start has stored it.</summary>
    public static ValueTask<string?> Find(ReadTx s) => s.One("SELECT fingerprint FROM key_fingerprint WHERE id = 1", r => r.GetString(0));

    /// <summary>Says that this key is the database's, unless one is already, and returns the fingerprint of the one that is: of several nodes that start at once, one is first.</summary>
    public static async ValueTask<string> Adopt(WriteTx s, SecretBox box, long now)
    {
        await s.Execute("INSERT INTO key_fingerprint (id, fingerprint, since) VALUES (1, @fingerprint, @now) ON CONFLICT (id) DO NOTHING",
            ("fingerprint", box.Fingerprint), ("now", now));
        return (await Find(s))!;
    }

    /// <summary>
    /// Holds the row to the end of the transaction, so that no rotation comes between. Whoever stores a sealed text calls this first: on
    /// a node that still has the key of before a rotation it would be sealed under a key that nobody keeps.
    /// </summary>
    /// <exception cref="KeyFileException">The key was rotated since this process read it.</exception>
    public static async ValueTask Confirm(WriteTx s, SecretBox box)
    {
        var known = await s.Locked("SELECT fingerprint FROM key_fingerprint WHERE id = 1", r => r.GetString(0));
        if (known != box.Fingerprint)
            throw new KeyFileException($"The master key was rotated: the database is under the key {SecretBox.NameOf(known ?? "none")}, this process still has {box.Name}. Copy {KeyFolder.FileName} from the node it was rotated on, and start again.");
    }

    /// <summary>Puts another key in force.</summary>
    public static ValueTask<int> Replace(WriteTx s, SecretBox fresh, long now) =>
        s.Execute("UPDATE key_fingerprint SET fingerprint = @fingerprint, since = @now WHERE id = 1", ("fingerprint", fresh.Fingerprint), ("now", now));

    /// <summary>
    /// Which of the folder's keys belongs to the database; null for a database without our tables and a folder without a key file: a new
    /// installation. Changes nothing, and works on a schema of before fingerprints too.
    /// </summary>
    /// <exception cref="KeyFileException">None does.</exception>
    public static async Task<SecretBox?> Choose(Database db, KeyFolder keys)
    {
        var (ours, fingerprint, sealedTexts) = await db.Read(s => Look(db, s));
        var (current, pending) = (keys.Current(), keys.Pending());
        if (!ours)
            return current is null ? null : throw new KeyFileException(
                $"The {db.Engine} database is empty, but there is {keys.Path}, the key of a database. Is it the wrong one, or was the database lost? Name the right one (Storage:Postgres), restore it from a backup, or fill it with gatehouse db copy. To start anew on purpose, move {KeyFolder.FileName} out of the folder.");
        if (new[] { current, pending }.FirstOrDefault(k => k is not null && Fits(k)) is { } right)
            return right;
        throw fingerprint is null ? Foreign(db, keys, current) : Wrong(db, keys, current, fingerprint);

        // Before fingerprints were stored, what opens the texts is the key; where nothing is sealed, any key will do.
        bool Fits(SecretBox key) => fingerprint is not null ? key.Fingerprint == fingerprint : sealedTexts.All(text => Opens(key, text));
    }

    private static async ValueTask<(bool, string?, List<string>)> Look(Database db, ReadTx s)
    {
        if (!await db.TableExists(s, "schema_version"))
            return (false, null, []);
        if (await db.TableExists(s, "key_fingerprint") && await Find(s) is { } known)
            return (true, known, []);
        return (true, null, await s.All("SELECT sealed_secret FROM signing_keys WHERE sealed_secret <> '' ORDER BY id LIMIT 100", r => r.GetString(0)));
    }

    private static bool Opens(SecretBox key, string text)
    {
        try
        {
            key.Open(text, SigningKeys.Sealed.Purpose);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static KeyFileException Foreign(Database db, KeyFolder keys, SecretBox? current)
    {
        var what = current is null
            ? $"{keys.Path} is missing, and there is a {db.Engine} database already: no new key is made beside it."
            : $"{keys.Path} (key {current.Name}) does not open what is sealed in the {db.Engine} database: it is the key of another installation.";
        return new KeyFileException($"{what} Put back the {KeyFolder.FileName} that belongs to this database, from your backup or from another node (mode 0600). {GivenUp}", lost: true);
    }

    private static KeyFileException Wrong(Database db, KeyFolder keys, SecretBox? current, string fingerprint)
    {
        var name = SecretBox.NameOf(fingerprint);
        var what = current is null
            ? $"{keys.Path} is missing, and the {db.Engine} database is under the key {name}: no new key is made beside it."
            : $"{keys.Path} is the key {current.Name}, and the {db.Engine} database is under the key {name}.";
        if (keys.Kept(fingerprint) is not { } kept)
            return new KeyFileException($"{what} Put back the {KeyFolder.FileName} that belongs to this database, from your backup or from the node that made or rotated it (mode 0600); or name the database that belongs to this folder. {GivenUp}", lost: true);
        // A database that was restored from a backup of before the rotation.
        var aside = current is null ? "" : $"mv {KeyFolder.FileName} {KeyFolder.FileName}.old-{current.Name} && ";
        return new KeyFileException($"{what} {kept} beside it is that key: is the database a backup of before the rotation? To go on with it: cd {Path.GetDirectoryName(keys.Path)} && {aside}mv {kept} {KeyFolder.FileName}");
    }
}
