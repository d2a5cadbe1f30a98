using System.CommandLine;
using System.Net;
using Gatehouse.Cli.Shell;

namespace Gatehouse.Cli.Relay;

/// <summary><c>relay healthcheck</c>: for the relay's container, which has no other program to ask with.</summary>
internal static class RelayHealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("healthcheck", "Asks the relay that runs here with the same options or environment how it is: exit code 0 when it serves, 1 when not.",
            "gatehouse relay healthcheck --listen :443 --self-signed");
        var options = new RelayOptions(command);
        command.SetAction(async (parse, ct) =>
        {
            var settings = options.Read(parse);
            var listen = settings.Listen.Address;
            // Where it listens on all addresses, IPv6 may yet be turned off.
            var host = listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : listen;
            var address = $"{(settings.Tls ? "https" : "http")}://{new IPEndPoint(host, settings.Listen.Port)}/healthz";
            using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
            // Whether it serves is the question, not who it is: its certificate is made out to another name, or to none that is trusted.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
            using var client = new HttpClient(handler) { Timeout = Patience };
            try
            {
                using var answer = await client.GetAsync(address, ct);
                if (!answer.IsSuccessStatusCode)
                    throw new CommandException(ExitCode.Failed, $"{address} answers {(int)answer.StatusCode}.");
                terminal.Out.WriteLine("pass");
                return ExitCode.Ok;
            }
            catch (HttpRequestException e)
            {
                throw new CommandException(ExitCode.Failed, $"{address} does not answer: {e.Message}");
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new CommandException(ExitCode.Failed, $"{address} did not answer within {Patience.TotalSeconds:0} seconds.");
            }
        });
        return command;
    }
}
