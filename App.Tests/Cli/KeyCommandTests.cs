using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Cli;

/// <summary><c>key show</c>, <c>key rotate</c> and <c>key rotate-signing</c>.</summary>
public sealed class KeyCommandTests
{
    // An installation that nobody serves, with a signing key.
    private static async Task<TestDatabase> Installation()
    {
        var test = await TestDatabase.Open(Engine.Sqlite);
        await new SigningKeys(test.Database, test.Secrets, TimeProvider.System).Current("default");
        await test.Installation.DisposeAsync();
        return test;
    }

    private static Task<Ran> Key(TestDatabase test, params string[] args) => Shell.Run(["key", .. args, "--data", test.Folder.Path]);

    private static string File(TestDatabase test, string name) => Path.Combine(test.Folder.Path, name);

    private static async Task<List<string>> Actions(TestDatabase test)
    {
        await using var db = await Database.Open(test.Folder.Path, null);
        // Under the key of now.
        Assert.Empty(await new TestAudit(db, new KeyFolder(test.Folder.Path).Current()!, test.Folder, TimeProvider.System).Verify());
        return await db.Read(s => s.All("SELECT action FROM audit_entries ORDER BY seq", r => r.GetString(0)));
    }

    [Fact]
    public async Task A_rotation_keeps_the_signing_key_and_the_old_file_and_stands_in_the_audit_log()
    {
        await using var test = await Installation();
        var (old, before) = (test.Secrets, await Key(test, "show"));
        Assert.Contains(old.Fingerprint, before.Out);

        var ran = await Key(test, "rotate");
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Error));
        Assert.Contains($"gatehouse.key.old-{old.Name}", ran.Out);
        Assert.DoesNotContain("other node", ran.Out);
        Assert.True(System.IO.File.Exists(File(test, $"gatehouse.key.old-{old.Name}")));
        Assert.Equal(["master_key.rotated"], await Actions(test));

        var after = await Key(test, "show");
        Assert.DoesNotContain(old.Fingerprint, after.Out);
        Assert.Equal(before.Lines[^1], after.Lines[^1]);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("db", "check", "--data", test.Folder.Path)).Code);
        await using var server = await Serving.Start(test.Folder.Path);
    }

    [Fact]
    public async Task Over_several_rotations_the_audit_log_stays_one_chain()
    {
        await using var test = await Installation();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ExitCode.Ok, (await Shell.Run("token", "create", "--name", $"t{i}", "--role", "analyst", "--data", test.Folder.Path)).Code);
            Assert.Equal(ExitCode.Ok, (await Key(test, "rotate")).Code);
        }
        Assert.Equal(6, (await Actions(test)).Count);
        var check = await Shell.Run("db", "check", "--data", test.Folder.Path);
        Assert.Equal((ExitCode.Ok, ""), (check.Code, check.Error));
        Assert.Equal("gatehouse.audit agrees with the audit log: there is nothing to accept.", (await Shell.Run("audit", "accept", "--data", test.Folder.Path)).Out.Trim());
    }

    [Fact]
    public async Task With_PostgreSQL_the_other_nodes_are_named()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        var old = await System.IO.File.ReadAllBytesAsync(File(test, KeyFolder.FileName));
        System.IO.File.WriteAllText(File(test, "appsettings.json"), "{\"Storage\":{\"Postgres\":\"" + test.ConnectionString + "\"}}");
        var ran = await Key(test, "rotate");
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Error));
        Assert.Contains("Every other node", ran.Out);

        // One that still has the key of before stays out, and is told.
        using var node = new TestFolder();
        System.IO.File.Copy(File(test, "appsettings.json"), node.File("appsettings.json"));
        await System.IO.File.WriteAllBytesAsync(node.File(KeyFolder.FileName), old);
        System.IO.File.SetUnixFileMode(node.File(KeyFolder.FileName), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var refused = await Shell.Run("serve", "--data", node.Path, "--urls", "http://192.0.2.1:8080");
        Assert.Equal(ExitCode.DataFolder, refused.Code);
        Assert.Contains("from the node that made or rotated it", refused.Error);
    }

    [Fact]
    public async Task Beside_a_server_the_master_key_stays()
    {
        await using var test = await Installation();
        await using var server = await Serving.Start(test.Folder.Path);
        var ran = await Key(test, "rotate");
        Assert.Equal(ExitCode.DataFolder, ran.Code);
        Assert.Contains("Stop it", ran.Error);
        Assert.Equal(ExitCode.Ok, (await Key(test, "show")).Code);
    }

    [Theory]
    [InlineData("serve --urls http://192.0.2.1:8080")] // no address of this machine: with a key it would end as well
    [InlineData("setup-link")]
    [InlineData("admin list")]
    [InlineData("token create --name t --role analyst")]
    [InlineData("keys export")]
    [InlineData("db check")]
    [InlineData("key show")]
    [InlineData("key rotate")]
    [InlineData("key rotate-signing")]
    [InlineData("db copy --to Host=127.0.0.1;Port=1;Username=x;Timeout=2")]
    public async Task Without_the_key_no_command_works_and_each_says_what_to_do(string line)
    {
        await using var test = await Installation();
        System.IO.File.Delete(File(test, KeyFolder.FileName));
        var ran = await Shell.Run([.. line.Split(' '), "--data", test.Folder.Path]);
        Assert.Equal(ExitCode.DataFolder, ran.Code);
        Assert.Contains($"is under the key {test.Secrets.Name}", ran.Error);
        Assert.Contains("Put back the gatehouse.key", ran.Error);
        Assert.Empty(Directory.GetFiles(test.Folder.Path, "gatehouse.key*"));
    }

    [Fact]
    public async Task A_backup_of_before_the_rotation_is_told_which_key_it_needs()
    {
        await using var test = await Installation();
        System.IO.File.Copy(File(test, "gatehouse.db"), File(test, "backup"));
        await Key(test, "rotate");
        System.IO.File.Move(File(test, "backup"), File(test, "gatehouse.db"), overwrite: true);
        var ran = await Shell.Run("db", "check", "--data", test.Folder.Path);
        Assert.Equal(ExitCode.DataFolder, ran.Code);
        var old = $"gatehouse.key.old-{test.Secrets.Name}";
        Assert.Contains($"mv {old} gatehouse.key", ran.Error);
        // Nor may it be given up: it is there.
        Assert.Contains(old, (await Key(test, "rotate", "--lost")).Error);

        // The commands as they are printed.
        var line = ran.Error[(ran.Error.IndexOf("To go on with it: ", StringComparison.Ordinal) + 18)..].Trim();
        using var shell = System.Diagnostics.Process.Start("sh", ["-c", line]);
        await shell.WaitForExitAsync();
        // The rotation stands in the log that is no more, which is to be accepted on purpose.
        var check = await Shell.Run("db", "check", "--data", test.Folder.Path);
        Assert.Equal(ExitCode.Failed, check.Code);
        Assert.Contains("gatehouse audit accept", check.Error);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("audit", "accept", "--data", test.Folder.Path)).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("db", "check", "--data", test.Folder.Path)).Code);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("another's")]
    [InlineData("short")]
    public async Task A_key_that_is_lost_for_ever_is_given_up_on_purpose_only(string shape)
    {
        await using var test = await Installation();
        Assert.Contains("without --lost", (await Key(test, "rotate", "--lost")).Error);
        var published = (await Key(test, "show")).Lines[^1];
        if (shape == "missing")
            System.IO.File.Delete(File(test, KeyFolder.FileName));
        else
            await System.IO.File.WriteAllBytesAsync(File(test, KeyFolder.FileName), new byte[shape == "short" ? 5 : 32]);

        Assert.Equal(ExitCode.DataFolder, (await Key(test, "rotate")).Code);
        var ran = await Key(test, "rotate", "--lost");
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Error));
        Assert.Equal(["master_key.lost"], await Actions(test));
        Assert.Equal(shape == "missing" ? 0 : 1, Directory.GetFiles(test.Folder.Path, "gatehouse.key.old-*").Length);
        var after = (await Key(test, "show")).Lines;
        Assert.Contains(after, l => l.StartsWith(published[..100], StringComparison.Ordinal) && !l.EndsWith(" -", StringComparison.Ordinal));
        Assert.EndsWith(" -", after[^1]);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("db", "check", "--data", test.Folder.Path)).Code);
    }

    [Theory]
    [InlineData("UPDATE signing_keys SET sealed_secret = substr(sealed_secret, 1, 40)", "signing_keys ")]
    [InlineData("DELETE FROM key_fingerprint", "does not know the fingerprint")]
    public async Task The_check_finds_what_does_not_open(string sql, string finding)
    {
        await using var test = await Installation();
        await using (var db = await Database.Open(test.Folder.Path, null))
            await db.Write(s => s.Execute(sql));
        var ran = await Shell.Run("db", "check", "--data", test.Folder.Path);
        Assert.Equal(ExitCode.Failed, ran.Code);
        Assert.Contains("Sealed secrets: NOT OK", ran.Out);
        Assert.Contains(finding, ran.Error);
    }
}
