using System.CommandLine;
using Gatehouse.Accounts;
using Gatehouse.Platform.Web;

namespace Gatehouse.Cli;

/// <summary><c>token create</c>: an API token for a program.</summary>
internal static class TokenCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Verb("create", "Makes an API token and prints it, and nothing else, once.",
            "gatehouse token create --name shop --role operator",
            "gatehouse token create --name report --role analyst --scopes keys.read,statistics.read --expires 90d");
        var common = CommonOptions.AddTo(command);
        var name = new Option<string>("--name") { Description = "What it is for.", HelpName = "name", Required = true };
        var role = new Option<string>("--role") { Description = "owner, admin, operator or analyst.", HelpName = "role", Required = true };
        var scopes = new Option<string?>("--scopes") { Description = $"Only these permissions, parted by commas: {string.Join(", ", Permission.All)}.", HelpName = "scopes" };
        var expires = new Option<string?>("--expires") { Description = "When it ends: a number of days (90d) or an ISO 8601 time. Without it: never.", HelpName = "when" };
        foreach (var option in new Option[] { name, role, scopes, expires })
            command.Add(option);
        command.SetAction(async parse =>
        {
            var until = parse.GetValue(expires) is { } when ? Expiry(when) : (long?)null;
            var wanted = new NewToken(parse.GetValue(name)!, AdminCommands.Role(parse.GetValue(role)!),
                (parse.GetValue(scopes) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), until);
            await using var place = await Workplace.Open(parse, common);
            var (_, plaintext) = await place.Db.Write(s => place.Service<TokenService>().Create(s, Caller.Cli, wanted));
            terminal.Out.WriteLine(plaintext);
            return ExitCode.Ok;
        });
        return command;
    }

    private static long Expiry(string when)
    {
        if (when.EndsWith('d') && int.TryParse(when[..^1], out var days) && days is >= 1 and <= 36500)
            return DateTimeOffset.UtcNow.AddDays(days).ToUnixTimeMilliseconds();
        return Iso.Parse(when) ?? throw new CommandException(ExitCode.Usage, $"{when} is no time. Give a number of days such as 90d, or 2027-01-31T00:00:00Z.");
    }
}
