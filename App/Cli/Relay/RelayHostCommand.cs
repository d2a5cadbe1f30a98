using System.CommandLine;
using System.Runtime.InteropServices;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Hosting;
using Gatehouse.Relays.Hosts;
using Gatehouse.Relays.Links;

namespace Gatehouse.Cli.Relay;

/// <summary><c>relay-host</c>: runs the relays that an appliance places on this machine, until SIGTERM or SIGINT.</summary>
internal static class RelayHostCommand
{
    private const string Token = "GATEHOUSE_RELAY_HOST_JOIN";

    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var command = new CliCommand("relay-host", $"Runs the relays that an appliance places on this machine. It dials out to the appliance and needs no Docker and no open port but those of its relays. The join token, from the server's page there, is kept in the data folder: afterwards it starts without. It may also stand in the environment, as {Token}.",
            "gatehouse relay-host --join ghj_...",
            "gatehouse relay-host --data /var/lib/gatehouse-relays");
        var join = new Option<string?>("--join") { Description = "The join token; needed the first time, and when there is a new one.", HelpName = "token" };
        var data = new Option<string>("--data") { Description = "Folder of what it knows, for its owner alone.", HelpName = "folder", DefaultValueFactory = _ => "/var/lib/gatehouse-relays" };
        command.Add(join);
        command.Add(data);
        command.SetAction(async (parse, cancelled) =>
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, cancelled);
            return await Run(terminal, parse.GetValue(join) ?? Environment.GetEnvironmentVariable(Token), parse.GetRequiredValue(data), both);
        });
        return command;
    }

    private static async Task<int> Run(Terminal terminal, string? given, string path, CancellationTokenSource stop)
    {
        using var logs = LoggerFactory.Create(l => l.AddLogs(new ConfigurationBuilder().Build(), security: [], toStandardError: true));
        var folder = DataFolder.Open(path);
        using var held = folder.TryLock() ?? throw new CommandException(ExitCode.DataFolder, $"Another gatehouse already uses {folder.Path}.");
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Told);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Told);
        RelayHost host;
        try
        {
            var memory = new HostMemory(folder.Path);
            var token = string.IsNullOrWhiteSpace(given) ? memory.Known()?.Join ?? throw new CommandException(ExitCode.Usage, $"{folder.Path} has joined no appliance yet: give --join with the token from the server's page.")
                : JoinToken.Parse(given) ?? throw new CommandException(ExitCode.Usage, "--join is no join token. Copy all of it from the server's page; its appliance must be reached by https.");
            host = new RelayHost(token, memory, logs, TimeProvider.System);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.DataFolder, e.Message);
        }
        terminal.Out.WriteLine($"Gatehouse relay host {ProgramVersion.Current}, for {host.Join.Url}");
        Memory.EndOfStart();
        await HostLine.Serve(host, logs, stop.Token);
        return ExitCode.Ok;

        void Told(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
