using System.CommandLine;
using Gatehouse.Accounts;
using Gatehouse.Platform;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;

namespace Gatehouse.Cli;

/// <summary><c>setup-link</c>: the one-time link by which the first owner comes in.</summary>
internal static class SetupLinkCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Verb("setup-link", "Prints a new one-time link (30 minutes) that makes the first owner; older ones stop working.",
            "gatehouse setup-link --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await Workplace.Open(parse, common);
            var token = await place.Db.Write(s => place.Service<SetupLinks>().Create(s, Caller.DefaultTenant));
            terminal.Out.WriteLine(Link(place.Settings, place.Settings["Server:Urls"].Split(';')[0], token));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>What <c>serve</c> tells a person at its start: where to go, and the link while there is no owner.</summary>
    public static async Task Greet(Terminal terminal, IServiceProvider services, Database db, Settings settings, string address)
    {
        var links = services.GetRequiredService<SetupLinks>();
        if (!await db.Read(s => links.Needed(s, Caller.DefaultTenant)))
            return;
        var token = await db.Write(s => links.Create(s, Caller.DefaultTenant));
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("  Open this link to make your owner account (once, within 30 minutes):");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("  " + Link(settings, address, token));
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("  For another one: gatehouse setup-link");
        terminal.Out.WriteLine();
    }

    private static string Link(Settings settings, string address, string token)
    {
        var origin = settings["Server:PublicUrl"] is { Length: > 0 } known ? known : Reachable(address);
        return $"{origin.TrimEnd('/')}/setup?token={token}";
    }

    // "Every address" cannot be typed into a browser; this machine's own name for itself can.
    private static string Reachable(string address) =>
        address.Trim().Replace("//0.0.0.0", "//127.0.0.1").Replace("//[::]", "//127.0.0.1").Replace("//*", "//127.0.0.1").Replace("//+", "//127.0.0.1");
}
