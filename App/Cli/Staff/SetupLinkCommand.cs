using System.CommandLine;
using Gatehouse.Accounts.Setup;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Staff;

/// <summary><c>setup-link</c>: another one-time link to become owner, when the first has run out.</summary>
internal static class SetupLinkCommand
{
    /// <summary>Why there is no link.</summary>
    public const string Unsafe = "The link makes its reader the owner, and this server listens on plain http that others can read. Give it a certificate (Server:Certificate), or let it listen on this machine too (Server:Urls, such as http://127.0.0.1:8080), and come by ssh -L.";

    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("setup-link", "Prints a new one-time link to become owner. It works once, for 30 minutes, and only while there is no owner; older links end.",
            "gatehouse setup-link --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var address = PublicAddress.Private(place.Settings.Configuration) ?? throw new CommandException(ExitCode.Failed, Unsafe);
            terminal.Out.WriteLine(await Make(place.Db, place.Service<SetupLinks>(), address));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Makes a link that begins with <paramref name="address"/>.</summary>
    /// <exception cref="Refusal">409 SETUP_DONE: there is an owner.</exception>
    public static async Task<string> Make(Database db, SetupLinks links, string address) =>
        $"{address}/setup?token={Uri.EscapeDataString(await db.Command(Caller.System, s => links.Create(s, Caller.DefaultTenant)))}";
}
