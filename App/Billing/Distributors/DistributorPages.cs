using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Distributors;

/// <summary><c>/account/distributor</c>, and /admin/distributors for staff.</summary>
public static class DistributorPages
{
    public const string Own = "/account/distributor", Path = "/admin/distributors";

    /// <summary>A distributor's keys: filtered, and to be taken along.</summary>
    public const string OwnKeys = Own + "/keys";

    /// <summary>What the addresses of the other pages of a distributor's own end in.</summary>
    public const string Customers = "/customers", Commission = "/commission";

    private const int Listed = 5, Plans = 500;

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup(Own).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        own.MapGet("", (HttpContext ctx, PageRenderer pages, Database db, LedgerService ledger) => ShowOwn(ctx, pages, db, ledger, new(), null));
        own.MapPost("", Apply);
        own.MapPost("/buy", Buy);
        own.MapPost("/notice", Watch);
        var staff = app.MapGroup(Path).Requires(BillingPermissions.DistributorsManage).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        staff.MapGet("", List);
        staff.MapGet("/prices", (HttpContext ctx, PageRenderer pages, Database db, PlanService plans) => ShowPrices(ctx, pages, db, plans, ctx.Request.Query["plan"], null, null));
        staff.MapPost("/prices", SetPrices);
        staff.MapGet("/{user}", (HttpContext ctx, string user, PageRenderer pages, Database db, DistributorService distributors, LedgerService ledger) => Show(ctx, user, pages, db, distributors, ledger, null, null));
        staff.MapPost("/{user}", Change);
    }

    private static async Task ShowOwn(HttpContext ctx, PageRenderer pages, Database db, LedgerService ledger, FormValues form, Refusal? refused)
    {
        var (who, tenant) = (ctx.Caller(), ctx.Caller().TenantId);
        var model = await db.Read(async s =>
        {
            if (await DistributorStore.Find(s, tenant, who.Id!) is not { } known)
                return new OwnDistributorModel(null, 0, [], [], [], new Dictionary<string, long>(), form, refused);
            var (balance, credit) = await ledger.Standing(s, tenant, who.Id!, known.Currency);
            return new OwnDistributorModel(known, balance, known.State == Distributor.Active ? await DistributorStore.PriceList(s, tenant, known.Level) : [],
                await OrderStore.OfAccount(s, tenant, who.Id!, null, Listed, Order.Bulk), await DistributorStore.Keys(s, tenant, who.Id!, new(), null, Listed), await DistributorStore.Counts(s, tenant, who.Id!), form, refused)
            {
                Line = credit, Below = await ledger.Watched(s, tenant, who.Id!, known.Currency),
            };
        }, ctx.RequestAborted);
        if (form["mark"].Length == 0)
            form["mark"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        await pages.Render<OwnDistributorPage, OwnDistributorModel>(ctx, model, refused is null ? 200 : 422);
    }

    private static async Task Apply(HttpContext ctx, PageRenderer pages, Database db, DistributorService distributors, LedgerService ledger)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            await db.Write(s => distributors.Apply(s, ctx.Caller(), form["application"]), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Own, new Toast("ok", "distributors.applied"));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await ShowOwn(ctx, pages, db, ledger, form, refusal);
        }
    }

    private static async Task Buy(HttpContext ctx, PageRenderer pages, Database db, DistributorService distributors, LedgerService ledger)
    {
        var (form, language) = (new FormValues(await RequestBody.Form(ctx)), ctx.Text().Language);
        try
        {
            if (!long.TryParse(form["quantity"].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var quantity))
                throw Refusal.Field("quantity", "field.whole_number");
            // A form that is sent twice buys once.
            var bought = await Idempotency.Once(ctx, db, form["mark"], $"{form["plan"]}\n{quantity}", async s => new BulkBought((await distributors.Buy(s, ctx.Caller(), form["plan"], quantity, language)).Number), DistributorJson.Default.BulkBought);
            PageRenderer.RedirectWithToast(ctx, $"{OwnKeys}?order={OrderNumber.Shown(bought.Number)}", new Toast("ok", "distributors.bought", quantity));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 409 or 422)
        {
            form["mark"] = "";
            await ShowOwn(ctx, pages, db, ledger, form, refusal);
        }
    }

    private static async Task Watch(HttpContext ctx, PageRenderer pages, Database db, DistributorService distributors, LedgerService ledger)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var currency = (await db.Read(s => distributors.Get(s, ctx.Caller().TenantId, ctx.Caller().Id!), ctx.RequestAborted)).Currency;
            var below = Money.Parse(form["below"], currency) ?? throw Refusal.Field("below", "field.price", Money.Decimals(currency));
            await db.Write(s => distributors.Watch(s, ctx.Caller(), below == 0 ? null : below), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Own, new Toast("ok", below == 0 ? "distributors.notice.off" : "distributors.notice.on"));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 404 or 422)
        {
            await ShowOwn(ctx, pages, db, ledger, form, refusal);
        }
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db)
    {
        var query = ctx.Request.Query;
        var state = Distributor.States.Contains(query["status"].ToString()) ? query["status"].ToString() : null;
        var page = Slice<DistributorLine>.Of(await db.Read(s => DistributorStore.List(s, ctx.Caller().TenantId, state, Cursor.Decode(query["after"]), Cursor.DefaultLimit + 1), ctx.RequestAborted), Cursor.DefaultLimit, d => d.Distributor.AccountId);
        await pages.Render<DistributorListPage, DistributorListModel>(ctx, new(page, state, !query.ContainsKey("after")));
    }

    private static async Task Show(HttpContext ctx, string user, PageRenderer pages, Database db, DistributorService distributors, LedgerService ledger, FormValues? typed, Refusal? refused)
    {
        var tenant = ctx.Caller().TenantId;
        var (known, name, balance, counts, stake) = await db.Read(async s =>
        {
            var found = await distributors.Get(s, tenant, user);
            return (found, await DistributorStore.Name(s, tenant, user),
                (await ledger.Standing(s, tenant, user, found.Currency)).Balance, await DistributorStore.Counts(s, tenant, user), await DistributorStore.Stake(s, tenant, user));
        }, ctx.RequestAborted);
        var form = typed ?? new FormValues { ["level"] = known.Level.ToString(CultureInfo.InvariantCulture), ["credit"] = Money.Plain(known.Credit, known.Currency), ["currency"] = known.Currency, ["reason"] = known.Reason };
        await pages.Render<DistributorPage, DistributorModel>(ctx, new(known, name, balance, counts, stake, form, refused), refused is null ? 200 : 422);
    }

    private static async Task Change(HttpContext ctx, string user, PageRenderer pages, Database db, DistributorService distributors, LedgerService ledger)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var currency = form["currency"].Trim().ToUpperInvariant();
            var level = long.TryParse(form["level"], NumberStyles.None, CultureInfo.InvariantCulture, out var chosen) ? chosen : throw Refusal.Field("level", "field.whole_number");
            var credit = Money.Parse(form["credit"], currency) ?? throw Refusal.Field("credit", "field.price", Money.Decimals(currency));
            var state = form["state"].Length > 0 ? form["state"] : null;
            await db.Command(ctx.Caller(), s => distributors.Change(s, ctx.Caller(), user, new(state, level, credit, currency, form["reason"])), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "distributors.saved"));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, user, pages, db, distributors, ledger, form, refusal);
        }
    }

    internal static async Task ShowPrices(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, string? plan, string? typed, Refusal? refused, FormValues? rates = null)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s =>
        {
            var all = (await plans.List(s, tenant, false, null, Plans)).Items;
            var chosen = all.FirstOrDefault(p => p.Id == plan) ?? (string.IsNullOrEmpty(plan) || refused is not null ? all.FirstOrDefault() : await plans.Get(s, tenant, plan));
            return new DistributorPricesModel(all, chosen, typed ?? (chosen is null ? "" : PriceLines.Write(await DistributorStore.Prices(s, tenant, chosen.Id), chosen.Currency)), await DistributorRatePages.Stored(s, tenant, chosen), refused);
        }, ctx.RequestAborted);
        foreach (var name in new[] { "rates", "rates_all", "hold_days", "of" })
            if (rates?.Has(name) == true)
                model.Rates[name] = rates[name];
        await pages.Render<DistributorPricesPage, DistributorPricesModel>(ctx, model, refused?.Status ?? 200);
    }

    private static async Task SetPrices(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, DistributorService distributors)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var plan = await db.Command(ctx.Caller(), async s =>
                await distributors.SetPrices(s, ctx.Caller(), form["plan"], PriceLines.Read(form["prices"], (await plans.Named(s, ctx.Caller().TenantId, form["plan"])).Currency)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/prices?plan={plan.Id}", new Toast("ok", "distributors.prices_saved", plan.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await ShowPrices(ctx, pages, db, plans, form["plan"], form["prices"], refusal);
        }
    }
}

