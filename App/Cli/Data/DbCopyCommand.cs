using System.CommandLine;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Data;

/// <summary><c>db copy</c>: from SQLite to PostgreSQL.</summary>
internal static class DbCopyCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("copy", "Copies the SQLite database of the data folder to an empty PostgreSQL database, compares every row, and keeps nothing unless all are equal.",
            "gatehouse db copy --data /var/lib/gatehouse --to \"Host=db;Database=gatehouse;Username=gatehouse;Password=...\"",
            "PGPASSWORD=... gatehouse db copy --to \"Host=db;Database=gatehouse;Username=gatehouse\"");
        var common = CommonOptions.AddTo(command);
        var to = new Option<string>("--to") { Description = "Connection string of the empty database. Its password may come from PGPASSWORD.", Required = true, HelpName = "connection" };
        command.Add(to);
        command.SetAction((parse, ct) => Copy(terminal, common.DataFolder(parse), parse.GetRequiredValue(to), ct));
        return command;
    }

    private static async Task<int> Copy(Terminal terminal, string path, string to, CancellationToken ct)
    {
        if (ConfigRules.Problem(ConfigOptions.Find("Storage:Postgres")!, to) is { } problem || to.Length == 0)
            throw new CommandException(ExitCode.Usage, "--to must be a connection string such as Host=localhost;Database=gatehouse;Username=gatehouse;Password=...");
        var folder = DataFolder.OpenExisting(path);
        if (!File.Exists(Path.Combine(folder.Path, DataFolder.DatabaseFile)))
            throw new DataFolderException($"There is no SQLite database in {folder.Path}.");
        // Held to the end, so that no server starts meanwhile.
        using var held = folder.TryLock();
        if (held is null)
            terminal.Error.WriteLine("A server runs on this data folder: what it writes from now on is not in the copy. Stop it before the copy that counts.");
        await using var place = await Installation.OpenExisting(folder, postgres: null);
        var copied = await DatabaseCopy.Run(place.Db, to, table => terminal.Error.WriteLine($"copying {table} ..."), ct);
        terminal.Table(["TABLE", "ROWS", "CHECKSUM (BOTH SIDES)"], copied.Select(t => new[] { t.Name, t.Rows.ToString("N0"), t.Checksum }));
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"{copied.Sum(t => t.Rows):N0} rows in {copied.Count} tables are the same on both sides.");
        terminal.Out.WriteLine("Now set Storage:Postgres and start again. Secrets in the database stay sealed under the data folder's key file:");
        terminal.Out.WriteLine($"every node needs a copy of {Path.Combine(folder.Path, "gatehouse.key")} (mode 0600).");
        return ExitCode.Ok;
    }
}
