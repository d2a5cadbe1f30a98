using System.CommandLine;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Connections;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Cli.Server;

/// <summary><c>check-config</c>: what is in force, and where it came from.</summary>
internal static class CheckConfigCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("check-config", "Prints the configuration in force and where each value came from, secrets masked.",
            "gatehouse check-config --data /var/lib/gatehouse",
            "gatehouse check-config --config ./appsettings.json");
        var common = CommonOptions.AddTo(command);
        command.SetAction(parse =>
        {
            var settings = common.Settings(parse);
            _ = ServerCertificate.Configured(settings.Configuration);
            terminal.Table(["OPTION", "VALUE", "FROM"], settings.All.Select(s => new[] { s.Option.Key, s.Value.Length == 0 ? "-" : s.Shown, s.Origin }));
            return ExitCode.Ok;
        });
        return command;
    }
}
