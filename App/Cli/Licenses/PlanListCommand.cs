using System.CommandLine;
using System.Globalization;
using Gatehouse.Cli.Shell;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Cli.Licenses;

/// <summary><c>plan list</c>.</summary>
internal static class PlanListCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new CliCommand("list", "Lists the plans, the newest first.",
            "gatehouse plan list --data /var/lib/gatehouse",
            "gatehouse plan list --retired");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var retired = new Option<bool>("--retired") { Description = "Retired plans too." };
        command.Add(retired);
        command.SetAction(async (parse, ct) =>
        {
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var (plans, after, text) = (new List<Plan>(), (string?)null, Localizer.For("en"));
            do
            {
                var page = await place.Db.Read(s => place.Service<PlanService>().List(s, who.TenantId, parse.GetValue(retired), after, Cursor.MaxLimit), ct);
                plans.AddRange(page.Items);
                after = page.Next;
            }
            while (after is not null);
            terminal.Table(["ID", "NAME", "PRODUCT", "KIND", "PREFIX", "RUNS", "MACHINES", "PRICE", "STATE"],
                plans.Select(p => new[]
                {
                    p.Id, p.Name, p.Product, p.Kind, p.Prefix.Length > 0 ? p.Prefix : "-", Format.Duration(text, p.DurationSeconds), p.MachineLimit.ToString(CultureInfo.InvariantCulture),
                    $"{Money.Plain(p.Price, p.Currency)} {p.Currency}", p.RetiredAt is not null ? "retired" : !p.Enabled ? "disabled" : p.OnSale ? "on sale" : "enabled",
                }));
            return ExitCode.Ok;
        });
        return command;
    }
}
