using Gatehouse.Audit.Log;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Previews;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>/admin/money: the inbox of money that does not fit, and one payment with the four ways to settle it.</summary>
public static class MoneyDeskPages
{
    public const string Path = "/admin/money";
    public const string OpenTab = "open", RefundsTab = "refunds", SettledTab = "settled";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(BillingPermissions.MoneyRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Show);
        group.MapGroup("").Requires(BillingPermissions.MoneyWrite).MapPost("/{id}/{action}", Decide);
    }

    /// <summary>What the dashboard says of money that waits.</summary>
    internal static async Task<DashboardCards> LoadAttention(HttpContext ctx)
    {
        var tenant = ctx.Caller().TenantId;
        var (waiting, refunds) = await ctx.RequestServices.GetRequiredService<Database>().Read(async s => (await MoneyDeskStore.Waiting(s, tenant), await RefundStore.Waiting(s, tenant)), ctx.RequestAborted);
        return waiting.Count == 0 && refunds == 0 ? DashboardCards.None
            : new DashboardCards { Attention = ComponentFragment.Of<MoneyWaiting>((nameof(MoneyWaiting.Waiting), waiting), (nameof(MoneyWaiting.Refunds), refunds)) };
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, MoneyDeskService desk)
    {
        var (query, tenant, search) = (ctx.Request.Query, ctx.Caller().TenantId, SearchTerm.Of(ctx.Request.Query["q"]));
        var tab = query["tab"].ToString() switch { "" or OpenTab => OpenTab, RefundsTab => RefundsTab, SettledTab => SettledTab, _ => throw Refusal.Field("tab", "field.one_of", $"{OpenTab}, {RefundsTab}, {SettledTab}") };
        var model = await db.Read(async s =>
        {
            var channels = await OrderStories.Channels(s, tenant);
            var lines = tab == RefundsTab ? await Refunds(s, tenant, query["after"], search) : await Payments(s, tenant, desk, tab == SettledTab, channels, query["after"], search);
            var waiting = await MoneyDeskStore.Waiting(s, tenant);
            var counts = search is null ? new TabCounts(waiting.Sum(w => w.Count), await RefundStore.Waiting(s, tenant), null)
                : new TabCounts(await MoneyDeskStore.Count(s, tenant, false, search), await RefundStore.Waiting(s, tenant, search), await MoneyDeskStore.Count(s, tenant, true, search));
            return new MoneyListModel(lines, tab, search, waiting, counts, await OrderStore.Waiting(s, tenant), !query.ContainsKey("after"));
        }, ctx.RequestAborted);
        await pages.Render<MoneyListPage, MoneyListModel>(ctx, model);
    }

    private static async ValueTask<Slice<MoneyLine>> Payments(ReadTx s, string tenant, MoneyDeskService desk, bool settled, Dictionary<string, string> channels, string? after, string? search)
    {
        var page = await desk.List(s, tenant, settled, null, after, Cursor.DefaultLimit, search);
        var lines = new List<MoneyLine>();
        foreach (var p in page.Items)
        {
            var order = p.OrderId is { } id ? await OrderStore.Find(s, tenant, id) : null;
            lines.Add(new($"{Path}/{p.Id}", Money.Format(settled ? p.Amount : p.OpenAmount, p.Currency), new("payments.problem." + p.Problem), settled ? new("money.resolved." + p.Resolution) : null, order, channels.GetValueOrDefault(p.ChannelId, ""), p.CreatedAt) { Named = p.Named });
        }
        return new(lines, page.Next);
    }

    private static async ValueTask<Slice<MoneyLine>> Refunds(ReadTx s, string tenant, string? after, string? search)
    {
        var page = Slice<Refund>.Of(await RefundStore.List(s, tenant, null, waiting: true, Cursor.Decode(after), Cursor.DefaultLimit + 1, search), Cursor.DefaultLimit, r => r.Id);
        var lines = new List<MoneyLine>();
        foreach (var r in page.Items)
            lines.Add(new(RefundPages.Address(r.Id), Money.Format(r.Amount, r.Currency), new("refunds.state." + r.State), null, r.OrderId is { } id ? await OrderStore.Find(s, tenant, id) : null, r.Number, r.CreatedAt));
        return new(lines, page.Next);
    }

    private static Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, MoneyDeskService desk, MoneyPreviews previews, RefundService refunds)
    {
        var form = new FormValues();
        foreach (var name in new[] { "way", "order", "user" })
            form[name] = ctx.Request.Query[name].ToString();
        return Render(ctx, id, ctx.Request.Query["do"].ToString(), pages, db, desk, previews, refunds, form, null);
    }

    private static async Task Render(HttpContext ctx, string id, string action, PageRenderer pages, Database db, MoneyDeskService desk, MoneyPreviews previews, RefundService refunds, FormValues form, Refusal? refusal)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s =>
        {
            var payment = await desk.Get(s, tenant, id);
            var order = await desk.OrderOf(s, tenant, payment, form["order"]);
            var gateway = await refunds.CanGiveBack(s, tenant, payment, payment.OpenAmount);
            var chosen = MoneyAction.All.Contains(action) ? action : MoneyDeskService.CanDeliver(payment, order) ? MoneyAction.Deliver : order?.AccountId is not null ? MoneyAction.Credit : MoneyAction.Refund;
            if (form["way"].Length == 0)
                form["way"] = gateway ? RefundWay.Gateway : RefundWay.Hand;
            var people = order is null ? [] : await OrderStories.People(s, tenant, [order]);
            return new MoneyModel(payment, order, order?.AccountId is { } account ? people.GetValueOrDefault(account) : null, await OrderStories.Channels(s, tenant), order is null ? [] : await OrderStore.Events(s, tenant, order.Id),
                chosen, gateway, await previews.Of(s, tenant, payment, order, chosen, form["way"]), form, refusal) { Calls = payment.AttemptId is { } attempt ? await PaymentCalls.OfAttempt(s, tenant, attempt) : await PaymentCalls.OfStray(s, tenant, payment) };
        }, ctx.RequestAborted);
        await pages.Render<MoneyPage, MoneyModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task Decide(HttpContext ctx, string id, string action, PageRenderer pages, Database db, MoneyDeskService desk, MoneyPreviews previews, RefundService refunds, RefundCaller caller)
    {
        if (!MoneyAction.All.Contains(action))
            throw new Refusal(HttpErrors.NoSuchPage);
        var (who, form) = (ctx.Caller(), new FormValues(await RequestBody.Form(ctx)));
        try
        {
            var (payment, refund) = await db.Command(who, s => desk.Decide(s, who, id, new(action, form["reference"], Given(form["order"]), Given(form["user"]), Given(form["way"]))), ctx.RequestAborted);
            if (refund is not null)
                await caller.Send(who.TenantId, refund.Id, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, refund is { Way: RefundWay.Gateway } ? RefundPages.Address(refund.Id) : $"{Path}/{payment.Id}", new Toast("ok", "money.did." + action));
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{id}", new Toast("warn", refusal.Detail));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Render(ctx, id, action, pages, db, desk, previews, refunds, form, refusal);
        }
    }

    private static string? Given(string value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}

