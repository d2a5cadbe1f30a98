using System.CommandLine;
using Gatehouse.Cli.Shell;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Cli.Licenses;

/// <summary><c>keys generate</c>: up to a million in one batch.</summary>
internal static class KeysGenerateCommand
{
    // In steps, so that a running server finds room to write between them.
    private const int Step = 5_000;
    private const int ProgressStep = 50_000;

    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("generate", $"Generates a batch of keys, at most {BatchService.MaxCliCount:N0}, and prints them, one a line.",
            "gatehouse keys generate --plan \"Pro, 1 year\" --count 100 --note \"Spring sale\"",
            "gatehouse keys generate --tenant acme --plan Pro --count 20",
            "gatehouse keys generate --plan Basic --prefix BASIC --length 16 --count 1000000 > keys.txt");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var plan = new Option<string>("--plan", "-p") { Description = "Name or id of the plan.", Required = true, HelpName = "plan" };
        var count = new Option<int>("--count", "-n") { Description = "How many.", Required = true, HelpName = "number" };
        var prefix = new Option<string?>("--prefix") { Description = "What they begin with. Without it: the plan's prefix.", HelpName = "prefix" };
        var length = new Option<int>("--length") { Description = "Characters behind the prefix.", DefaultValueFactory = _ => LicenseKey.DefaultCode, HelpName = "number" };
        var note = new Option<string?>("--note") { Description = "Name of the batch.", HelpName = "text" };
        foreach (var option in new Option[] { plan, count, prefix, length, note })
            command.Add(option);
        command.SetAction(async (parse, ct) =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            // The alphabet is a setting.
            await place.Service<TenantSettings>().Refresh(who.TenantId);
            var wanted = new NewKeys(parse.GetRequiredValue(plan), parse.GetValue(prefix), parse.GetRequiredValue(count), parse.GetValue(length), parse.GetValue(note));
            var keys = place.Service<BatchService>();
            var batch = await place.Db.Write(s => keys.Begin(s, who, wanted, BatchService.MaxCliCount), ct);
            // Buffered: the terminal's own writer flushes every line.
            await using var lines = new StreamWriter(terminal.Bytes, bufferSize: 64 * 1024, leaveOpen: true);
            for (var made = 0; made < wanted.Count;)
            {
                var step = await place.Db.Write(s => keys.Fill(s, who, batch, (int)Math.Min(Step, wanted.Count - made), (int)wanted.Length), ct);
                made += step.Count;
                // Only what is stored is printed: an interrupted batch holds exactly the keys that were seen.
                foreach (var key in step)
                    lines.Write(key + "\n");
                await lines.FlushAsync(ct);
                if (made % ProgressStep == 0)
                    terminal.Error.WriteLine($"{made:N0} ...");
            }
            terminal.Error.WriteLine($"{wanted.Count:N0} keys in batch \"{batch.Name}\".");
            return ExitCode.Ok;
        });
        return command;
    }
}
