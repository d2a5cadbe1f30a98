using System.CommandLine;
using System.Runtime.InteropServices;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Server;

/// <summary><c>version</c>: the first line is the version alone, the second what a report of a fault should name.</summary>
internal static class VersionCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("version", "Prints the version and what it runs on.", "gatehouse version");
        command.SetAction(_ =>
        {
            terminal.Out.WriteLine(ProgramVersion.Current);
            terminal.Out.WriteLine($"{RuntimeInformation.FrameworkDescription}, SQLite {NativeLibraries.SqliteVersion}, schema {Migration.All[^1].Name}, {RuntimeInformation.RuntimeIdentifier}");
            return ExitCode.Ok;
        });
        return command;
    }
}
