using System.CommandLine;
using System.Globalization;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Imports;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Cli.Licenses;

/// <summary><c>keys import</c>: keys that were made elsewhere, all of a file or none, unless the bad lines are to be left out.</summary>
internal static class KeysImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("import", $"Stores keys that were made elsewhere: a text file with one key a line, or CSV as keys export writes it, at most {LicenseImport.MaxLines:N0} lines in whatever encoding it is.",
            "gatehouse keys import --plan Pro keys.txt",
            "gatehouse keys import --dry-run old-shop.csv",
            "gatehouse keys import --plan Pro --skip-bad --note \"Old shop\" - < keys.txt");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var file = new Argument<string>("file") { Description = "The file; - is standard input." };
        var plan = new Option<string?>("--plan", "-p") { Description = "Name or id of the plan of all its keys. Without it each line names its own.", HelpName = "plan" };
        var note = new Option<string?>("--note") { Description = "Name of the batch.", HelpName = "text" };
        var format = new Option<string?>("--format", "-f") { Description = "txt or csv. Without it: by the name of the file, else txt.", HelpName = "format" };
        format.AcceptOnlyFromAmong("txt", "csv");
        var skip = new Option<bool>("--skip-bad") { Description = "Leave out the lines that cannot be stored, and store the others." };
        var dry = new Option<bool>("--dry-run") { Description = "Say what is wrong with which line, and store nothing." };
        command.Add(file);
        foreach (var option in new Option[] { plan, note, format, skip, dry })
            command.Add(option);
        command.SetAction(async (parse, ct) =>
        {
            var path = parse.GetRequiredValue(file);
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var settings = place.Service<TenantSettings>();
            await settings.Refresh(who.TenantId);
            var text = path == "-" ? await terminal.ReadAll(ct) : FileText.Decode(await File.ReadAllBytesAsync(path, ct));
            var csv = (parse.GetValue(format) ?? (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? "csv" : "txt")) == "csv";
            var read = LicenseImport.Parse(text, csv, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), settings.Zone(who.TenantId));
            if (read.IsEmpty)
                throw new CommandException(ExitCode.Failed, $"There are no keys in {path}.");
            if (string.IsNullOrWhiteSpace(parse.GetValue(plan)) && read.Lines.All(l => l.Plan.Length == 0))
                throw new CommandException(ExitCode.Usage, "Name the plan of the keys: --plan NAME.");
            var keys = place.Service<BatchService>();
            var faults = await place.Db.Read(s => keys.Check(s, who.TenantId, parse.GetValue(plan), read), ct);
            var words = Localizer.For("en");
            foreach (var fault in faults)
                terminal.Error.WriteLine($"line {fault.Line.ToString(CultureInfo.InvariantCulture)}: {fault.Key}: {words[fault.Reason]}");
            if (parse.GetValue(dry))
            {
                terminal.Error.WriteLine($"{read.Lines.Count:N0} keys read, {faults.Count:N0} lines with something wrong; nothing was stored.");
                return faults.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
            }
            if (faults.Count > 0 && (!parse.GetValue(skip) || read.Broken))
                throw new CommandException(ExitCode.Failed, $"Nothing was stored: {faults.Count:N0} lines have something wrong.{(read.Broken ? "" : " With --skip-bad the others are.")}");
            var batches = await place.Db.Command(who, s => keys.Import(s, who, parse.GetValue(plan), parse.GetValue(note), read.Lines, parse.GetValue(skip)), ct);
            terminal.Error.WriteLine($"{batches.Sum(b => b.Count):N0} keys in batch {string.Join(", ", batches.Select(b => $"\"{b.Name}\""))}.");
            return ExitCode.Ok;
        });
        return command;
    }
}
