using System.CommandLine;
using System.Globalization;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;

namespace Gatehouse.Cli.Data;

/// <summary><c>key show</c>: nothing secret.</summary>
internal static class KeyShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("show", "Shows the fingerprint of the key file, and the public signing keys of now and before.", "gatehouse key show --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            terminal.Out.WriteLine($"Key file: {new KeyFolder(place.Folder.Path).Path}");
            terminal.Out.WriteLine($"Name: {place.Secrets.Name}");
            terminal.Out.WriteLine($"Fingerprint: {place.Secrets.Fingerprint}");
            terminal.Out.WriteLine();
            terminal.Table(["SIGNING KEY", "PUBLIC KEY", "MADE (UTC)", "RETIRED (UTC)"],
                (await place.Service<SigningKeys>().Published(who.TenantId)).Select(k => new[] { k.Id, k.PublicKeyHex, Time(k.CreatedAt), k.RetiredAt is { } at ? Time(at) : "-" }));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
