using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gatehouse.Cli.Shell;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Cli.Relay;

/// <summary><c>relay</c>: runs a DERP relay until SIGTERM or SIGINT.</summary>
internal static class RelayCommand
{
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var command = new CliCommand("relay", "Runs a DERP relay, as Tailscale and headscale clients use it, until it is told to stop. On SIGHUP it reads --cert, --key and --allow again; it also sees by itself when they change. Each option may also stand in the environment: --max-per-ip as GATEHOUSE_RELAY_MAX_PER_IP.",
            "gatehouse relay --hostname relay.example.com --cert relay.crt --key relay.key --allow devices.txt",
            "gatehouse relay --hostname 203.0.113.10 --self-signed --control unix:/run/relay.sock --control-token-file token --quota 1000000000000",
            "gatehouse relay --listen 127.0.0.1:3340 --stun off --allow devices.txt --data ./relay")
        {
            RelayProbeCommand.Create(terminal),
            RelayHealthCommand.Create(terminal),
        };
        var options = new RelayOptions(command);
        command.SetAction(async (parse, cancelled) =>
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, cancelled);
            return await Run(terminal, options.Read(parse), both.Token);
        });
        return command;
    }

    private static async Task<int> Run(Terminal terminal, DerpOptions settings, CancellationToken stop)
    {
        using var logs = LoggerFactory.Create(l => l.AddLogs(new ConfigurationBuilder().Build(), security: [], toStandardError: true));
        DerpServer? started = null;
        // From the first moment on: a terminal that closes, or a program that renewed the certificate, must not end it.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Volatile.Read(ref started)?.Reread();
        });
        await using var relay = await Start(settings, logs, stop);
        Volatile.Write(ref started, relay);
        terminal.Out.WriteLine($"Gatehouse relay {ProgramVersion.Current} is ready at {relay.Address}");
        if (relay.HttpAddress is { } http)
            terminal.Out.WriteLine($"HTTP: {http}");
        terminal.Out.WriteLine(relay.StunPort is { } port ? $"STUN: udp {new IPEndPoint(settings.Stun!.Address, port)}" : "STUN: off");
        if (settings.StunOpen)
            terminal.Out.WriteLine("STUN answers anybody");
        terminal.Out.WriteLine($"Key: {relay.PublicKey}");
        if (relay.CertificateName is { } name)
            terminal.Out.WriteLine($"CertName: {name}");
        if (relay.NextCertificate is { } next)
            terminal.Out.WriteLine($"CertName from {next.At:yyyy-MM-dd HH:mm} UTC on: {next.Name}");
        terminal.Out.WriteLine("Admission: " + Admission(settings));
        terminal.Out.WriteLine("Control: " + (relay.ControlAddress ?? "off"));
        Memory.EndOfStart();
        try
        {
            using var told = CancellationTokenSource.CreateLinkedTokenSource(stop, relay.Stopping);
            await Task.Delay(Timeout.Infinite, told.Token);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        return ExitCode.Ok;
    }

    private static string Admission(DerpOptions settings) =>
        settings.Admit is not null ? "a service is asked about each device"
        : settings.AllowFile is { } file ? $"the devices in {file}"
        : settings.Control is not null ? "nobody until the control channel says who"
        : "nobody: give --allow, --admit or --control";

    private static async Task<DerpServer> Start(DerpOptions settings, ILoggerFactory logs, CancellationToken stop)
    {
        try
        {
            return await DerpServer.Start(settings, logs, stop);
        }
        catch (Exception e) when (e is CryptographicException)
        {
            throw new CommandException(ExitCode.Usage, $"The certificate cannot be used: {e.Message}");
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.Usage, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.DataFolder, e.Message);
        }
    }
}
