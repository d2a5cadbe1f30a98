using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Cli.Shell;

/// <summary>A command that does something, with the examples that its help shows.</summary>
internal sealed class CliCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>The library's help, then examples and, for the whole program, exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
{
    // Help is shown although what the command requires is not there.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parse)
    {
        inner.Invoke(parse);
        var output = parse.InvocationConfiguration.Output;
        var command = parse.CommandResult.Command;
        var examples = command is CliCommand verb ? verb.Examples : Below(command).SelectMany(v => v.Examples.Take(1)).ToList();
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine("  " + ProgramName.In(example));
        output.WriteLine();
        // The same for all: told once.
        if (command is not RootCommand)
        {
            output.WriteLine("Exit codes: gatehouse --help");
            return ExitCode.Ok;
        }
        output.WriteLine("Exit codes:");
        foreach (var (code, meaning) in ExitCode.All)
            output.WriteLine($"  {code}  {meaning}");
        return ExitCode.Ok;
    }

    private static IEnumerable<CliCommand> Below(Command command) =>
        command.Subcommands.SelectMany(c => c is CliCommand verb ? [verb] : Below(c));
}
