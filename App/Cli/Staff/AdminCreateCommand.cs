using System.CommandLine;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;

namespace Gatehouse.Cli.Staff;

/// <summary><c>admin create</c>.</summary>
internal static class AdminCreateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("create", "Adds a member of staff. The password is asked for, or read from standard input; never given on the command line.",
            "gatehouse admin create --username mia --role owner",
            "gatehouse admin create --username li --role operator --name \"Li Wei\" --one-time",
            "gatehouse admin create --tenant acme --username bo --role owner --one-time",
            "printf '%s\\n' \"$PASSWORD\" | gatehouse admin create --username mia --role admin --password-stdin");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var username = new Option<string>("--username", "-u") { Description = "Name to sign in with.", Required = true, HelpName = "name" };
        var role = RoleOption.Make();
        var name = new Option<string?>("--name") { Description = "Name to show. Without it: the username.", HelpName = "name" };
        command.Add(username);
        command.Add(role);
        command.Add(name);
        var password = PasswordOptions.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var (hash, oneTime, tell) = await password.Get(parse, terminal, place.Service<Passwords>(), parse.GetRequiredValue(username));
            var staff = new NewStaff(parse.GetRequiredValue(username), parse.GetValue(name) ?? "", RoleOption.Of(parse, role), hash, OneTime: oneTime);
            var account = await place.Db.Command(who, s => place.Service<AccountService>().Create(s, who, staff));
            terminal.Error.WriteLine($"{account.Username} is now {account.Role.Name()}.");
            if (tell is not null)
                terminal.Out.WriteLine(tell);
            return ExitCode.Ok;
        });
        return command;
    }
}

/// <summary><c>--role</c>.</summary>
internal static class RoleOption
{
    public static Option<string> Make()
    {
        var names = Roles.All.Select(r => r.Name()).ToArray();
        var option = new Option<string>("--role", "-r") { Description = "What they may do: " + string.Join(", ", names) + ".", Required = true, HelpName = string.Join('|', names) };
        option.Validators.Add(result =>
        {
            if (Roles.Parse(result.GetValueOrDefault<string>()) is null)
                result.AddError("--role must be one of " + string.Join(", ", names) + ".");
        });
        return option;
    }

    public static Role Of(ParseResult parse, Option<string> option) => Roles.Parse(parse.GetRequiredValue(option))!.Value;
}
