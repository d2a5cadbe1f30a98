using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Gatehouse.Cli.Shell;
using Gatehouse.Derp.Probe;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Cli.Relay;

/// <summary><c>relay probe</c>: any DERP server, seen as a client sees it.</summary>
internal static class RelayProbeCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("probe", "Checks a relay from outside, step by step: TCP, TLS, certificate, STUN, DERP handshake, ping, and a packet between two keys. Works with any DERP server.",
            "gatehouse relay probe --target relay.example.com:443",
            "gatehouse relay probe --target 203.0.113.10:20443 --stun-port 23478 --cert-name sha256-raw:<64 hex> --key probe.keys",
            "gatehouse relay probe --target 127.0.0.1:3340 --plain --stun-port 0 --json");
        var target = new Option<string>("--target", "-t") { Description = $"Host and port. Without a port: {ProbeTarget.DefaultPort}.", Required = true, HelpName = "host:port" };
        var stunPort = new Option<int>("--stun-port") { Description = "UDP port of STUN; 0 or -1: none.", HelpName = "port", DefaultValueFactory = _ => Stun.DefaultPort };
        var certName = new Option<string?>("--cert-name") { Description = "CertName of the DERP map: sha256-raw: and 64 hex digits, or the name on the certificate. Without it: the host.", HelpName = "name" };
        var key = new Option<string?>("--key") { Description = "File with a secret key that the relay admits (privkey:<64 hex>, or derper's JSON); with two, one a line, a packet goes from one to the other. Without it: two made-up keys.", HelpName = "file" };
        var plain = new Option<bool>("--plain") { Description = "Plain HTTP, without TLS." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        foreach (var option in new Option[] { target, stunPort, certName, key, plain, json })
            command.Add(option);
        command.SetAction(async (parse, ct) =>
        {
            var report = await DerpProber.Probe(Target(parse.GetRequiredValue(target), parse.GetValue(stunPort), parse.GetValue(certName), parse.GetValue(key), parse.GetValue(plain)), ct);
            if (parse.GetValue(json))
                terminal.Out.WriteLine(JsonSerializer.Serialize(report, ProbingJson.Default.ProbeReport));
            else
                terminal.Table(["STEP", "RESULT", "MS", "FOUND"], report.Steps.Select(Row));
            return report.Ok ? ExitCode.Ok : throw new CommandException(ExitCode.Failed,
                string.Join('\n', report.Steps.Where(s => s.Result == ProbeResult.Failed).Select(s => $"{s.Name}: {s.Detail}")));
        });
        return command;
    }

    private static ProbeTarget Target(string text, int stunPort, string? certName, string? keyFile, bool plain)
    {
        var target = ProbeTarget.Parse(text) ?? throw new CommandException(ExitCode.Usage, $"--target must be a host and a port such as relay.example.com:443, not \"{text}\".");
        if (stunPort is < -1 or > IPEndPoint.MaxPort)
            throw new CommandException(ExitCode.Usage, "--stun-port must be a port, or 0 or -1 for none.");
        if (certName is not null && !ProbeTarget.IsCertName(certName))
            throw new CommandException(ExitCode.Usage, $"--cert-name must be {ProbeTarget.HashPrefix} and 64 hex digits, or a host's name.");
        if (certName is not null && plain)
            throw new CommandException(ExitCode.Usage, "--plain has no certificate that --cert-name could be about.");
        return target with { Tls = !plain, StunPort = stunPort, CertName = certName, Keys = keyFile is null ? [] : Keys(keyFile) };
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Keys(string file)
    {
        try
        {
            return ProbeKeys.Parse(File.ReadAllText(file));
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCode.Usage, $"--key {file} cannot be used: {e.Message}.");
        }
    }

    private static IReadOnlyList<string> Row(ProbeStep step) =>
    [
        step.Name, step.Result.ToString().ToLowerInvariant(),
        step.Result == ProbeResult.Skipped ? "-" : step.Ms.ToString("0.00", CultureInfo.InvariantCulture), step.Detail,
    ];
}
