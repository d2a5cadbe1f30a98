using System.CommandLine;
using System.IO.Pipelines;
using Gatehouse.Cli.Shell;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;

namespace Gatehouse.Cli.Licenses;

/// <summary><c>keys export</c>: streams to standard output or a file.</summary>
internal static class KeysExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("export", "Writes keys as txt (one a line), csv or jsonl to standard output or a file.",
            "gatehouse keys export --status unused > keys.txt",
            "gatehouse keys export --prefix VIP --format csv --out vip.csv");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var status = new Option<string?>("--status") { Description = "Only " + string.Join(", ", LicenseState.All) + ".", HelpName = "status" };
        var prefix = new Option<string?>("--prefix") { Description = "Only with this prefix.", HelpName = "prefix" };
        var plan = new Option<string?>("--plan") { Description = "Only of this plan (name or id).", HelpName = "plan" };
        var query = new Option<string?>("--search", "-q") { Description = "Only what the keys page would find for it.", HelpName = "text" };
        var format = new Option<string?>("--format", "-f") { Description = "txt, csv or jsonl.", DefaultValueFactory = _ => "txt", HelpName = "format" };
        var file = new Option<string?>("--out", "-o") { Description = "A new file, which only you may read. Without it: standard output.", HelpName = "file" };
        foreach (var option in new Option[] { status, prefix, plan, query, format, file })
            command.Add(option);
        command.SetAction(async (parse, ct) =>
        {
            var kind = LicenseExport.Checked(parse.GetValue(format));
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var planId = parse.GetValue(plan) is { } named ? (await place.Db.Read(s => place.Service<PlanService>().Named(s, who.TenantId, named), ct)).Id : null;
            var filter = new LicenseFilter(parse.GetValue(status), parse.GetValue(prefix)?.ToUpperInvariant(), planId, null, parse.GetValue(query)).Checked();
            await using var target = parse.GetValue(file) is { } path ? Open(path) : null;
            var writer = PipeWriter.Create(target ?? terminal.Bytes, new StreamPipeWriterOptions(leaveOpen: true));
            var count = await place.Service<LicenseExport>().Write(writer, who.TenantId, filter, kind, ct);
            await writer.CompleteAsync();
            terminal.Error.WriteLine($"{count:N0} keys.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsLinux())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
