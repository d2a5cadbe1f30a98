using System.Buffers.Text;
using System.Security.Cryptography;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.RechargeKeys;
using Gatehouse.Billing.Shop;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.MyMoney;

/// <summary><c>/account/orders</c> and <c>/account/balance</c>: what a customer has bought, and what they have.</summary>
public sealed class MyMoneyPages(Database db, PageRenderer pages, LedgerService ledger, PaymentChannelService channels, TopUpService topUps, ActivationService activation, RechargeService recharge, GuessGuard guesses, PlanService plans)
{
    public const string OrdersPath = "/account/orders", BalancePath = "/account/balance";
    private const int OnHome = 4;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/account").RequiresCustomer().ExcludeFromDescription();
        group.MapGet("/orders", (HttpContext ctx, MyMoneyPages own) => own.Orders(ctx)).RequireRateLimiting(RateLimits.Pages);
        group.MapGet("/balance", (HttpContext ctx, MyMoneyPages own) => own.Balance(ctx, new FormValues { ["key"] = ctx.Request.Query["key"].ToString() })).RequireRateLimiting(RateLimits.Pages);
        group.MapPost("/balance/topup", (HttpContext ctx, MyMoneyPages own) => own.TopUp(ctx)).RequireRateLimiting(RateLimits.Api);
        group.MapPost("/balance/recharge", (HttpContext ctx, MyMoneyPages own) => own.Recharge(ctx)).RequireRateLimiting(RateLimits.Api);
    }

    /// <summary>The part of the customer's first page: nothing for who has neither.</summary>
    public static async Task<AccountCards> Load(HttpContext ctx)
    {
        var (who, services) = (ctx.Caller(), ctx.RequestServices);
        var (orders, balances) = await services.GetRequiredService<Database>().Read(async s =>
            (await OrderStore.OfAccount(s, who.TenantId, who.Id ?? "", null, OnHome), await services.GetRequiredService<LedgerService>().Balances(s, who.TenantId, who.Id ?? "")), ctx.RequestAborted);
        return new AccountCards
        {
            Main = orders.Count == 0 ? null : ComponentFragment.Of<MyOrdersCard>((nameof(MyOrdersCard.Orders), orders)),
            Side = orders.Count == 0 && balances.Count == 0 ? null : ComponentFragment.Of<MyBalanceCard>((nameof(MyBalanceCard.Balances), balances)),
        };
    }

    private async Task Orders(HttpContext ctx)
    {
        var (who, after) = (ctx.Caller(), ctx.Request.Query["after"]);
        var model = await db.Read(async s =>
        {
            var found = Slice<Order>.Of(await OrderStore.OfAccount(s, who.TenantId, who.Id!, Cursor.Decode(after), Cursor.DefaultLimit + 1), Cursor.DefaultLimit, o => o.Id);
            return new MyOrdersModel(found, !ctx.Request.Query.ContainsKey("after"), found.Items.Count == 0 && await plans.Sells(s, who.TenantId));
        }, ctx.RequestAborted);
        await pages.Render<MyOrdersPage, MyOrdersModel>(ctx, model);
    }

    private async Task Balance(HttpContext ctx, FormValues form, Refusal? refusal = null)
    {
        var (who, after) = (ctx.Caller(), ctx.Request.Query["after"]);
        var model = await db.Read(async s =>
        {
            var ways = (await channels.List(s, who.TenantId)).Where(c => c is { Enabled: true, Gateway: not null } && c.IsFor(null) && c.Kind != Gateways.GatewayKinds.Balance.Name).ToList();
            return new MyBalanceModel(await ledger.Balances(s, who.TenantId, who.Id!), await ledger.List(s, who.TenantId, LedgerAccount.Balance(who.Id!), after, Cursor.DefaultLimit), ways, form, refusal);
        }, ctx.RequestAborted);
        if (form["mark"].Length == 0)
            form["mark"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        if (refusal?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        await pages.Render<MyBalancePage, MyBalanceModel>(ctx, model with { First = !ctx.Request.Query.ContainsKey("after"), Work = await guesses.Work(who.Ip, form["challenge"]) }, refusal?.Status ?? 200);
    }

    private async Task Recharge(HttpContext ctx)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            var typed = new TypedKey(form["key"], new SolvedChallenge(form["challenge"], form["nonce"]), OnPage: true);
            var key = await activation.Look(who, typed, ctx.RequestAborted) ?? throw Refusal.Field("key", "accountkeys.unknown");
            var done = await db.Write(s => recharge.Use(s, who, key), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, BalancePath, new Toast("ok", "balance.recharged", Money.Format(done.Amount, done.Currency), Money.Format(done.Balance, done.Currency)));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 404 or 409 or 422 or 429)
        {
            await Balance(ctx, form, refusal.Status is 404 ? Refusal.Field("key", "accountkeys.unknown") : refusal.Status is 409 ? Refusal.Field("key", "error." + refusal.Code) : refusal);
        }
    }

    private async Task TopUp(HttpContext ctx)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            var channel = await db.Read(s => PaymentChannelStore.Find(s, who.TenantId, form["channel"]), ctx.RequestAborted) ?? throw Refusal.Field("channel", "orders.wrong.channel");
            var currency = channel.CurrencyCodes.Contains(form["currency"]) ? form["currency"] : channel.CurrencyCodes[0];
            // A form that is sent twice is one order.
            var placed = await Idempotency.Once(ctx, db, form["mark"], $"{form["channel"]}\n{currency}\n{form["amount"]}",
                async s => new PlacedOrder((await topUps.Begin(s, who, currency, Money.Parse(form["amount"], currency), channel.Id, ctx.Text().Language)).Id), ShopJson.Default.PlacedOrder);
            var order = (await db.Read(s => OrderStore.Find(s, who.TenantId, placed.Id), ctx.RequestAborted))!;
            PageRenderer.Redirect(ctx, "/orders/" + order.Token);
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            form["mark"] = "";
            await Balance(ctx, form, refusal);
        }
    }
}

/// <param name="First">Is this the first page?</param>
/// <param name="Sells">There are none, and something is on sale.</param>
public sealed record MyOrdersModel(Slice<Order> Orders, bool First, bool Sells);

/// <param name="Lines">Of the customer's own account in the ledger.</param>
/// <param name="Ways">By which money may be put on it.</param>
public sealed record MyBalanceModel(IReadOnlyList<(string Currency, long Amount)> Balances, Slice<LedgerLine> Lines, IReadOnlyList<PaymentChannel> Ways, FormValues Form, Refusal? Refusal) : IFormModel
{
    /// <summary>Is this the first page?</summary>
    public bool First { get; init; } = true;

    /// <summary>Asked for before a key is looked for; null where none is.</summary>
    public Challenge? Work { get; init; }
}
