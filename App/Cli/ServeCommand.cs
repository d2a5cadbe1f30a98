using System.CommandLine;
using Gatehouse.Licensing;
using Gatehouse.Platform;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;

namespace Gatehouse.Cli;

/// <summary><c>serve</c>: runs until SIGTERM or SIGINT, then finishes what is under way.</summary>
internal static class ServeCommand
{
    public static Command Create(Terminal terminal, CancellationToken stop)
    {
        var command = new Verb("serve", "Runs the server until it is told to stop (SIGTERM, Ctrl+C).",
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

    private static async Task<int> Serve(Terminal terminal, Settings settings, string path, bool demo, CancellationToken stop)
    {
        var folder = DataFolder.Open(path);
        using var held = folder.TryLock() ?? throw new CommandException(ExitCode.DataFolder,
            $"Another gatehouse serve already uses {folder.Path}. Stop it first; further nodes need data folders of their own and one PostgreSQL.");
        await using var db = await Database.Open(folder.Path, settings["Storage:Postgres"]);
        await using var app = Program.Build(settings.Configuration, folder, db);
        if (demo)
            await FillDemo(app.Services, db);
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Gatehouse");
        using var watch = Logs.WatchForFatal(log);
        Logs.WarnOfWeakness(log, settings.Configuration);
        await app.Listen(stop);
        terminal.Out.WriteLine($"Gatehouse {VersionCommand.Current} serves {string.Join(" and ", app.Urls)} from {folder.Path} ({db.Engine}).");
        await SetupLinkCommand.Greet(terminal, app.Services, db, settings, app.Urls.First());
        await app.WaitForShutdownAsync(stop);
        return ExitCode.Ok;
    }

    private static async Task FillDemo(IServiceProvider services, Database db)
    {
        // A password that nobody has: the example customer is there to be looked at.
        var hash = await services.GetRequiredService<Passwords>().Hash(Tokens.Create());
        if (!await db.Write(s => services.GetRequiredService<DemoData>().Fill(s, Caller.System, hash)))
            throw new CommandException(ExitCode.Usage, "--demo fills an empty database only, and this one has data. Start without --demo, or with another --data folder.");
    }
}
