using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>/admin/orders: the list, one order with its whole story, and what staff do about it.</summary>
public static class OrderDeskPages
{
    public const string Path = "/admin/orders";

    /// <summary>Where staff make one for somebody.</summary>
    public const string NewPath = Path + "/new";

    public const string ConfirmAction = "confirm", CancelAction = "cancel", DeliverAction = "deliver";
    private const int OfPerson = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(BillingPermissions.OrdersRead);
        read.MapGet("", List);
        read.MapGet("/{number}", Show);
        Map(group, ConfirmAction, BillingPermissions.MoneyWrite, async (s, who, number, form, desk) => await desk.Confirm(s, who, number, form["reference"], Amount(form, (await desk.Get(s, who.TenantId, number)).Currency)));
        Map(group, CancelAction, BillingPermissions.OrdersWrite, (s, who, number, form, desk) => desk.Cancel(s, who, number, form["reason"]));
        Map(group, DeliverAction, BillingPermissions.OrdersWrite, (s, who, number, form, desk) => desk.Deliver(s, who, number, form["reason"], form.Has("content") ? form["content"] : null));
    }

    /// <summary>The tab of a customer's page for staff.</summary>
    public static readonly PersonTab Tab = new("orders", 30, "orders.tab", BillingPermissions.OrdersRead, LoadTab) { Count = OrderPeople.Count };

    /// <summary>An order's page.</summary>
    public static string Address(string number) => $"{Path}/{OrderNumber.Shown(number)}";

    private static async Task<RenderFragment> LoadTab(HttpContext ctx, string customer)
    {
        var tenant = ctx.Caller().TenantId;
        var orders = await ctx.RequestServices.GetRequiredService<Database>().Read(s => OrderStore.OfAccount(s, tenant, customer, null, OfPerson + 1), ctx.RequestAborted);
        return ComponentFragment.Of<PersonOrders>((nameof(PersonOrders.Orders), orders.Take(OfPerson).ToList()), (nameof(PersonOrders.More), orders.Count > OfPerson), (nameof(PersonOrders.Customer), customer));
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, OrderDeskService desk)
    {
        var (query, tenant) = (ctx.Request.Query, ctx.Caller().TenantId);
        var filter = new OrderFilter(SearchTerm.Of(query["q"]), Given(query["status"]), Given(query["channel"]), Given(query["customer"]));
        var model = await db.Read(async s =>
        {
            var page = await desk.List(s, tenant, filter, query["after"], Cursor.DefaultLimit);
            var any = page.Items.Count > 0 || filter != new OrderFilter() || query.ContainsKey("after");
            return new OrderListModel(page, filter, await OrderStories.Channels(s, tenant), await OrderStories.People(s, tenant, page.Items), await OrderStore.Waiting(s, tenant), !query.ContainsKey("after"), !any)
            {
                Strays = filter.Search is { } typed && ctx.Caller().May(BillingPermissions.MoneyRead) ? await PaymentSearch.Strays(s, tenant, typed) : [],
            };
        }, ctx.RequestAborted);
        await pages.Render<OrderListPage, OrderListModel>(ctx, model);
    }

    private static async Task Show(HttpContext ctx, string number, PageRenderer pages, Database db, OrderDeskService desk, OrderStories stories, ITenants tenants, IConfiguration config)
    {
        var tenant = ctx.Caller().TenantId;
        var (whole, channels) = await db.Read(async s => (await stories.Of(s, tenant, await desk.Get(s, tenant, number)), await OrderStories.Channels(s, tenant)), ctx.RequestAborted);
        await pages.Render<OrderDeskPage, OrderDeskModel>(ctx, new(whole, channels, $"{SiteAddress.Base(config, tenants, tenant)}/orders/{whole.Order.Token}"));
    }

    // A page that says in numbers what would follow, and the form that does it.
    private static void Map(IEndpointRouteBuilder group, string action, Permission needs, Func<WriteTx, Caller, string, FormValues, OrderDeskService, ValueTask<Order>> work)
    {
        var write = group.MapGroup("").Requires(needs);
        write.MapGet($"/{{number}}/{action}", async (HttpContext ctx, string number, PageRenderer pages, Database db, OrderDeskService desk, OrderPreviews previews) =>
        {
            var form = new FormValues();
            if (ctx.Request.Query["amount"].ToString() is { Length: > 0 } amount)
                form["amount"] = amount;
            await Ask(ctx, number, action, pages, db, desk, previews, form, null);
        });
        write.MapPost($"/{{number}}/{action}", async (HttpContext ctx, string number, PageRenderer pages, Database db, OrderDeskService desk, OrderPreviews previews) =>
        {
            var form = new FormValues(await RequestBody.Form(ctx));
            try
            {
                var order = await db.Command(ctx.Caller(), s => work(s, ctx.Caller(), number, form, desk), ctx.RequestAborted);
                PageRenderer.RedirectWithToast(ctx, Address(order.Number), new Toast("ok", "orders.did." + action, OrderNumber.Shown(order.Number)));
            }
            catch (Refusal refusal) when (refusal.Status == 409)
            {
                PageRenderer.RedirectWithToast(ctx, Address(OrderNumber.Parse(number)!), new Toast("warn", refusal.Detail));
            }
            catch (Refusal refusal) when (refusal.Status == 422)
            {
                await Ask(ctx, number, action, pages, db, desk, previews, form, refusal);
            }
        });
    }

    private static async Task Ask(HttpContext ctx, string number, string action, PageRenderer pages, Database db, OrderDeskService desk, OrderPreviews previews, FormValues form, Refusal? refusal)
    {
        var tenant = ctx.Caller().TenantId;
        var (order, rows) = await db.Read(async s =>
        {
            var found = await desk.Get(s, tenant, number);
            return (found, action switch
            {
                ConfirmAction => await previews.Confirm(s, tenant, found, Money.Parse(form["amount"], found.Currency) is > 0 and var typed ? typed : null),
                CancelAction => await OrderPreviews.Cancel(s, tenant, found),
                _ => await previews.Delivered(s, tenant, found, found.Delivery == PlanSelling.ByHand),
            });
        }, ctx.RequestAborted);
        if (!form.Has("amount"))
            form["amount"] = Money.Plain(order.Amount, order.Currency);
        await pages.Render<OrderActionPage, OrderActionModel>(ctx, new(order, action, rows, form, refusal), refusal?.Status ?? 200);
    }

    // Nothing typed is what the order costs.
    private static long? Amount(FormValues form, string currency) =>
        form["amount"].Trim().Length == 0 ? null : Money.Parse(form["amount"], currency) ?? throw Refusal.Field("amount", "orders.wrong.amount");

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}

/// <param name="People">What those are called whose orders these are, by account.</param>
/// <param name="Waiting">How many are paid and wait for staff.</param>
/// <param name="None">There is no order at all.</param>
public sealed record OrderListModel(Slice<Order> Orders, OrderFilter Filter, IReadOnlyDictionary<string, string> Channels, IReadOnlyDictionary<string, string> People, long Waiting, bool First, bool None)
{
    /// <summary>Payments that no order is for and that what was looked for means.</summary>
    public IReadOnlyList<Payment> Strays { get; init; } = [];
}

/// <param name="Link">The order's page as its buyer sees it.</param>
public sealed record OrderDeskModel(WholeOrder Whole, IReadOnlyDictionary<string, string> Channels, string Link);

public sealed record OrderActionModel(Order Order, string Action, IReadOnlyList<PreviewRow> Preview, FormValues Form, Refusal? Refusal = null) : IFormModel;
