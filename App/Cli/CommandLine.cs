using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Gatehouse.Cli.Data;
using Gatehouse.Cli.Licenses;
using Gatehouse.Cli.Relay;
using Gatehouse.Cli.Server;
using Gatehouse.Cli.Shell;
using Gatehouse.Cli.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli;

/// <summary>The commands, and what becomes of their failures.</summary>
public static class CommandLine
{
    /// <summary>Runs one command and returns its <see cref="ExitCode"/>.</summary>
    /// <param name="terminal">Where it reads and writes; null: the process's own.</param>
    /// <param name="stop">Ends <c>serve</c>, as SIGTERM does.</param>
    public static async Task<int> Run(string[] args, Terminal? terminal = null, CancellationToken stop = default)
    {
        terminal ??= Terminal.OfProcess();
        try
        {
            NativeLibraries.Register();
            return await Invoke(args.Length == 0 ? ["--help"] : args, terminal, stop);
        }
        catch (Exception e)
        {
            var (code, message) = Explain(e);
            foreach (var line in message.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                terminal.Error.WriteLine("gatehouse: " + ProgramName.In(line.TrimEnd()));
            return code;
        }
    }

    private static async Task<int> Invoke(string[] args, Terminal terminal, CancellationToken stop)
    {
        var parse = Root(terminal, stop).Parse(args);
        // No time limit after SIGTERM: serve ends by itself, once what it has begun is done.
        var invocation = new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        if (parse.Action is not ParseErrorAction)
            return await parse.InvokeAsync(invocation, CancellationToken.None);
        var command = string.Join(' ', Path(parse.CommandResult.Command));
        throw new CommandException(ExitCode.Usage, string.Join('\n', parse.Errors.Select(e => e.Message).Distinct()) + Guess(parse) + $"\nSee: {command} --help");
    }

    private static RootCommand Root(Terminal terminal, CancellationToken stop)
    {
        var root = new RootCommand("Gatehouse: card keys, licences and relays from one executable and one data folder.")
        {
            ServeCommand.Create(terminal, stop),
            SetupLinkCommand.Create(terminal),
            new Command("admin", "Staff accounts.") { AdminCreateCommand.Create(terminal), AdminListCommand.Create(terminal), AdminResetPasswordCommand.Create(terminal), AdminResetTwoFactorCommand.Create(terminal) },
            new Command("token", "API tokens.") { TokenCreateCommand.Create(terminal), TokenListCommand.Create(terminal), TokenRevokeCommand.Create(terminal) },
            new Command("plan", "Plans, of which keys are made.") { PlanCreateCommand.Create(terminal), PlanListCommand.Create(terminal) },
            new Command("keys", "Keys.") { KeysGenerateCommand.Create(terminal), KeysExportCommand.Create(terminal), KeysImportCommand.Create(terminal) },
            new Command("key", "The key file and the signing keys.") { KeyShowCommand.Create(terminal), KeyRotateCommand.Create(terminal), KeyRotateSigningCommand.Create(terminal) },
            new Command("audit", "The audit log.") { AuditAcceptCommand.Create(terminal) },
            new Command("db", "The database.") { DbCheckCommand.Create(terminal), DbCopyCommand.Create(terminal) },
            RelayCommand.Create(terminal, stop),
            RelayHostCommand.Create(terminal, stop),
            CheckConfigCommand.Create(terminal),
            HealthCheckCommand.Create(terminal),
            VersionCommand.Create(terminal),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static string Guess(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var known = command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name));
        return parse.UnmatchedTokens.Select(t => Nearest.To(t, known)).OfType<string>().FirstOrDefault() is { } near ? $"\nDid you mean {near}?" : "";
    }

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Path(parent).Append(command.Name) : ["gatehouse"];

    /// <summary>Which code and sentence a failure ends the process with.</summary>
    internal static (int Code, string Message) Explain(Exception e) => e switch
    {
        CommandException command => (command.Code, command.Message),
        ConfigException => (ExitCode.Usage, e.Message),
        DataFolderException or KeyFileException => (ExitCode.DataFolder, e.Message),
        ListenException => (ExitCode.Address, e.Message),
        StorageCorruptException => (ExitCode.StorageCorrupt, e.Message),
        StorageException => (ExitCode.StorageUnreachable, e.Message),
        DatabaseCopyException => (ExitCode.Failed, e.Message),
        Refusal refusal => (ExitCode.Failed, Message(refusal)),
        DllNotFoundException or NotSupportedException or IOException or UnauthorizedAccessException => (ExitCode.Failed, e.Message),
        OperationCanceledException => (ExitCode.Failed, "Stopped before it was done."),
        _ => (ExitCode.Failed, $"Unexpected failure, please report it: {e.GetType().Name}: {e.Message}"),
    };

    private static string Message(Refusal refusal)
    {
        var text = Localizer.For("en");
        return refusal.Fields.Count == 0
            ? text[refusal.Detail]
            : string.Join('\n', refusal.Fields.Select(f => $"{f.Key}: {text[f.Value]}"));
    }
}
