using System.Net;
using System.Net.Sockets;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Cli;

/// <summary>Help, usage, and the exit code and sentence of each failure to start.</summary>
public sealed class CommandLineTests
{
    private static readonly string[][] Commands =
    [
        ["serve"], ["setup-link"], ["admin", "create"], ["admin", "list"], ["admin", "reset-password"], ["token", "create"], ["token", "list"], ["token", "revoke"], ["plan", "create"], ["plan", "list"], ["keys", "generate"],
        ["keys", "export"], ["keys", "import"], ["check-config"], ["audit", "accept"], ["db", "check"], ["db", "copy"], ["healthcheck"], ["version"], ["relay", "probe"], ["relay-host"],
    ];

    public static TheoryData<string> CommandNames => new(Commands.Select(c => string.Join(' ', c)));

    [Theory, MemberData(nameof(CommandNames))]
    public async Task Each_command_has_help_with_examples_and_says_where_the_exit_codes_are(string command)
    {
        var ran = await Shell.Run([.. command.Split(' '), "--help"]);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Contains($"Usage:\n  ", ran.Out.ReplaceLineEndings("\n"));
        Assert.Contains("Examples:", ran.Out);
        Assert.Contains($"gatehouse {command}", ran.Out[ran.Out.IndexOf("Examples:", StringComparison.Ordinal)..]);
        Assert.EndsWith("Exit codes: gatehouse --help\n", ran.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_argument_shows_the_help_with_every_command()
    {
        var ran = await Shell.Run();
        Assert.Equal(ExitCode.Ok, ran.Code);
        foreach (var command in Commands)
            Assert.Contains(command[0], ran.Out);
        foreach (var (code, meaning) in ExitCode.All)
            Assert.Contains($"  {code}  {meaning}", ran.Out);
    }

    [Theory]
    [InlineData("sevre", "Did you mean serve?")]
    [InlineData("serve --ulrs http://*:1", "Did you mean --urls?")]
    [InlineData("admin", "Required command")]
    [InlineData("token create --name x", "--role")]
    [InlineData("token create --name x --role king", "owner, admin, operator, analyst")]
    public async Task Wrong_usage_is_2_and_says_what_is_wrong(string line, string says)
    {
        var ran = await Shell.Run(line.Split(' '));
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(says, ran.Error);
        Assert.Contains("--help", ran.Error);
        Assert.Empty(ran.Out);
    }

    [Fact]
    public async Task The_first_line_of_version_is_the_version_alone()
    {
        var ran = await Shell.Run("version");
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(ProgramVersion.Current, ran.Lines[0]);
    }

    [Fact]
    public async Task A_missing_data_folder_is_not_made_by_a_mistyped_path()
    {
        using var folder = new TestFolder();
        var ran = await Shell.Run("admin", "list", "--data", folder.File("typo"));
        Assert.Equal(ExitCode.DataFolder, ran.Code);
        Assert.Contains("--data", ran.Error);
        Assert.False(Directory.Exists(folder.File("typo")));
    }

    [Fact]
    public async Task A_data_folder_that_others_may_read_is_refused()
    {
        using var folder = new TestFolder();
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        var ran = await Shell.Run("serve", "--data", folder.Path);
        Assert.Equal(ExitCode.DataFolder, ran.Code);
        Assert.Contains($"chmod 700 {folder.Path}", ran.Error);
    }

    [Fact]
    public async Task A_file_in_place_of_the_data_folder_is_refused()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("data"), "");
        Assert.Equal(ExitCode.DataFolder, (await Shell.Run("serve", "--data", folder.File("data"))).Code);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_3()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File(Config.FileName), """{"Storage":{"Postgres":"Host=127.0.0.1;Port=1;Username=x;Timeout=2"}}""");
        var ran = await Shell.Run("serve", "--data", folder.Path);
        Assert.Equal(ExitCode.StorageUnreachable, ran.Code);
        Assert.Contains("PostgreSQL cannot be reached", ran.Error);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_4_and_says_how_to_restore()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File(DataFolder.DatabaseFile), new string('x', 9000));
        var ran = await Shell.Run("serve", "--data", folder.Path);
        Assert.Equal(ExitCode.StorageCorrupt, ran.Code);
        Assert.Contains("backup", ran.Error);
    }

    [Theory]
    [InlineData(1, "9999-12-31_next, which this program does not know: it was opened by a newer version")]
    [InlineData(-1, "gatehouse serve once")]
    public async Task A_database_of_another_version_is_4_for_commands_that_run_beside_a_server(int away, string says)
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await test.Database.Write(s => away > 0
            ? s.Execute("INSERT INTO schema_version (version, name, applied_at) VALUES (1000, '9999-12-31_next', 0)")
            : s.Execute("DELETE FROM schema_version WHERE name = @name", ("name", Migration.All[^1].Name)));
        var ran = await Shell.Run("db", "check", "--data", test.Folder.Path);
        Assert.Equal(ExitCode.StorageCorrupt, ran.Code);
        Assert.Contains(says, ran.Error);
    }

    [Fact]
    public async Task A_port_in_use_is_6_and_names_the_address()
    {
        using var folder = new TestFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var ran = await Shell.Run("serve", "--data", folder.Path, "--urls", address);
        Assert.Equal(ExitCode.Address, ran.Code);
        Assert.Contains(address, ran.Error);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_2()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("bad.pem"), "no certificate");
        File.WriteAllText(folder.File(Config.FileName), """{"Server":{"Urls":"https://127.0.0.1:0","Certificate":"bad.pem","CertificateKey":"bad.pem"}}""");
        foreach (var command in new[] { "serve", "check-config" })
        {
            var ran = await Shell.Run(command, "--data", folder.Path);
            Assert.Equal(ExitCode.Usage, ran.Code);
            Assert.Contains("Server:Certificate", ran.Error);
        }
    }

    [Fact]
    public async Task No_failure_shows_a_stack_trace()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File(DataFolder.DatabaseFile), "no database at all, this");
        var ran = await Shell.Run("serve", "--data", folder.Path);
        Assert.DoesNotContain("   at ", ran.Error);
        Assert.All(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.StartsWith("gatehouse: ", l));
    }
}