/// <summary>Prices as staff type them: a line each, level, quantity and price.</summary>
internal static class PriceLines
{
    public static string Write(IEnumerable<DistributorPrice> prices, string currency) =>
        string.Join('\n', prices.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Level} {p.From} = {Money.Plain(p.Price, currency)}")));

    /// <exception cref="Refusal">422 on <c>prices</c>.</exception>
    public static List<DistributorPrice> Read(string typed, string currency)
    {
        var prices = new List<DistributorPrice>();
        foreach (var line in typed.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (line.Split([' ', '=', '\t'], StringSplitOptions.RemoveEmptyEntries) is [var level, var from, var price] && long.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var l)
                && long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var f) && Money.Parse(price, currency) is { } amount)
                prices.Add(new(l, f, amount));
            else
                throw Refusal.Field("prices", "distributors.wrong.prices", Distributor.MaxLevel, PlanSelling.MostPerOrder);
        return prices;
    }
}

/// <param name="Distributor">Null: who looks is none, and may ask to be one.</param>
/// <param name="Counts">Of their keys, by state.</param>
public sealed record OwnDistributorModel(
    Distributor? Distributor, long Balance, IReadOnlyList<(string Plan, string Name, string Currency, long From, long Price)> Prices, IReadOnlyList<Order> Orders, IReadOnlyList<DistributorKey> Keys,
    IReadOnlyDictionary<string, long> Counts, FormValues Form, Refusal? Refusal) : IFormModel
{
    /// <summary>How far below nothing the balance may fall now.</summary>
    public long Line { get; init; }

    /// <summary>They are told when less is left to spend; null: not told.</summary>
    public long? Below { get; init; }
}

/// <param name="First">Is this the newest page?</param>
public sealed record DistributorListModel(Slice<DistributorLine> Distributors, string? State, bool First);

public sealed record DistributorModel(Distributor Distributor, string Name, long Balance, IReadOnlyDictionary<string, long> Counts, DistributorStake Stake, FormValues Form, Refusal? Refusal) : IFormModel;

/// <param name="Chosen">Whose prices are shown; null where there is no plan.</param>
/// <param name="Rates">Of commission, and how long it is held, as they are or as they were typed.</param>
public sealed record DistributorPricesModel(IReadOnlyList<Plan> Plans, Plan? Chosen, string Lines, FormValues Rates, Refusal? Refusal) : IFormModel;
