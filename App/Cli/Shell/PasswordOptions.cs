using System.CommandLine;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;

namespace Gatehouse.Cli.Shell;

/// <summary>How a command comes by somebody's new password.</summary>
internal sealed class PasswordOptions
{
    private readonly Option<bool> _fromInput = new("--password-stdin") { Description = "Read the password from standard input, one line. Without it you are asked." };
    private readonly Option<bool> _oneTime = new("--one-time") { Description = "Make up a password and print it; its owner chooses another at the first sign-in." };

    public static PasswordOptions AddTo(Command command)
    {
        var password = new PasswordOptions();
        command.Add(password._fromInput);
        command.Add(password._oneTime);
        return password;
    }

    /// <summary>The password's hash, whether it must be changed, and the password itself when it was made up and is to be told.</summary>
    /// <exception cref="Refusal">422 on <c>password</c>: the rules do not take it.</exception>
    public async Task<(string Hash, bool OneTime, string? Tell)> Get(ParseResult parse, Terminal terminal, Passwords passwords, string username)
    {
        if (parse.GetValue(_oneTime))
        {
            if (parse.GetValue(_fromInput))
                throw new CommandException(ExitCode.Usage, "--one-time and --password-stdin do not go together.");
            var made = PasswordRules.MakeOneTime();
            return (await passwords.Hash(made), true, made);
        }
        var typed = terminal.NewPassword(parse.GetValue(_fromInput));
        var checks = new FieldChecks();
        PasswordRules.Check(checks, "password", typed, StaffRules.Normalize(username));
        checks.ThrowIfAny();
        return (await passwords.Hash(typed), false, null);
    }
}
