using Gatehouse.Cli.Shell;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Cli;

/// <summary><c>keys generate</c> and <c>keys export</c>, beside a running server.</summary>
public sealed class KeysCommandTests
{
    private static async Task<TestServer> WithPlan()
    {
        var server = await TestServer.Start();
        await server.Db.Write(s => server.Services.GetRequiredService<PlanService>().Create(s, Caller.System, new Plan { Name = "Pro", Prefix = "PRO" }));
        return server;
    }

    [Fact]
    public async Task Generated_keys_are_printed_one_a_line_and_exported_again()
    {
        await using var server = await WithPlan();
        var folder = server.Storage.Folder.Path;
        var made = await Shell.Run("keys", "generate", "--plan", "Pro", "--count", "1200", "--length", "16", "--note", "Spring", "--data", folder);
        Assert.Equal(ExitCode.Ok, made.Code);
        Assert.Equal(1200, made.Lines.Distinct().Count());
        Assert.All(made.Lines, l => Assert.Matches("^PRO-[2-9A-HJKMNP-Z]{16}$", l));
        var exported = await Shell.Run("keys", "export", "--status", "unused", "--plan", "Pro", "--data", folder);
        Assert.Equal(made.Lines.Order(), exported.Lines.Order());
    }

    [Fact]
    public async Task An_export_goes_to_a_new_file_that_others_cannot_read_and_never_over_an_old_one()
    {
        await using var server = await WithPlan();
        using var folder = new TestFolder();
        await Shell.Run("keys", "generate", "--plan", "Pro", "--count", "3", "--data", server.Storage.Folder.Path);
        string[] export = ["keys", "export", "--format", "csv", "--out", folder.File("keys.csv"), "--data", server.Storage.Folder.Path];
        var ran = await Shell.Run(export);
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Out));
        Assert.Equal(4, File.ReadAllLines(folder.File("keys.csv")).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("keys.csv")));
        Assert.Equal(ExitCode.Failed, (await Shell.Run(export)).Code);
    }

    [Theory]
    [InlineData("Nix", "1", "plan")]
    [InlineData("Pro", "0", "count")]
    [InlineData("Pro", "1000001", "count")]
    public async Task What_cannot_be_made_is_refused_by_field(string plan, string count, string field)
    {
        await using var server = await WithPlan();
        var ran = await Shell.Run("keys", "generate", "--plan", plan, "--count", count, "--data", server.Storage.Folder.Path);
        Assert.Equal((ExitCode.Failed, ""), (ran.Code, ran.Out));
        Assert.Contains(field + ":", ran.Error);
    }

    [Fact]
    public async Task A_file_is_stored_whole_or_not_at_all_unless_bad_lines_are_left_out()
    {
        await using var server = await WithPlan();
        using var place = new TestFolder();
        var folder = server.Storage.Folder.Path;
        // As an editor on Windows saves it, with a key twice and one that is none.
        var file = place.File("keys.txt");
        await File.WriteAllTextAsync(file, "OLD-AAAA2222\r\nold aaaa2222\r\n\r\nOLD-BBBB3333\r\n!\r\n", System.Text.Encoding.Unicode);
        Task<Ran> Import(params string[] more) => Shell.Run(["keys", "import", "--data", folder, file, .. more]);
        var dry = await Import("--plan", "Pro", "--dry-run");
        Assert.Equal((ExitCode.Failed, ""), (dry.Code, dry.Out));
        Assert.Contains("line 2:", dry.Error, StringComparison.Ordinal);
        Assert.Contains("line 5:", dry.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, (await Import("--plan", "Pro")).Code);
        Assert.Empty((await Shell.Run("keys", "export", "--data", folder)).Lines);
        Assert.Equal(ExitCode.Ok, (await Import("--plan", "Pro", "--skip-bad", "--note", "Old shop")).Code);
        Assert.Equal(["OLD-AAAA2222", "OLD-BBBB3333"], (await Shell.Run("keys", "export", "--data", folder)).Lines.Order());
        Assert.Equal(ExitCode.Usage, (await Import()).Code);
        Assert.Contains("plan:", (await Import("--plan", "Nix")).Error, StringComparison.Ordinal);
        // By standard input, and what was exported comes in elsewhere as it was.
        Assert.Equal(ExitCode.Ok, (await Shell.RunWith("NEW-CCCC4444\n", "keys", "import", "--plan", "Pro", "--data", folder, "-")).Code);
        var csv = (await Shell.Run("keys", "export", "--format", "csv", "--data", folder)).Out;
        await using var other = await WithPlan();
        Assert.Equal(ExitCode.Ok, (await Shell.RunWith(csv, "keys", "import", "--format", "csv", "--data", other.Storage.Folder.Path, "-")).Code);
        Assert.Equal(3, (await Shell.Run("keys", "export", "--data", other.Storage.Folder.Path)).Lines.Length);
    }
}
