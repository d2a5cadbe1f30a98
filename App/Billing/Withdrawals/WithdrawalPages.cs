using Gatehouse.Audit.Log;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Previews;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Withdrawals;

/// <summary><c>/account/distributor/commission</c>, where a distributor asks for what was earned, and /admin/distributors/withdrawals, where staff decide.</summary>
public static class WithdrawalPages
{
    public const string Path = DistributorPages.Path + "/withdrawals";
    public const string Approve = "approve", Refuse = "refuse";
    private const int Listed = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup(DistributorPages.Own).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        own.MapGet(DistributorPages.Commission, (HttpContext ctx, PageRenderer pages, Database db) => ShowOwn(ctx, pages, db, new(), null));
        own.MapPost("/withdrawals", Ask);
        own.MapPost("/withdrawals/{id}/cancel", Cancel);
        var staff = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = staff.MapGroup("").Requires(BillingPermissions.DistributorsManage);
        read.MapGet("", List);
        read.MapGet("/{id}", (HttpContext ctx, string id, PageRenderer pages, Database db, WithdrawalService withdrawals, LedgerService ledger) => Show(ctx, id, pages, db, withdrawals, ledger, new(), null));
        staff.MapGroup("").Requires(BillingPermissions.MoneyWrite).MapPost("/{id}", Decide);
    }

    private static async Task ShowOwn(HttpContext ctx, PageRenderer pages, Database db, FormValues form, Refusal? refused)
    {
        var (who, after) = (ctx.Caller(), ctx.Request.Query["after"]);
        var model = await db.Read(async s => new OwnCommissionModel(
            await DistributorStore.Find(s, who.TenantId, who.Id!), await CommissionStore.Sums(s, who.TenantId, who.Id!), await DistributorRates.HoldDays(s, who.TenantId),
            await WithdrawalStore.List(s, who.TenantId, who.Id!, null, null, Listed),
            Slice<CommissionLine>.Of(await CommissionStore.List(s, who.TenantId, who.Id!, Cursor.Decode(after), Cursor.DefaultLimit + 1), Cursor.DefaultLimit, l => l.Commission.OrderId), string.IsNullOrEmpty(after), form, refused), ctx.RequestAborted);
        await pages.Render<OwnCommissionPage, OwnCommissionModel>(ctx, model, refused is null ? 200 : 422);
    }

    private static async Task Ask(HttpContext ctx, PageRenderer pages, Database db, WithdrawalService withdrawals)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var currency = form["currency"].Trim().ToUpperInvariant();
            var amount = Money.Parse(form["amount"], currency) ?? throw Refusal.Field("amount", "field.price", Money.Decimals(currency));
            await db.Write(s => withdrawals.Ask(s, ctx.Caller(), amount, currency, form["way"], form["details"]), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, DistributorPages.Own + DistributorPages.Commission, new Toast("ok", "withdrawals.asked"));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 409 or 422)
        {
            await ShowOwn(ctx, pages, db, form, refusal);
        }
    }

    private static async Task Cancel(HttpContext ctx, string id, Database db, WithdrawalService withdrawals)
    {
        Toast told = new("ok", "withdrawals.cancelled");
        try
        {
            await db.Write(s => withdrawals.Cancel(s, ctx.Caller(), id), ctx.RequestAborted);
        }
        catch (Refusal refusal) when (refusal.Error == WithdrawalErrors.State)
        {
            told = new("warn", refusal.Detail);
        }
        PageRenderer.RedirectWithToast(ctx, DistributorPages.Own + DistributorPages.Commission, told);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db)
    {
        var (query, tenant) = (ctx.Request.Query, ctx.Caller().TenantId);
        var state = WithdrawalState.All.Contains(query["status"].ToString()) ? query["status"].ToString() : null;
        var model = await db.Read(async s => new WithdrawalListModel(
            Slice<WithdrawalLine>.Of(await WithdrawalStore.List(s, tenant, null, state, Cursor.Decode(query["after"]), Cursor.DefaultLimit + 1), Cursor.DefaultLimit, l => l.Withdrawal.Id),
            state, await WithdrawalStore.Waiting(s, tenant), !query.ContainsKey("after")), ctx.RequestAborted);
        await pages.Render<WithdrawalListPage, WithdrawalListModel>(ctx, model);
    }

    private static async Task Show(HttpContext ctx, string id, PageRenderer pages, Database db, WithdrawalService withdrawals, LedgerService ledger, FormValues form, Refusal? refused)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s =>
        {
            var w = await withdrawals.Get(s, tenant, id);
            var name = await s.One("SELECT COALESCE(NULLIF(display_name, ''), email, phone, username) FROM accounts WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", w.AccountId));
            var sum = (await CommissionStore.Sums(s, tenant, w.AccountId)).Find(b => b.Currency == w.Currency)!;
            var has = -await ledger.Sum(s, tenant, LedgerAccount.Balance(w.AccountId), w.Currency);
            List<PreviewRow> pays = [PreviewRow.Money(new("withdrawals.preview.asked"), sum.Asked, sum.Asked - w.Amount, w.Currency), PreviewRow.Money(new("withdrawals.preview.paid"), sum.Withdrawn, sum.Withdrawn + w.Amount, w.Currency)];
            if (w.Way == WithdrawalWay.Balance)
                pays.Add(PreviewRow.Money(new("preview.balance"), has, has + w.Amount, w.Currency));
            return new WithdrawalModel(w, name, sum, pays, form, refused);
        }, ctx.RequestAborted);
        await pages.Render<WithdrawalPage, WithdrawalModel>(ctx, model, refused is null ? 200 : 422);
    }

    private static async Task Decide(HttpContext ctx, string id, PageRenderer pages, Database db, WithdrawalService withdrawals, LedgerService ledger)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            await db.Command(ctx.Caller(), s => form["decision"] switch
            {
                Approve => withdrawals.Approve(s, ctx.Caller(), id, form["reference"]),
                Refuse => withdrawals.Refuse(s, ctx.Caller(), id, form["reason"]),
                _ => throw Refusal.Field("decision", "field.one_of", $"{Approve}, {Refuse}"),
            }, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "withdrawals.done." + form["decision"]));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, pages, db, withdrawals, ledger, form, refusal);
        }
    }
}

/// <param name="Sums">By currency.</param>
public sealed record OwnCommissionModel(
    Distributor? Distributor, IReadOnlyList<CommissionSum> Sums, long HoldDays, IReadOnlyList<WithdrawalLine> Withdrawals, Slice<CommissionLine> Lines, bool First, FormValues Form, Refusal? Refusal) : IFormModel;

/// <param name="First">Is this the newest page?</param>
public sealed record WithdrawalListModel(Slice<WithdrawalLine> Withdrawals, string? State, long Waiting, bool First);

/// <param name="Name">What the distributor is called; null: they are gone.</param>
/// <param name="Pays">What paying it would change.</param>
public sealed record WithdrawalModel(Withdrawal Withdrawal, string? Name, CommissionSum Sum, IReadOnlyList<PreviewRow> Pays, FormValues Form, Refusal? Refusal) : IFormModel;
