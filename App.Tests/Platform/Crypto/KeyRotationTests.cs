using System.Security.Cryptography;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Crypto;

/// <summary>The rotation of the master key, step by step: after each, a crash is settled by the next start.</summary>
public sealed class KeyRotationTests
{
    private static SealedTexts Texts(TestDatabase test, SecretBox? box = null) => new([SigningKeys.Sealed], box ?? test.Secrets, TimeProvider.System);

    public static TheoryData<Engine, int> Steps()
    {
        var rows = new TheoryData<Engine, int>();
        foreach (var engine in new[] { Engine.Sqlite, Engine.Postgres })
            for (var step = 0; step <= 6; step++)
                rows.Add(engine, step);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_crash_after_any_step_is_settled_by_the_next_start(Engine engine, int step)
    {
        await using var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        var signing = new SigningKeys(test.Database, test.Secrets, TimeProvider.System);
        var (one, two) = ((await signing.Current("default")).PublicKeyHex, (await signing.Current("other")).PublicKeyHex);
        var (old, path, keys) = (test.Secrets, Path.Combine(test.Folder.Path, KeyFolder.FileName), new KeyFolder(test.Folder.Path));
        var oldBytes = await File.ReadAllBytesAsync(path);

        // 0: while the new key is written. 1: it is there. 2: inside the transaction. 3: committed. 4: while the old key is kept.
        // 5: it is kept. 6: all done.
        if (step == 0)
            Private(path + ".new.part", oldBytes[..9]);
        var fresh = step > 0 ? keys.MakePending() : null;
        if (step == 2)
            await Assert.ThrowsAsync<IOException>(() => test.Database.Write(async s => await Texts(test).Reseal(s, fresh!) == 2 ? throw new IOException("The power went.") : 0));
        if (step >= 3)
            Assert.Equal(2, await test.Database.Write(s => Texts(test).Reseal(s, fresh!)));
        if (step == 4)
            Private($"{path}.old-{old.Name}.part", oldBytes[..9]);
        if (step == 5)
            Private($"{path}.old-{old.Name}", oldBytes);
        if (step == 6)
            keys.Settle(fresh!);

        // What runs beside a server reads the right key, and leaves the files to the next start.
        await using (var beside = await Installation.OpenExisting(test.Folder, test.ConnectionString))
            Assert.Empty(await Texts(test, beside.Secrets).Check(beside.Db));
        await test.Reopen();
        Assert.Equal(step >= 3 ? fresh!.Fingerprint : old.Fingerprint, test.Secrets.Fingerprint);
        Assert.Equal(test.Secrets.Fingerprint, keys.Current()!.Fingerprint);
        Assert.Empty(await Texts(test).Check(test.Database));
        if (step >= 3)
            Assert.Equal($"gatehouse.key.old-{old.Name}", keys.Kept(old.Fingerprint));
        var after = new SigningKeys(test.Database, test.Secrets, TimeProvider.System);
        Assert.Equal((one, two), ((await after.Current("default")).PublicKeyHex, (await after.Current("other")).PublicKeyHex));

        // And it can be rotated once more, to a key that is not the one in force.
        var next = keys.MakePending();
        Assert.NotEqual(test.Secrets.Fingerprint, next.Fingerprint);
        await test.Database.Write(s => Texts(test).Reseal(s, next));
        keys.Settle(next);
        await test.Reopen();
        Assert.Equal(next.Fingerprint, test.Secrets.Fingerprint);
        Assert.All(Directory.GetFiles(test.Folder.Path, "gatehouse.key*"), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Theory, BothEngines]
    public async Task A_process_with_the_key_of_before_seals_nothing_and_rotates_nothing(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var old = test.Secrets;
        await new SigningKeys(test.Database, old, TimeProvider.System).Current("default");
        var fresh = new KeyFolder(test.Folder.Path).MakePending();
        await test.Database.Write(s => Texts(test).Reseal(s, fresh));
        await Assert.ThrowsAsync<KeyFileException>(() => test.Database.Write(s => new SigningKeys(test.Database, old, TimeProvider.System).Rotate(s, "default")));
        await Assert.ThrowsAsync<KeyFileException>(() => test.Database.Write(s => Texts(test, old).Reseal(s, new SecretBox(RandomNumberGenerator.GetBytes(32)))));
        Assert.Empty(await Texts(test, fresh).Check(test.Database));
    }

    [Theory, BothEngines]
    public async Task A_text_that_does_not_open_stops_the_rotation_and_nothing_changes(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await new SigningKeys(test.Database, test.Secrets, TimeProvider.System).Current("default");
        await test.Database.Write(s => s.Execute("INSERT INTO signing_keys (id, tenant_id, public_key, sealed_secret, created_at, retired_at) VALUES ('zz', 'default', '', 'v1.00000000.AAAA', 0, 1)"));
        await Assert.ThrowsAsync<CryptographicException>(() => test.Database.Write(s => Texts(test).Reseal(s, new SecretBox(RandomNumberGenerator.GetBytes(32)))));
        Assert.Contains("zz", Assert.Single(await Texts(test).Check(test.Database)));
    }

    [Fact]
    public async Task Every_sealed_column_of_the_schema_is_registered()
    {
        await using var server = await TestServer.Start();
        var columns = await server.Db.Read(s => s.All(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name LIKE 'sealed%'", r => $"{r.GetString(0)}.{r.GetString(1)}"));
        Assert.NotEmpty(columns);
        Assert.Equal(columns.Order(), server.Service<SealedTexts>().Columns.Select(c => $"{c.Table}.{c.Column}").Order());
    }

    private static void Private(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
