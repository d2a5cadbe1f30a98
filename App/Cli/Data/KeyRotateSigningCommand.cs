using System.CommandLine;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Cli.Data;

/// <summary><c>key rotate-signing</c>: beside a running server too.</summary>
internal static class KeyRotateSigningCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("rotate-signing", "Makes a new key to sign answers and licence files with. The old one stays published, so that what it has signed can still be verified.",
            "gatehouse key rotate-signing --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var (keys, audit) = (place.Service<SigningKeys>(), place.Service<AuditWriter>());
            var old = await keys.Current(who.TenantId);
            var fresh = await place.Db.Command(who, async s =>
            {
                var made = await keys.Rotate(s, who.TenantId);
                await audit.Write(s, who, "signing_key.rotated", new AuditTarget("signing_key", made.Id, made.Id),
                    Json(old.Id, old.PublicKeyHex), Json(made.Id, made.PublicKeyHex));
                return made;
            });
            terminal.Out.WriteLine($"Public key: {fresh.PublicKeyHex}");
            terminal.Error.WriteLine($"Running servers sign with it within {SigningKeyWatch.Every.TotalSeconds:0} seconds. Programs that know only the key of before refuse their answers from then on: give them the new one.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Json(string id, string publicKey) => $$"""{"key_id":"{{id}}","public_key":"{{publicKey}}"}""";
}
