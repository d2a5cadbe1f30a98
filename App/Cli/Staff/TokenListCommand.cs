using System.CommandLine;
using System.Globalization;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Cli.Shell;
using Gatehouse.Platform.Http;

namespace Gatehouse.Cli.Staff;

/// <summary><c>token list</c>: without secrets, of which only hashes are kept.</summary>
internal static class TokenListCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("list", "Lists the API tokens, the newest first. What they open doors with is not kept.",
            "gatehouse token list --data /var/lib/gatehouse",
            "gatehouse token list --state active");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var state = new Option<string?>("--state") { Description = "Only " + string.Join(", ", ApiToken.States) + ".", HelpName = "state" };
        state.AcceptOnlyFromAmong([.. ApiToken.States]);
        command.Add(state);
        command.SetAction(async (parse, ct) =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            terminal.Table(["ID", "NAME", "ROLE", "STATE", "MADE BY", "ENDS (UTC)", "LAST USED (UTC)"],
                (await All(place, who.TenantId, new TokenFilter(State: parse.GetValue(state)), ct)).Select(t => new[] { t.Id, t.Name, t.RoleName, t.State(now), t.MakerName ?? t.MadeBy, Time(t.ExpiresAt), Time(t.LastUsedAt) }));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Every token that a filter lets through.</summary>
    public static async Task<List<ApiToken>> All(CliHost place, string tenant, TokenFilter filter, CancellationToken ct)
    {
        var all = new List<ApiToken>();
        for (var wanted = filter with { Limit = Cursor.MaxLimit }; ;)
        {
            var page = await place.Db.Read(s => place.Service<TokenService>().List(s, tenant, wanted), ct);
            all.AddRange(page.Items);
            if (page.Next is null)
                return all;
            wanted = wanted with { After = page.Next };
        }
    }

    private static string Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "never";
}
