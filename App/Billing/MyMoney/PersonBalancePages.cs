using Gatehouse.Accounts.Person;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Billing.MyMoney;

/// <summary>A customer's balance on their page for staff, who add to it what came past every channel.</summary>
public static class PersonBalancePages
{
    private const string TabName = "balance";

    public static readonly PersonTab Tab = new(TabName, 40, "balance.title", BillingPermissions.MoneyRead, (ctx, id) => Content(ctx, id, null, null));

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/admin/users/{id}/balance", TopUp).Requires(BillingPermissions.MoneyWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task<RenderFragment> Content(HttpContext ctx, string id, FormValues? typed, Refusal? refusal)
    {
        var (ledger, tenant, after) = (ctx.RequestServices.GetRequiredService<LedgerService>(), ctx.Caller().TenantId, ctx.Request.Query["after"].ToString());
        var (balances, lines) = await ctx.RequestServices.GetRequiredService<Database>().Read(async s =>
            (await ledger.Balances(s, tenant, id), await ledger.List(s, tenant, LedgerAccount.Balance(id), after, Cursor.DefaultLimit)), ctx.RequestAborted);
        return ComponentFragment.Of<PersonBalance>((nameof(PersonBalance.Account), id), (nameof(PersonBalance.Balances), balances), (nameof(PersonBalance.Lines), lines),
            (nameof(PersonBalance.First), after.Length == 0), (nameof(PersonBalance.Typed), typed), (nameof(PersonBalance.Refusal), refusal));
    }

    private static async Task TopUp(HttpContext ctx, string id, Database db, BalanceService balances)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var amount = Money.Parse(form["amount"], form["currency"]) ?? throw Refusal.Field("amount", "field.price", Money.Decimals(form["currency"]));
            var done = await db.Command(ctx.Caller(), s => balances.TopUp(s, ctx.Caller(), new TopUpBody(id, amount, form["currency"], form["reference"])), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, PersonTab.Address(id, TabName), new Toast("ok", "balance.added", Money.Format(amount, done.Currency), Money.Format(done.Balance, done.Currency)));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await PersonPages.ShowTab(ctx, id, TabName, await Content(ctx, id, form, refusal), refusal);
        }
    }
}
