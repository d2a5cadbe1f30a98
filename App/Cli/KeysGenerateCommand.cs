using System.CommandLine;
using Gatehouse.Licensing;
using Gatehouse.Platform.Web;

namespace Gatehouse.Cli;

/// <summary><c>keys generate</c>: up to a million keys to standard output, in steps that leave a running server room to write.</summary>
internal static class KeysGenerateCommand
{
    private const int Step = 5_000;

    public static Command Create(Terminal terminal)
    {
        var command = new Verb("generate", "Generates a batch of keys and prints them, one a line.",
            "gatehouse keys generate --plan VIP --count 1000 > keys.txt",
            "gatehouse keys generate --plan VIP --count 1000000 --length 16 --prefix VIP --note \"Spring sale\" > keys.txt");
        var common = CommonOptions.AddTo(command);
        var plan = new Option<string>("--plan") { Description = "The plan's name or id.", HelpName = "plan", Required = true };
        var count = new Option<int>("--count") { Description = $"How many, 1 to {KeyService.MaxCliCount:N0}.", HelpName = "n", Required = true };
        var prefix = new Option<string?>("--prefix") { Description = "What the keys begin with. Without it: the plan's prefix.", HelpName = "prefix" };
        var length = new Option<int>("--length") { Description = $"Letters of the code, {KeyFormat.MinCode} to {KeyFormat.MaxCode}.", HelpName = "n", DefaultValueFactory = _ => KeyFormat.DefaultCode };
        var note = new Option<string?>("--note") { Description = "The batch's name.", HelpName = "text" };
        foreach (var option in new Option[] { plan, count, prefix, length, note })
            command.Add(option);
        command.SetAction(async (parse, ct) =>
        {
            await using var place = await Workplace.Open(parse, common);
            await place.Service<Preferences>().Refresh(Caller.DefaultTenant);
            var keys = place.Service<KeyService>();
            var wanted = new NewKeys(parse.GetValue(plan), parse.GetValue(prefix), parse.GetValue(count), parse.GetValue(length), parse.GetValue(note));
            var batch = await place.Db.Write(s => keys.Begin(s, Caller.Cli, wanted, KeyService.MaxCliCount), ct);
            for (var made = 0; made < wanted.Count;)
            {
                var step = await place.Db.Write(s => keys.Fill(s, Caller.Cli, batch, (int)Math.Min(Step, wanted.Count - made), (int)wanted.Length), ct);
                made += step.Count;
                // Only what is stored is printed: an interrupted batch holds exactly the keys that were seen.
                foreach (var key in step)
                    terminal.Out.WriteLine(key);
                if (wanted.Count > Step)
                    terminal.Error.Write($"\r{made:N0} of {wanted.Count:N0}");
            }
            if (wanted.Count > Step)
                terminal.Error.WriteLine();
            return ExitCode.Ok;
        });
        return command;
    }
}
