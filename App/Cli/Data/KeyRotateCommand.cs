using System.CommandLine;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Cli.Data;

/// <summary>
/// <c>key rotate</c>: a new key is written to the disk, then one transaction seals everything anew and stores its fingerprint, then it
/// takes the key file's place. Whatever step a crash comes after, the next start or rotation settles it by the fingerprint.
/// </summary>
internal static class KeyRotateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("rotate", "Makes a new key file and seals every secret in the database anew. Stop the server first, and the other nodes of a shared database.",
            "gatehouse key rotate --data /var/lib/gatehouse",
            "gatehouse key rotate --lost");
        var common = CommonOptions.AddTo(command);
        var lost = new Option<bool>("--lost") { Description = "The key file is lost for ever: gives up what is sealed under it. Signing keys are retired, and a new one is made." };
        command.Add(lost);
        command.SetAction(parse => Rotate(terminal, parse, common, parse.GetValue(lost)));
        return command;
    }

    private static async Task<int> Rotate(Terminal terminal, ParseResult parse, CommonOptions common, bool lost)
    {
        var folder = DataFolder.OpenExisting(common.DataFolder(parse));
        using var held = folder.TryLock() ?? throw new CommandException(ExitCode.DataFolder,
            $"A server runs on {folder.Path}, with the key it has read. Stop it, rotate, and start it again.");
        await using var place = await CliHost.Open(parse, common, lost);
        var keys = new KeyFolder(folder.Path);
        var (texts, audit) = (place.Service<SealedTexts>(), place.Service<AuditWriter>());
        if (lost)
            await GiveUp(place, keys, texts, audit);
        else
            await Reseal(terminal, place, keys, texts, audit);
        terminal.Out.WriteLine($"Back up {keys.Path} now, with the database: backups of before need the key of before.");
        if (place.Settings["Storage:Postgres"].Length > 0)
            terminal.Out.WriteLine($"Every other node must be stopped, needs a copy of {keys.Path} (mode 0600), and is started again: one with the key of before will not start.");
        return ExitCode.Ok;
    }

    private static async Task Reseal(Terminal terminal, CliHost place, KeyFolder keys, SealedTexts texts, AuditWriter audit)
    {
        // First what an interrupted first start or rotation has left.
        keys.Settle(place.Secrets);
        var fresh = keys.MakePending();
        var count = await place.Db.Command(Caller.Cli, async s =>
        {
            // While this process's key still opens what the entry is marked under.
            await audit.Write(s, Caller.Cli, "master_key.rotated", Target, Json(place.Secrets), Json(fresh));
            return await texts.Reseal(s, fresh);
        });
        keys.Settle(fresh);
        terminal.Out.WriteLine($"The key is now {fresh.Name}; {count:N0} secrets are sealed anew. The key of before is kept as {keys.Kept(place.Secrets.Fingerprint)}: delete it when no backup needs it.");
    }

    private static async Task GiveUp(CliHost place, KeyFolder keys, SealedTexts texts, AuditWriter audit)
    {
        await place.Db.Command(Caller.Cli, async s =>
        {
            await texts.GiveUp(s);
            await place.Service<AuditHeads>().Renew(s);
            await audit.Write(s, Caller.Cli, "master_key.lost", Target, null, Json(place.Secrets));
            return true;
        });
        keys.Settle(place.Secrets);
    }

    private static AuditTarget Target => new("master_key", KeyFolder.FileName, KeyFolder.FileName);

    private static string Json(SecretBox key) => $$"""{"fingerprint":"{{key.Fingerprint}}"}""";
}
