using System.CommandLine;
using Gatehouse.Audit.Chain;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Http;

namespace Gatehouse.Cli.Data;

/// <summary><c>audit accept</c>: after an older database was put back on purpose.</summary>
internal static class AuditAcceptCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("accept", $"Takes the audit log as it is now for right, after an older database was put back: writes {HeadFile.FileName} anew, and says so in the log. Beside a server or without one; on each node.",
            "gatehouse audit accept --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var accepted = await place.Service<AuditHeads>().Accept(Caller.Cli);
            foreach (var finding in accepted)
                terminal.Out.WriteLine(finding);
            terminal.Out.WriteLine(accepted.Count == 0
                ? $"{HeadFile.FileName} agrees with the audit log: there is nothing to accept."
                : "Accepted: the audit log as it is now is taken for right, and an entry in it says so.");
            return ExitCode.Ok;
        });
        return command;
    }
}
