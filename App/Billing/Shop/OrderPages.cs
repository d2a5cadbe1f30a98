using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Parts;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Billing.Shop;

/// <summary><c>/orders/{token}</c>: where payers come back to, and where mails lead. It believes nothing that the address says but the token.</summary>
public sealed class OrderPages(Database db, PageRenderer pages, OrderService orders, ShopService shop, BuyerDesk desk, Fulfilment fulfilment, PaymentChannelService channels, PlanService plans, PaymentStarter payments, PaymentJobs jobs, KeyOrders offers, OrderWatch watch, IHostApplicationLifetime life)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan BlankPage = TimeSpan.FromSeconds(3);

    // A browser asks anew by itself.
    private const int MostWaits = 45;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/orders/{token}").OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGet("", (HttpContext ctx, string token, OrderPages own) => own.Show(ctx, token));
        group.MapGet("/events", (HttpContext ctx, string token, OrderPages own) => own.Events(ctx, token));
        group.MapPost("/channel", (HttpContext ctx, string token, OrderPages own) => own.Choose(ctx, token));
        group.MapPost("/cancel", (HttpContext ctx, string token, OrderPages own) => own.Cancel(ctx, token));
        group.MapPost("/mail", (HttpContext ctx, string token, OrderPages own) => own.Mail(ctx, token));
        group.MapPost("/ask", (HttpContext ctx, string token, OrderPages own) => own.Ask(ctx, token));
    }

    private async Task Show(HttpContext ctx, string token)
    {
        var who = ctx.Caller();
        var live = ctx.Request.Query.ContainsKey("live");
        if (!live && Returns(ctx.Request))
            await Return(ctx, token);
        var model = await db.Read(async s =>
        {
            var order = await orders.ByToken(s, who.TenantId, token);
            var own = who.IsCustomer && order.AccountId == who.Id && order.Kind != Order.TopUp;
            var ways = order.State == OrderState.Pending ? await channels.Offered(s, who.TenantId, order.Currency, order.Total - order.Discount, order.PlanId, own) : [];
            var keys = order is { State: OrderState.Delivered, PlanId: not null, Delivery: PlanSelling.ByKey };
            var (renewable, changeable) = keys ? (await offers.Renewable(s, who.TenantId, order), await offers.Changeable(s, who.TenantId, order)) : ([], []);
            var about = order is { State: OrderState.Delivered, PlanId: { } plan } ? ShopService.Description(await plans.Get(s, who.TenantId, plan), ctx.Text().Language) : "";
            return new OrderModel(order, await shop.View(s, who.TenantId, order), [.. ways.Select(ShopChannel.Of)], about.Length == 0 ? "" : MarkdownText.Html(about, new Dictionary<string, string>()), fulfilment.Mails(who.TenantId, order), live) { Renewable = renewable, Changeable = changeable, Did = order.ChangesKey ? null : await fulfilment.Did(s, who.TenantId, order) };
        }, ctx.RequestAborted);
        // What looks again only wants to know whether it is paid: no gateway is asked for that.
        var attempt = live || model.Order.State != OrderState.Pending ? null : await payments.Begin(who.TenantId, model.Order, who.Ip, false, ctx.RequestAborted);
        ctx.Response.Headers.CacheControl = "no-store";
        await pages.Render<OrderPage, OrderModel>(ctx, model with { Payment = attempt is null ? null : attempt.Prompt is { } prompt ? ShopPayment.Of(prompt) : new ShopPayment("later") });
    }

    // Server-sent events: one when the order has moved on from what the page shows. The stream ends by itself.
    private async Task Events(HttpContext ctx, string token)
    {
        var who = ctx.Caller();
        var order = await db.Read(s => orders.ByToken(s, who.TenantId, token), ctx.RequestAborted);
        var seen = ctx.Request.Query["state"].ToString();
        ctx.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        ctx.Response.ContentType = "text/event-stream";
        ctx.Response.Headers.CacheControl = "no-store";
        ctx.Response.Headers["X-Accel-Buffering"] = "no";
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ctx.RequestAborted, life.ApplicationStopping);
        try
        {
            await Say(ctx, "event: hello\ndata: 1\n\n", ends.Token);
            var moved = order.State != seen ? order.State : null;
            for (var waits = 0; moved is null && waits < MostWaits && Moves(order.State); waits++)
                if ((moved = await watch.Next(order.Id, seen, Patience, ends.Token)) is null)
                    await Say(ctx, ": still\n\n", ends.Token);
            if (moved is not null)
                await Say(ctx, $"event: changed\ndata: {moved}\n\n", ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The page was left, or the server goes: the next look tells.
        }
    }

    private async Task Choose(HttpContext ctx, string token)
    {
        var channel = (await RequestBody.Form(ctx))["channel"].ToString();
        await Do(ctx, token, async () =>
        {
            await db.Write(s => desk.Choose(s, ctx.Caller(), token, channel), ctx.RequestAborted);
            return null;
        });
    }

    private Task Cancel(HttpContext ctx, string token) => Do(ctx, token, async () =>
    {
        await db.Write(s => desk.Cancel(s, ctx.Caller(), token), ctx.RequestAborted);
        return null;
    });

    private Task Mail(HttpContext ctx, string token) => Do(ctx, token, async () =>
        await db.Write(s => desk.SendAgain(s, ctx.Caller(), token), ctx.RequestAborted) ? new Toast("ok", "orders.page.mail.sent") : new Toast("warn", "orders.page.mail.wait"));

    // The payer says that they have paid.
    private Task Ask(HttpContext ctx, string token) => Do(ctx, token, async () => await IsPaid(ctx.Caller(), token, ctx.RequestAborted) switch
    {
        null => new Toast("warn", "orders.page.ask.wait"),
        false => new Toast("warn", "orders.page.ask.nothing"),
        true => null,
    });

    // The gateway is asked at once, by what the clock asks it. Null: it was a moment ago.
    private async Task<bool?> IsPaid(Caller who, string token, CancellationToken ct)
    {
        if (await db.Write(s => desk.Asks(s, who, token), ct) is not { } order)
            return null;
        foreach (var attempt in (await Pending(who, order, ct)).Take(3))
            if (await jobs.Ask(who.TenantId, attempt.Id, ct) == Taken.Settled)
                return true;
        return false;
    }

    private async Task<List<PaymentAttempt>> Pending(Caller who, Order order, CancellationToken ct) =>
        (await db.Read(s => AttemptStore.OfOrder(s, who.TenantId, order.Id), ct)).FindAll(a => a.State == PaymentAttempt.Pending);

    // From elsewhere, as browsers say; older ones by what epay hangs on to the address.
    private static bool Returns(HttpRequest request) => request.Headers["Sec-Fetch-Site"] == "cross-site" || request.Query.ContainsKey("trade_status");

    // Who comes back from a gateway that has not told of it yet: it is asked, for as long as somebody looks at a blank page.
    private async Task Return(HttpContext ctx, string token)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ctx.RequestAborted);
        patience.CancelAfter(BlankPage);
        try
        {
            var who = ctx.Caller();
            var order = await db.Read(s => orders.ByToken(s, who.TenantId, token), patience.Token);
            if (order.State == OrderState.Pending && (await Pending(who, order, patience.Token)).Count > 0)
                await IsPaid(who, token, patience.Token);
        }
        catch (OperationCanceledException) when (!ctx.RequestAborted.IsCancellationRequested)
        {
            // The clock asks it again.
        }
    }

    private static async Task Do(HttpContext ctx, string token, Func<Task<Toast?>> work)
    {
        Toast? told;
        try
        {
            told = await work();
        }
        catch (Refusal refusal) when (refusal.Error == OrderErrors.OrderState || refusal.Error == LedgerErrors.InsufficientBalance || refusal.Status == 422)
        {
            told = new Toast("bad", refusal.Fields.Count > 0 ? refusal.Fields.Values.First() : refusal.Detail);
        }
        if (told is null)
            PageRenderer.Redirect(ctx, "/orders/" + token);
        else
            PageRenderer.RedirectWithToast(ctx, "/orders/" + token, told);
    }

    private static bool Moves(string state) => state is OrderState.Pending or OrderState.Paid;

    private static async Task Say(HttpContext ctx, string text, CancellationToken ct)
    {
        await ctx.Response.WriteAsync(text, ct);
        await ctx.Response.Body.FlushAsync(ct);
    }
}

/// <param name="Ways">By which it may be paid.</param>
/// <param name="About">What the plan's description says, as html.</param>
/// <param name="Mails">Mails go out for it.</param>
/// <param name="Live">The page looks again by itself.</param>
public sealed record OrderModel(Order Order, ShopOrder View, IReadOnlyList<ShopChannel> Ways, string About, bool Mails, bool Live)
{
    /// <summary>How it is paid; null where nothing is to be paid.</summary>
    public ShopPayment? Payment { get; init; }

    /// <summary>What it did, where that is no keys.</summary>
    public Message? Did { get; init; }

    /// <summary>Those of its keys whose time can go on.</summary>
    public IReadOnlyList<string> Renewable { get; init; } = [];

    /// <summary>Those that something is sold on top of.</summary>
    public IReadOnlyList<string> Changeable { get; init; } = [];
}
