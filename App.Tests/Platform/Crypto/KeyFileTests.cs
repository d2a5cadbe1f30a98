using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Crypto;

/// <summary>The key file and the database that it belongs to: what fits opens, whatever else is refused and changes nothing.</summary>
public sealed class KeyFileTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What can be wrong with <c>gatehouse.key</c>, and what the refusal says.</summary>
    private static readonly (string Shape, Action<string> Damage, string Says)[] Shapes =
    [
        ("missing", File.Delete, "is missing"),
        ("empty", path => Put(path, 0), "0 bytes instead of 32"),
        ("short", path => Put(path, 31), "31 bytes instead of 32"),
        ("long", path => Put(path, 33), "33 bytes instead of 32"),
        ("another's", path => Put(path, 32), "is the key"),
        ("another's, and one more waits", path => { Put(path, 32); Put(path + ".new", 32); }, "is the key"),
        ("missing, and another's waits", path => { File.Delete(path); Put(path + ".new", 32); }, "is missing"),
        ("open to others", path => File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.OtherRead), "chmod 600"),
    ];

    public static TheoryData<Engine, bool, string> WrongKeys()
    {
        var rows = new TheoryData<Engine, bool, string>();
        foreach (var (shape, _, _) in Shapes)
            foreach (var engine in new[] { Engine.Sqlite, Engine.Postgres })
                foreach (var old in new[] { false, true })
                    rows.Add(engine, old, shape);
        return rows;
    }

    [Theory]
    [MemberData(nameof(WrongKeys))]
    public async Task A_wrong_key_is_refused_with_what_to_do_and_nothing_changes(Engine engine, bool beforeFingerprints, string shape)
    {
        await using var test = await Sealed(engine);
        if (beforeFingerprints)
            await MakeOld(test);
        await test.Installation.DisposeAsync();
        var (_, damage, says) = Shapes.Single(s => s.Shape == shape);
        damage(KeyPath(test));
        var before = await State(test);

        foreach (var open in new Func<DataFolder, string?, Task<Installation>>[] { (folder, postgres) => Installation.Open(folder, postgres), Installation.OpenExisting })
        {
            var refused = await Assert.ThrowsAsync<KeyFileException>(() => open(test.Folder, test.ConnectionString));
            Assert.Contains(beforeFingerprints && says == "is the key" ? "does not open" : says, refused.Message);
            Assert.Matches("Put back|chmod", refused.Message);
            Assert.Equal(before, await State(test));
        }
    }

    [Theory, BothEngines]
    public async Task A_database_of_before_fingerprints_opens_with_its_key_and_learns_it(Engine engine)
    {
        await using var test = await Sealed(engine);
        await MakeOld(test);
        await test.Reopen();
        Assert.Equal(test.Secrets.Fingerprint, await test.Database.Read(KeyFingerprint.Find));
        Assert.NotEmpty((await new SigningKeys(test.Database, test.Secrets, TimeProvider.System).Current("default")).Id);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("without a byte")]
    [InlineData("without our tables")]
    [InlineData("without a byte, its log is there")]
    public async Task A_key_whose_SQLite_database_is_gone_starts_no_new_one(string shape)
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await test.Installation.DisposeAsync();
        var path = Path.Combine(test.Folder.Path, DataFolder.DatabaseFile);
        File.Delete(path);
        if (shape == "without our tables")
            using (var mine = new SqliteConnection(path))
                mine.Run("CREATE TABLE mine (n INTEGER)");
        else if (shape != "missing")
            File.WriteAllText(path, "");
        if (shape.EndsWith("log is there", StringComparison.Ordinal))
            File.WriteAllText(path + "-wal", "pages");
        var (files, size) = (Files(test), Size(path));

        foreach (var open in new Func<DataFolder, string?, Task<Installation>>[] { (folder, postgres) => Installation.Open(folder, postgres), Installation.OpenExisting })
        {
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => open(test.Folder, null));
            Assert.True(refused is DataFolderException or KeyFileException, refused.ToString());
            Assert.Contains(shape.EndsWith("log is there", StringComparison.Ordinal) ? "write-ahead log" : "To start anew on purpose, move gatehouse.key", refused.Message);
            Assert.Equal((files, size), (Files(test), Size(path)));
        }
        File.Delete(path + "-wal");
        File.Move(KeyPath(test), Path.Combine(test.Folder.Path, "aside"));
        await test.Reopen();
    }

    [Fact]
    public async Task A_key_beside_an_empty_PostgreSQL_database_fills_it_with_nothing()
    {
        await using var test = await TestDatabase.Empty(Engine.Postgres);
        Put(KeyPath(test), 32);
        Assert.Contains("gatehouse db copy", (await Assert.ThrowsAsync<KeyFileException>(() => Installation.Open(test.Folder, test.ConnectionString))).Message);
        await using var db = await Database.Connect(test.Folder.Path, test.ConnectionString);
        Assert.False(await db.Read(s => db.TableExists(s, "schema_version")));
    }

    public enum Interrupted { BeforeTheDatabase, WhileWritingTheKey, BeforeTheFingerprint, BeforeTheName }

    [Theory, CombinatorialFirstStarts]
    public async Task A_first_start_that_was_interrupted_is_finished_by_the_next(Engine engine, Interrupted when)
    {
        await using var test = await TestDatabase.Empty(engine);
        var keys = new KeyFolder(test.Folder.Path);
        var fingerprint = keys.MakePending().Fingerprint;
        if (when == Interrupted.WhileWritingTheKey)
            Put(KeyPath(test) + ".new", 7);
        if (when >= Interrupted.BeforeTheFingerprint)
            await using (var db = await test.OpenAnother())
                if (when == Interrupted.BeforeTheName)
                    await db.Write(s => KeyFingerprint.Adopt(s, keys.Pending()!, 1));
        Assert.Null(keys.Current());

        await using var place = await Installation.Open(test.Folder, test.ConnectionString);
        Assert.Equal(when == Interrupted.WhileWritingTheKey, place.Secrets.Fingerprint != fingerprint);
        Assert.Equal(place.Secrets.Fingerprint, keys.Current()!.Fingerprint);
        Assert.Equal(["gatehouse.key"], Files(test).Split('\n').Select(f => f.Split(' ')[0]));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(KeyPath(test)));
    }

    [Fact]
    public async Task Of_nodes_that_start_at_once_without_a_key_one_is_right_and_the_others_are_told()
    {
        await using var test = await TestDatabase.Empty(Engine.Postgres);
        var folders = Enumerable.Range(0, 6).Select(_ => new TestFolder()).ToList();
        try
        {
            var started = await Task.WhenAll(folders.Select(f => Task.Run(() => Start(f, test))));
            var right = Assert.Single(started, s => s.Refused is null);
            Assert.All(started.Where(s => s != right), s => Assert.Matches("Copy|Put back", s.Refused!));
            Assert.All(folders, f => Assert.Equal(f == right.Folder, File.Exists(f.File("gatehouse.key"))));
            // Without the key a node stays out, however often it is started; with it, it comes in.
            var late = folders.First(f => f != right.Folder);
            Assert.NotNull((await Start(late, test)).Refused);
            File.Copy(right.Folder.File("gatehouse.key"), late.File("gatehouse.key"));
            Assert.Null((await Start(late, test)).Refused);
        }
        finally
        {
            folders.ForEach(f => f.Dispose());
        }
    }

    private static async Task<(TestFolder Folder, string? Refused)> Start(TestFolder folder, TestDatabase test)
    {
        try
        {
            await using var place = await Installation.Open(DataFolder.Open(folder.Path), test.ConnectionString);
            return (folder, null);
        }
        catch (KeyFileException e)
        {
            return (folder, e.Message);
        }
    }

    private static string KeyPath(TestDatabase test) => Path.Combine(test.Folder.Path, KeyFolder.FileName);

    private static void Put(string path, int length)
    {
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(length));
        File.SetUnixFileMode(path, OwnerOnly);
    }

    // A database with something in it that only its key opens.
    private static async Task<TestDatabase> Sealed(Engine engine)
    {
        var test = await TestDatabase.Open(engine);
        await new SigningKeys(test.Database, test.Secrets, TimeProvider.System).Current("default");
        return test;
    }

    // As versions of before left it: no fingerprint, and texts without the name of their key.
    private static async Task MakeOld(TestDatabase test) => await test.Database.Write(async s =>
    {
        await s.Execute("DROP TABLE key_fingerprint");
        await s.Execute("DROP INDEX signing_keys_tenant");
        await s.Execute("DELETE FROM schema_version WHERE name LIKE '%key_fingerprint'");
        var text = (await s.One("SELECT sealed_secret FROM signing_keys", r => r.GetString(0)))!;
        return await s.Execute("UPDATE signing_keys SET sealed_secret = @text", ("text", text.Split('.')[2]));
    });

    private static async Task<string> State(TestDatabase test)
    {
        await using var db = await Database.Connect(test.Folder.Path, test.ConnectionString);
        return Files(test) + await db.Read(async s =>
        {
            var known = await db.TableExists(s, "key_fingerprint") ? await KeyFingerprint.Find(s) : "no table";
            return $"{known} {await s.Number("SELECT COUNT(*) FROM schema_version")} {await s.One("SELECT sealed_secret FROM signing_keys", r => r.GetString(0))}";
        });
    }

    private static long Size(string path) => File.Exists(path) ? new FileInfo(path).Length : -1;

    private static string Files(TestDatabase test) => string.Join('\n', Directory.GetFiles(test.Folder.Path, "gatehouse.key*").Order(StringComparer.Ordinal)
        .Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}"));

    /// <summary>Every interruption on each engine.</summary>
    private sealed class CombinatorialFirstStartsAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from engine in new[] { Engine.Sqlite, Engine.Postgres } from when in Enum.GetValues<Interrupted>() select new object[] { engine, when };
    }
}
