using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Connections;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Cli.Server;

/// <summary><c>healthcheck</c>: for containers and service managers.</summary>
internal static class HealthCheckCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("healthcheck", "Asks the server that runs from the data folder how it is: exit code 0 when it serves, 1 when not.",
            "gatehouse healthcheck --data /var/lib/gatehouse",
            "gatehouse healthcheck --url http://127.0.0.1:8080");
        var common = CommonOptions.AddTo(command);
        var url = new Option<string?>("--url") { Description = "Where to ask it. Without it: where it says that it listens.", HelpName = "address" };
        command.Add(url);
        command.SetAction(async parse =>
        {
            var settings = common.Settings(parse, new ConfigFlag("Server:Urls", parse.GetValue(url), "--url"));
            var told = InstanceName.Told(common.DataFolder(parse));
            var address = parse.GetValue(url) is not null ? PublicAddress.Local(settings.Configuration) : told?.Address
                ?? throw new CommandException(ExitCode.Failed, $"No server runs from {Path.GetFullPath(common.DataFolder(parse))}.");
            return await Ask(terminal, settings.Configuration, address + "/api/health", told?.Name);
        });
        return command;
    }

    private static async Task<int> Ask(Terminal terminal, IConfiguration config, string address, string? name)
    {
        using var handler = new HttpClientHandler { UseProxy = false, AllowAutoRedirect = false };
        // The certificate is made out to the public name, not to this machine's: it must be the configured one instead.
        if (ServerCertificate.Configured(config) is { } certificate)
            handler.ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown is X509Certificate2 && shown.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span);
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(address);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw Another(address);
            // Whoever else listens there is not asked for: the name is new with each start.
            if (name is not null && (!answer.Headers.TryGetValues(InstanceName.Header, out var named) || named.First() != name))
                throw new CommandException(ExitCode.Failed, $"What answers at {address} does not run from this data folder.");
            var status = json.RootElement.TryGetProperty("status", out var told) && told.ValueKind == JsonValueKind.String ? told.GetString() : null;
            if (answer.IsSuccessStatusCode && status is "pass" or "warn")
            {
                terminal.Out.WriteLine(status);
                return ExitCode.Ok;
            }
            throw new CommandException(ExitCode.Failed, $"{address} answers {(int)answer.StatusCode}{(status is null ? "" : $", {status}")}.");
        }
        catch (HttpRequestException e)
        {
            throw new CommandException(ExitCode.Failed, $"{address} does not answer: {e.Message}");
        }
        catch (TaskCanceledException)
        {
            throw new CommandException(ExitCode.Failed, $"{address} did not answer within {Patience.TotalSeconds:0} seconds.");
        }
        catch (JsonException)
        {
            throw Another(address);
        }
    }

    private static CommandException Another(string address) => new(ExitCode.Failed, $"What answers at {address} is not Gatehouse.");
}
