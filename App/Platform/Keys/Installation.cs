using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Keys;

/// <summary>
/// A data folder, its database and the master key that belongs to it, opened together: a key that is missing or another's is refused
/// before anything is changed, and none is made beside a database that exists.
/// </summary>
public sealed class Installation : IAsyncDisposable
{
    private Installation(DataFolder folder, Database db, SecretBox secrets)
    {
        Folder = folder;
        Db = db;
        Secrets = secrets;
    }

    public DataFolder Folder { get; }

    public Database Db { get; }

    public SecretBox Secrets { get; }

    /// <summary>
    /// For the one process that holds the folder's lock: brings the schema up to date, makes a new installation where there is none, and
    /// finishes a first start or a rotation that was interrupted.
    /// </summary>
    /// <exception cref="KeyFileException"/>
    /// <exception cref="DataFolderException"/>
    /// <exception cref="StorageException"/>
    /// <param name="clock">Stands in for the database's own clock, for tests.</param>
    public static Task<Installation> Open(DataFolder folder, string? postgres, TimeProvider? clock = null) =>
        Opened(folder, postgres, (db, keys) => Prepare(folder, db, keys), clock: clock);

    /// <summary>The same over a database that is open already.</summary>
    internal static async Task<Installation> Over(DataFolder folder, Database db) => new(folder, db, await Prepare(folder, db, new KeyFolder(folder.Path)));

    private static async Task<SecretBox> Prepare(DataFolder folder, Database db, KeyFolder keys)
    {
        var box = await KeyFingerprint.Choose(db, keys) ?? keys.MakePending();
        await Migrator.Apply(db);
        var known = await db.Write(s => KeyFingerprint.Adopt(s, box, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        if (known != box.Fingerprint)
            throw new KeyFileException($"Another node has started with the key {SecretBox.NameOf(known)} meanwhile. Copy its {KeyFolder.FileName} to {folder.Path} (mode 0600), and start again.");
        keys.Settle(box);
        return box;
    }

    /// <summary>For what runs beside a server or without one: an installation that exists, with this program's schema. Changes nothing.</summary>
    /// <exception cref="KeyFileException"/>
    /// <exception cref="DataFolderException"/>
    /// <exception cref="StorageException"/>
    public static Task<Installation> OpenExisting(DataFolder folder, string? postgres) => Opened(folder, postgres, async (db, keys) =>
    {
        var box = await KeyFingerprint.Choose(db, keys) ?? throw NotYet(folder);
        await Migrator.Require(db);
        return box;
    }, exists: true);

    /// <summary>
    /// An installation whose key is lost, with a new key that waits for <see cref="SealedTexts.GiveUp"/> to put it in force. For the
    /// holder of the folder's lock.
    /// </summary>
    /// <exception cref="KeyFileException">The key is there.</exception>
    /// <exception cref="DataFolderException"/>
    /// <exception cref="StorageException"/>
    public static Task<Installation> OpenWithoutKey(DataFolder folder, string? postgres) => Opened(folder, postgres, async (db, keys) =>
    {
        await Migrator.Require(db);
        try
        {
            var there = await KeyFingerprint.Choose(db, keys) ?? throw NotYet(folder);
            throw new KeyFileException($"The key {there.Name} that belongs to the database is there. Use gatehouse key rotate without --lost.");
        }
        catch (KeyFileException e) when (e.Lost)
        {
            if (await db.Read(KeyFingerprint.Find) is { } known && keys.Kept(known) is { } kept)
                throw new KeyFileException($"The key that belongs to the database is there, as {kept}. Make it {KeyFolder.FileName} again.");
            return keys.MakePending();
        }
    }, exists: true);

    public ValueTask DisposeAsync() => Db.DisposeAsync();

    private static async Task<Installation> Opened(DataFolder folder, string? postgres, Func<Database, KeyFolder, Task<SecretBox>> key, bool exists = false, TimeProvider? clock = null)
    {
        try
        {
            var keys = new KeyFolder(folder.Path);
            if (string.IsNullOrWhiteSpace(postgres) && !folder.HasDatabase)
                RefuseToMake(folder, keys, exists);
            var db = await Database.Connect(folder.Path, postgres, clock);
            try
            {
                return new Installation(folder, db, await key(db, keys));
            }
            catch
            {
                await db.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw DataFolder.Unusable(folder.Path, e);
        }
    }

    // Before SQLite makes the file: there is none, or one without a byte.
    private static void RefuseToMake(DataFolder folder, KeyFolder keys, bool exists)
    {
        var lost = $"{Path.Combine(folder.Path, DataFolder.DatabaseFile)} is missing or empty";
        if (folder.HasLog)
            throw new DataFolderException($"{lost}, and its write-ahead log is there. Put back the database of your last backup, and move {DataFolder.DatabaseFile}-wal and {DataFolder.DatabaseFile}-shm aside.");
        if (File.Exists(keys.Path))
            throw new DataFolderException($"{lost}, and {keys.Path} is there: this folder had a database. Put it back from your backup. To start anew on purpose, move {KeyFolder.FileName} out of the folder.");
        if (exists)
            throw DataFolder.NothingIn(folder.Path);
    }

    private static DataFolderException NotYet(DataFolder folder) =>
        new($"There is no database in {folder.Path} yet. Start Gatehouse once: gatehouse serve --data {folder.Path}");
}
