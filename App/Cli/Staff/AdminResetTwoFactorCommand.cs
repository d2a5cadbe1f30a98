using System.CommandLine;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;

namespace Gatehouse.Cli.Staff;

/// <summary><c>admin reset-two-factor</c>: the way back in for who has lost phone and recovery codes and can reach the server's shell.</summary>
internal static class AdminResetTwoFactorCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("reset-two-factor", "Switches off a member of staff's two-factor sign-in, removes their passkeys and ends their sessions; the password alone opens then.",
            "gatehouse admin reset-two-factor mia");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var named = new Argument<string?>("username") { Description = "Whose.", Arity = ArgumentArity.ZeroOrOne };
        var option = new Option<string?>("--username", "-u") { Description = "The same, as the other commands take it.", HelpName = "name" };
        command.Add(named);
        command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(named) is { Tokens.Count: > 0 } == result.GetResult(option) is { Tokens.Count: > 0 })
                result.AddError("Say once whose two-factor sign-in it is: gatehouse admin reset-two-factor USERNAME.");
        });
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var username = parse.GetValue(named) ?? parse.GetValue(option)!;
            var account = await place.Db.Command(who, s => place.Service<TwoFactorService>().ResetByName(s, who, username));
            terminal.Error.WriteLine($"{account.Username} signs in with the password alone now; all their sessions have ended.");
            return ExitCode.Ok;
        });
        return command;
    }
}
