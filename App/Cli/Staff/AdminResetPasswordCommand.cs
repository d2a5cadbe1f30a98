using System.CommandLine;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Cli.Staff;

/// <summary><c>admin reset-password</c>: the way back in for who can reach the server's shell.</summary>
internal static class AdminResetPasswordCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("reset-password", "Gives a member of staff another password, unlocks the account and ends its sessions.",
            "gatehouse admin reset-password --username mia",
            "gatehouse admin reset-password --username mia --one-time");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var username = new Option<string>("--username", "-u") { Description = "Whose password.", Required = true, HelpName = "name" };
        command.Add(username);
        var password = PasswordOptions.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var (hash, oneTime, tell) = await password.Get(parse, terminal, place.Service<Passwords>(), parse.GetRequiredValue(username));
            var account = await place.Db.Command(who, s => place.Service<AccountService>().ResetPassword(s, who, parse.GetRequiredValue(username), hash, oneTime));
            terminal.Error.WriteLine($"{account.Username} has a new password; all their sessions have ended.");
            if (tell is not null)
                terminal.Out.WriteLine(tell);
            return ExitCode.Ok;
        });
        return command;
    }
}
