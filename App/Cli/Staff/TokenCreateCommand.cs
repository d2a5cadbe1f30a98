using System.CommandLine;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Http;

namespace Gatehouse.Cli.Staff;

/// <summary><c>token create</c>: standard output is the token and nothing else.</summary>
internal static class TokenCreateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("create", "Makes an API token and prints it, once and alone; only its hash is kept.",
            "gatehouse token create --name shop --role operator --expires 90d",
            "gatehouse token create --name report --role analyst --scopes \"keys.read statistics.read\" --expires 2027-01-31",
            "TOKEN=$(gatehouse token create --name ci --role admin --data /var/lib/gatehouse)");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var name = new Option<string>("--name", "-n") { Description = "What it is for.", Required = true, HelpName = "name" };
        var role = RoleOption.Make();
        var expires = new Option<string?>("--expires") { Description = "When it ends: 12h, 90d, a date or a time in UTC. Without it: never.", HelpName = "when" };
        var scopes = new Option<string[]>("--scopes")
        {
            Description = "Only these permissions, parted by spaces or commas: " + string.Join(", ", new PermissionCatalogue(Program.Features.SelectMany(f => f.Permissions)).All) + ". Without it, or with *: all of the role.",
            HelpName = "scopes", AllowMultipleArgumentsPerToken = true,
        };
        command.Add(name);
        command.Add(role);
        command.Add(expires);
        command.Add(scopes);
        command.SetAction(async parse =>
        {
            var ends = parse.GetValue(expires) is { } typed
                ? TimeArgument.Parse(typed, DateTimeOffset.UtcNow) ?? throw new CommandException(ExitCode.Usage, $"--expires must be a span such as 12h or 90d, or a date such as 2027-01-31, not \"{typed}\".")
                : (DateTimeOffset?)null;
            // Left out it is all; given and empty it is a mistake, such as a variable that is not set.
            var only = parse.GetResult(scopes) is null ? null : (parse.GetValue(scopes) ?? []).SelectMany(s => s.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)).ToList();
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var (_, secret) = await place.Db.Command(who, s => place.Service<TokenService>().Create(s, who,
                new NewToken(parse.GetRequiredValue(name), RoleOption.Of(parse, role), only, ends?.ToUnixTimeMilliseconds())));
            terminal.Out.WriteLine(secret);
            return ExitCode.Ok;
        });
        return command;
    }
}