/// <summary>A line of the money desk: a payment, or a refund.</summary>
/// <param name="Done">What was decided about it; null: nothing yet.</param>
public sealed record MoneyLine(string Href, string Amount, Message Why, Message? Done, Order? Order, string Aside, long At)
{
    /// <summary>The number that its gateway named and that no order here has; empty: none.</summary>
    public string Named { get; init; } = "";
}

/// <summary>What stands beside the tabs: how many wait, or how many a search finds in each.</summary>
public sealed record TabCounts(long Open, long Refunds, long? Settled);

/// <param name="Waiting">By currency: how many payments wait, how much it is, and since when.</param>
/// <param name="Orders">How many are paid and wait for staff.</param>
public sealed record MoneyListModel(Slice<MoneyLine> Lines, string Tab, string? Search, IReadOnlyList<(string Currency, long Count, long Amount, long Oldest)> Waiting, TabCounts Counts, long Orders, bool First);

/// <param name="Person">What the buyer is called; null: a guest, or nobody knows.</param>
/// <param name="Chosen">Which way to settle it is shown, a name of <see cref="MoneyAction"/>.</param>
/// <param name="Gateway">The gateway can give it back.</param>
public sealed record MoneyModel(
    Payment Payment, Order? Order, string? Person, IReadOnlyDictionary<string, string> Channels, IReadOnlyList<OrderEvent> Events, string Chosen, bool Gateway, IReadOnlyList<PreviewRow> Preview, FormValues Form, Refusal? Refusal = null) : IFormModel
{
    /// <summary>What the gateway told of it, with the verdict of each check.</summary>
    public IReadOnlyList<PaymentCall> Calls { get; init; } = [];
}
