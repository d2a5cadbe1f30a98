using System.CommandLine;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;

namespace Gatehouse.Cli.Staff;

/// <summary><c>token revoke</c>: by id, or by a name that one token alone has.</summary>
internal static class TokenRevokeCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("revoke", "Ends an API token for good; a running server refuses it within seconds.",
            "gatehouse token revoke shop --data /var/lib/gatehouse");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var token = new Argument<string>("token") { Description = "Its id, or its name where one token alone has it (gatehouse token list)." };
        command.Add(token);
        command.SetAction(async (parse, ct) =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var typed = parse.GetRequiredValue(token);
            var named = (await TokenListCommand.All(place, who.TenantId, new TokenFilter(typed), ct)).Where(t => t.Name == typed && t.RevokedAt is null).ToList();
            if (named.Count > 1)
                throw new CommandException(ExitCode.Failed, $"{named.Count} tokens are called \"{typed}\": name one by its id.\n" + string.Join('\n', named.Select(t => t.Id)));
            var ended = await place.Db.Command(who, s => place.Service<TokenService>().Revoke(s, who, named.Count == 1 ? named[0].Id : typed), ct);
            terminal.Error.WriteLine($"Token \"{ended.Name}\" opens nothing any more.");
            return ExitCode.Ok;
        });
        return command;
    }
}
