using System.CommandLine;
using Gatehouse.Audit.Log;
using Gatehouse.Cli.Shell;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Cli.Licenses;

/// <summary><c>plan create</c>: standard output is the plan's id and nothing else.</summary>
internal static class PlanCreateCommand
{
    private const string Forever = "forever";

    public static Command Create(Terminal terminal)
    {
        var fresh = new Plan();
        var command = new CliCommand("create", "Makes a plan of software keys and prints its id. The rest of what a plan can say is on its page and in REST.",
            "gatehouse plan create --name \"Pro, 1 year\" --duration 1y --prefix PRO --price 99",
            "gatehouse plan create --name Basic --duration forever --machines 3 --product Editor",
            "gatehouse keys generate --plan \"$(gatehouse plan create --name Trial --duration 3d)\" --count 10");
        var common = CommonOptions.AddTo(command);
        var tenant = TenantOption.AddTo(command);
        var name = new Option<string>("--name", "-n") { Description = "What it is called.", Required = true, HelpName = "name" };
        var duration = new Option<string>("--duration") { Description = $"How long a key runs from its first use: 12h, 30d, 2w, 1y, or {Forever}.", Required = true, HelpName = "span" };
        var product = new Option<string>("--product") { Description = "What it is a plan of; one that is not there yet is made.", DefaultValueFactory = _ => fresh.Product, HelpName = "name" };
        var prefix = new Option<string>("--prefix") { Description = "What its keys begin with. Without it: nothing.", DefaultValueFactory = _ => fresh.Prefix, HelpName = "prefix" };
        var machines = new Option<long>("--machines") { Description = "Machines per key.", DefaultValueFactory = _ => fresh.MachineLimit, HelpName = "number" };
        var price = new Option<string>("--price") { Description = "In whole units of the currency: 9.90.", DefaultValueFactory = _ => "0", HelpName = "amount" };
        var currency = new Option<string>("--currency") { Description = "Three letters.", DefaultValueFactory = _ => fresh.Currency, HelpName = "code" };
        var onSale = new Option<bool>("--on-sale") { Description = "It can be bought in the shop." };
        foreach (var option in new Option[] { name, duration, product, prefix, machines, price, currency, onSale })
            command.Add(option);
        command.SetAction(async (parse, ct) =>
        {
            var code = parse.GetRequiredValue(currency).Trim().ToUpperInvariant();
            var wanted = Plan.Fields.Checked(fresh with
            {
                Name = parse.GetRequiredValue(name), DurationSeconds = Span(parse.GetRequiredValue(duration)), Product = parse.GetRequiredValue(product), Prefix = parse.GetRequiredValue(prefix),
                MachineLimit = parse.GetValue(machines), Currency = code, OnSale = parse.GetValue(onSale),
                Price = Money.Parse(parse.GetRequiredValue(price), code) ?? throw new CommandException(ExitCode.Usage, $"--price must be an amount such as 9.90, not \"{parse.GetValue(price)}\"."),
            });
            await using var place = await CliHost.Open(parse, common);
            var who = await tenant.Of(parse, place);
            var plan = await place.Db.Command(who, s => place.Service<PlanService>().Create(s, who, wanted), ct);
            terminal.Out.WriteLine(plan.Id);
            terminal.Error.WriteLine($"Plan \"{plan.Name}\" is made.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static long? Span(string typed) =>
        typed.Trim() == Forever ? null
            : TimeArgument.Span(typed) ?? throw new CommandException(ExitCode.Usage, $"--duration must be a span such as 12h, 30d or 1y, or {Forever}, not \"{typed}\".");
}
