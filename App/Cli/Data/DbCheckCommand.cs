using System.CommandLine;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Data;

/// <summary><c>db check</c>: the engine's own check, what is sealed under the key file, and what features declare must hold between rows.</summary>
internal static class DbCheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("check", "Checks the whole database: the engine's integrity, what is sealed under the key file, the audit log's chain, and keys. Reads every row; runs beside a server.",
            "gatehouse db check --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var damage = await place.Db.CheckIntegrity();
            Report(terminal, $"{place.Db.Engine} integrity", damage);
            // A damaged file makes every further answer a guess.
            if (damage.Count > 0)
                return ExitCode.StorageCorrupt;
            var secrets = await place.Service<SealedTexts>().Check(place.Db);
            Report(terminal, "Sealed secrets", secrets);
            var wrong = secrets.Count;
            foreach (var check in place.Services<ConsistencyCheck>())
            {
                var (errors, notes) = await check.Run(place.Db);
                Report(terminal, check.Subject, errors);
                foreach (var note in notes)
                    terminal.Out.WriteLine($"  note: {note}");
                wrong += errors.Count;
            }
            return wrong == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static void Report(Terminal terminal, string what, IReadOnlyList<string> findings)
    {
        terminal.Out.WriteLine($"{what}: {(findings.Count == 0 ? "ok" : "NOT OK")}");
        foreach (var finding in findings)
            terminal.Error.WriteLine("  " + finding);
    }
}
