using System.CommandLine;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Cli.Shell;

/// <summary><c>--tenant</c>: in which business a command acts, where there are several.</summary>
internal sealed class TenantOption
{
    private const int Named = 20;

    private readonly Option<string> _tenant = new("--tenant")
    {
        Description = $"Short name of the business it is for, where there are several. Without it the main one, {Caller.DefaultTenant}.", HelpName = "id", DefaultValueFactory = _ => Caller.DefaultTenant,
    };

    public static TenantOption AddTo(Command command)
    {
        var tenant = new TenantOption();
        command.Add(tenant._tenant);
        return tenant;
    }

    /// <summary>The shell, in the business that was named; its limits are known from here on.</summary>
    /// <exception cref="CommandException">There is none of that name; the message tells which there are.</exception>
    public async Task<Caller> Of(ParseResult parse, CliHost place)
    {
        var (id, tenants) = (parse.GetRequiredValue(_tenant).Trim().ToLowerInvariant(), place.Service<ITenants>());
        await tenants.Refresh(now: true);
        var there = tenants.All.Where(t => t.State != TenantState.Removing).Select(t => t.Id).ToList();
        return there.Contains(id) ? Caller.Cli with { TenantId = id } : throw new CommandException(ExitCode.Usage,
            $"--tenant: there is no business \"{id}\". There {(there.Count == 1 ? "is" : "are")}: {string.Join(", ", there.Take(Named))}{(there.Count > Named ? $" and {there.Count - Named} more" : "")}.");
    }
}
