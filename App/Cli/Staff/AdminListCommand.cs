using System.CommandLine;
using System.Globalization;
using Gatehouse.Accounts.Staff;
using Gatehouse.Cli.Shell;

namespace Gatehouse.Cli.Staff;

/// <summary><c>admin list</c>.</summary>
internal static class AdminListCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("list", "Lists the staff.", "gatehouse admin list --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        command.SetAction(async parse =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var staff = await place.Db.Read(s => place.Service<AccountService>().List(s, who.TenantId));
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            terminal.Table(["USERNAME", "NAME", "ROLE", "STATE", "TWO-FACTOR", "LAST SIGN-IN (UTC)"],
                staff.Select(a => new[] { a.Username, a.DisplayName, a.RoleName, a.State(now), a.TwoFactorAt is null ? "off" : "on", Time(a.LastSignInAt) }));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Time(long? at) =>
        at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "never";
}
