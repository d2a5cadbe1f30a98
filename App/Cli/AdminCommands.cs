using System.CommandLine;
using Gatehouse.Accounts;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Web;

namespace Gatehouse.Cli;

/// <summary><c>admin create|list|reset-password</c>: staff accounts, for when nobody can sign in.</summary>
internal static class AdminCommands
{
    public static Command Create(Terminal terminal)
    {
        var command = new Verb("create", "Adds a member of staff. The password is asked for.",
            "gatehouse admin create wei",
            "gatehouse admin create wei --role operator --password-stdin < password.txt");
        var common = CommonOptions.AddTo(command);
        var name = Username(command);
        var display = new Option<string?>("--display-name") { Description = "The name that others see. Without it: the username.", HelpName = "name" };
        var role = new Option<string>("--role") { Description = "owner, admin, operator or analyst.", HelpName = "role", DefaultValueFactory = _ => "owner" };
        var stdin = PasswordStdin(command);
        command.Add(display);
        command.Add(role);
        command.SetAction(async parse =>
        {
            var username = parse.GetValue(name)!;
            var hisRole = Role(parse.GetValue(role)!);
            await using var place = await Workplace.Open(parse, common);
            var hash = await NewHash(terminal, place, username, parse.GetValue(stdin));
            var account = await place.Db.Write(s => place.Service<AccountService>().Create(s, Caller.Cli,
                new NewStaff(username, parse.GetValue(display) ?? username, hisRole, hash)));
            terminal.Out.WriteLine($"{account.Username} is {account.Role.Name()} and can sign in.");
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command List(Terminal terminal)
    {
        var command = new Verb("list", "Lists the staff, newest first.", "gatehouse admin list");
        var common = CommonOptions.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await Workplace.Open(parse, common);
            var staff = await place.Db.Read(s => place.Service<AccountService>().List(s, Caller.DefaultTenant));
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            terminal.Table(["USERNAME", "ROLE", "STATE", "LAST SIGN-IN", "NAME"],
                staff.Select(a => new[] { a.Username, a.Role.Name(), a.State(now), Iso.Text(a.LastSignInAt) ?? "never", a.DisplayName }));
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command ResetPassword(Terminal terminal)
    {
        var command = new Verb("reset-password", "Gives a member of staff a new password, unlocks the account and ends its sessions.",
            "gatehouse admin reset-password wei",
            "gatehouse admin reset-password wei --password-stdin < password.txt");
        var common = CommonOptions.AddTo(command);
        var name = Username(command);
        var stdin = PasswordStdin(command);
        command.SetAction(async parse =>
        {
            var username = parse.GetValue(name)!;
            await using var place = await Workplace.Open(parse, common);
            var hash = await NewHash(terminal, place, username, parse.GetValue(stdin));
            await place.Db.Write(s => place.Service<AccountService>().ResetPassword(s, Caller.Cli, username, hash));
            terminal.Out.WriteLine($"{username} can sign in with the new password.");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="CommandException">There is no such role.</exception>
    internal static Role Role(string name) => Roles.Parse(name) ??
        throw new CommandException(ExitCode.Usage, $"There is no role {name}. Use owner, admin, operator or analyst.");

    private static Argument<string> Username(Command command)
    {
        var name = new Argument<string>("username") { Description = "The name to sign in with." };
        command.Add(name);
        return name;
    }

    private static Option<bool> PasswordStdin(Command command)
    {
        var stdin = new Option<bool>("--password-stdin") { Description = "Read the password from the first line of standard input." };
        command.Add(stdin);
        return stdin;
    }

    // Hashed before the transaction: it takes 64 MiB and a tenth of a second.
    private static async Task<string> NewHash(Terminal terminal, Workplace place, string username, bool fromInput)
    {
        var password = terminal.NewPassword(fromInput);
        var checks = new FieldChecks();
        PasswordRules.Check(checks, "password", password, StaffRules.Normalize(username));
        checks.ThrowIfAny();
        return await place.Service<Passwords>().Hash(password);
    }
}
