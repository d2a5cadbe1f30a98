using System.CommandLine;
using Gatehouse.Accounts.Setup;
using Gatehouse.Cli.Shell;
using Gatehouse.Cli.Staff;
using Gatehouse.Platform.Connections;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Server;

/// <summary><c>serve</c>: runs until SIGTERM or SIGINT, then finishes what is under way.</summary>
internal static class ServeCommand
{
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var command = new CliCommand("serve", "Runs the server until it is told to stop (SIGTERM, Ctrl+C).",
            "gatehouse serve --data /var/lib/gatehouse",
            "gatehouse serve --urls \"http://127.0.0.1:8080;https://[::]:443\"",
            "gatehouse serve --data ./trial --demo");
        var common = CommonOptions.AddTo(command);
        var urls = new Option<string?>("--urls") { Description = "Addresses to listen on, parted by semicolons (Server:Urls).", HelpName = "addresses" };
        var format = new Option<string?>("--log-format") { Description = "Log as text or json (Logging:Format).", HelpName = "text|json" };
        var demo = new Option<bool>("--demo") { Description = "Fill an empty database with plans, keys and a customer to look around with." };
        command.Add(urls);
        command.Add(format);
        command.Add(demo);
        command.SetAction(parse =>
        {
            var settings = common.Settings(parse, new("Server:Urls", parse.GetValue(urls), "--urls"), new("Logging:Format", parse.GetValue(format), "--log-format"));
            return Serve(terminal, settings, common.DataFolder(parse), parse.GetValue(demo), stop);
        });
        return command;
    }

    private static async Task<int> Serve(Terminal terminal, Config settings, string path, bool demo, CancellationToken stop)
    {
        Memory.InLargePieces();
        var folder = DataFolder.Open(path);
        using var held = folder.TryLock() ?? throw new CommandException(ExitCode.DataFolder,
            $"Another gatehouse serve already uses {folder.Path} (or gatehouse key rotate does). Stop it first; further nodes need data folders of their own and one PostgreSQL.");
        await using var place = await Installation.Open(folder, settings["Storage:Postgres"]);
        await using var app = Program.Build(settings.Configuration, place);
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Gatehouse");
        using var watch = Logs.WatchForFatal(log);
        Logs.WarnOfWeakness(log, settings.Configuration);
        app.TellConnectionLimits(log);
        if (demo && !await DemoData.Fill(settings.Configuration, place))
            terminal.Error.WriteLine("--demo fills an empty database only; this one has data and stays as it is.");
        await app.Listen(stop);
        using var told = app.Services.GetRequiredService<InstanceName>().Tell(folder, PublicAddress.Local(app.Configuration, app.Urls));
        await Announce(terminal, app, folder, place.Db);
        Memory.EndOfStart();
        await app.WaitForShutdownAsync(stop);
        return ExitCode.Ok;
    }

    // Printed, not logged: a person waits for it, and the link is a secret that no log file should keep.
    private static async Task Announce(Terminal terminal, WebApplication app, DataFolder folder, Database db)
    {
        var address = PublicAddress.Base(app.Configuration, app.Urls);
        terminal.Out.WriteLine($"Gatehouse {ProgramVersion.Current} is ready at {address}");
        terminal.Out.WriteLine($"Listening on {string.Join(" and ", app.Urls)}; data in {folder.Path} ({db.Engine}).");
        var links = app.Services.GetRequiredService<SetupLinks>();
        if (!await db.Read(s => links.Needed(s, Caller.DefaultTenant)))
            return;
        terminal.Out.WriteLine();
        if (PublicAddress.Private(app.Configuration, app.Urls) is not { } safe)
        {
            terminal.Out.WriteLine("There is no owner yet, and no link to become it is shown. " + SetupLinkCommand.Unsafe);
            terminal.Out.WriteLine(ProgramName.In($"Then: gatehouse setup-link --data {folder.Path}"));
            return;
        }
        var link = await SetupLinkCommand.Make(db, links, safe);
        terminal.Out.WriteLine("There is no owner yet. Open this link to become it (once, within 30 minutes):");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("  " + link);
        terminal.Out.WriteLine();
        if (PublicAddress.IsLocal(safe))
            terminal.Out.WriteLine($"From another machine: ssh -L {new Uri(safe).Port}:{new Uri(safe).Authority} THIS-SERVER, then open it there.");
        terminal.Out.WriteLine(ProgramName.In($"A new link: gatehouse setup-link --data {folder.Path}"));
    }
}
