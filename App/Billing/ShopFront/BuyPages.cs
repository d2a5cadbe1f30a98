using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Shop;
using Gatehouse.Billing.StockWaits;
using Gatehouse.Licensing.Activation;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Parts;

namespace Gatehouse.Billing.ShopFront;

/// <summary><c>/buy/{plan}</c>: one offer, and the form that orders it.</summary>
public sealed class BuyPages(Database db, ShopService shop, ShopDoor door, BuyDeals deals, ActivationService activation, OrderGuard guard, CouponTaker coupons, LedgerService ledger, Referrals referrals, WaitingList waits, PageRenderer pages)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/buy").OpenToAll().ExcludeFromDescription();
        group.MapGet("/{plan}", (HttpContext ctx, string plan, BuyPages pages) => pages.Show(ctx, plan, BuyForm.Asked(ctx.Request.Query))).RequireRateLimiting(RateLimits.Pages);
        group.MapPost("/{plan}/notify", (HttpContext ctx, string plan, BuyPages pages) => pages.Notify(ctx, plan)).RequireRateLimiting(RateLimits.SignIn);
        group.MapPost("/{plan}", (HttpContext ctx, string plan, BuyPages pages) => pages.Order(ctx, plan)).RequireRateLimiting(RateLimits.Api);
    }

    private async Task Order(HttpContext ctx, string plan)
    {
        var (sent, who) = (await RequestBody.Form(ctx), ctx.Caller());
        var typed = new BuyForm(sent["quantity"].ToString(), sent["email"].ToString(), sent["lookup"].ToString(), sent["channel"].ToString(), sent["coupon"].ToString(),
            sent.Where(f => f.Key.StartsWith(BuyForm.Question, StringComparison.Ordinal)).ToDictionary(f => f.Key[BuyForm.Question.Length..], f => f.Value.ToString())) { Renew = sent["renew"].ToString(), AddTo = sent["add_to"].ToString(), AddOn = sent["add_on"].ToString(), Switch = sent["switch"].ToString(), Rental = sent["rental"].ToString(), When = sent["when"].ToString(), Expect = sent["expect"].ToString() };
        var solved = new SolvedChallenge(sent["challenge"], sent["nonce"]);
        if (sent.ContainsKey("look"))
        {
            await Show(ctx, plan, typed, former: solved.Id);
            return;
        }
        try
        {
            var buyer = new Buyer(null, typed.Email, typed.Lookup, ctx.Text().Language, who.Ip);
            var wanted = new NewOrder(plan, typed.Count ?? throw Refusal.Field("quantity", "field.whole_number"), typed.Channel.Length > 0 ? typed.Channel : null, CouponCodes.Of(typed.Coupon), typed.Answers) { Sent = referrals.Of(ctx), Rental = typed.Rental.Length > 0 ? typed.Rental : null, AddOn = typed.Rental.Length > 0 ? typed.AddOn : null };
            // Whoever names a key may be guessing.
            if (typed.Key.Length > 0)
            {
                var key = (await activation.Look(who, new TypedKey(typed.Key, solved, OnPage: true), ctx.RequestAborted) ?? throw Refusal.Field("renew", "accountkeys.unknown")).Id;
                wanted = typed.Switch.Length > 0 ? wanted with { Switch = key, AtEnd = typed.When == BuyForm.AtEnd, Expect = long.TryParse(typed.Expect, NumberStyles.None, CultureInfo.InvariantCulture, out var expect) ? expect : null }
                    : typed.AddTo.Length > 0 ? wanted with { AddTo = key, AddOn = typed.AddOn } : wanted with { Renew = key };
            }
            // A form that is sent twice is one order.
            var placed = await Idempotency.Once(ctx, db, sent["mark"], Typed(plan, sent), s => door.Place(s, who, buyer, wanted, solved), ShopJson.Default.PlacedOrder);
            var order = (await db.Read(s => OrderStore.Find(s, who.TenantId, placed.Id), ctx.RequestAborted))!;
            PageRenderer.Redirect(ctx, "/orders/" + order.Token);
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422 || refusal.Error == ChallengeErrors.Required)
        {
            await Show(ctx, plan, typed, refusal, solved.Id);
        }
    }

    // Of what is sold out: one mail when it is back.
    private async Task Notify(HttpContext ctx, string plan)
    {
        var (who, email) = (ctx.Caller(), (await RequestBody.Form(ctx))["email"].ToString());
        try
        {
            var told = await db.Write(s => waits.Add(s, who.TenantId, plan, email, ctx.Text().Language), ctx.RequestAborted) switch { null => "no_mail", true => "done", false => "there" };
            PageRenderer.RedirectWithToast(ctx, "/buy/" + plan, new Toast(told == "no_mail" ? "warn" : "ok", "buy.notify." + told));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, plan, BuyForm.Empty with { Email = email }, refusal);
        }
    }

    private static string Typed(string plan, IFormCollection sent) =>
        plan + string.Concat(sent.Where(f => f.Key is not (Csrf.Field or "mark" or "challenge" or "nonce")).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"\n{f.Key}={f.Value}"));

    private async Task Show(HttpContext ctx, string plan, BuyForm typed, Refusal? refusal = null, string? former = null)
    {
        var who = ctx.Caller();
        var renewal = await deals.Of(ctx, plan, typed);
        var (offer, balances) = await db.Read(async s =>
            (renewal?.Offer ?? await shop.Plan(s, who, plan, ctx.Text().Language), who.IsCustomer ? await ledger.Balances(s, who.TenantId, who.Id!) : []), ctx.RequestAborted);
        var (discount, unfit) = await Price(ctx, offer, typed);
        var balance = balances.FirstOrDefault(b => b.Currency == offer.Currency).Amount;
        var work = await guard.Work(who, former, ctx.RequestAborted);
        var mark = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        await pages.Render<BuyPage, BuyModel>(ctx, new(offer, MarkdownText.Html(offer.Description, new Dictionary<string, string>()), typed, mark, balance, work, refusal) { Renewal = renewal, Discount = discount, Unfit = refusal is null ? unfit : null, Mails = waits.Offered(who.TenantId) }, refusal?.Status ?? 200);
    }

    // What coupons take off as it is now; whether they still do is decided when it is ordered.
    private async Task<(long Discount, Message? Unfit)> Price(HttpContext ctx, ShopPlan offer, BuyForm typed)
    {
        if (CouponCodes.Of(typed.Coupon) is not { Count: > 0 } codes)
            return (0, null);
        var who = ctx.Caller();
        var order = new CouponCase(offer.Id, offer.Group, offer.Currency, offer.Cost(typed.Count ?? 1), who.IsCustomer ? who.Id : null, ContactRules.Email(typed.Email) ?? "");
        try
        {
            return ((await db.Read(s => coupons.Price(s, who.TenantId, codes, order), ctx.RequestAborted)).Sum(t => t.Discount), null);
        }
        catch (Refusal refusal)
        {
            return (0, refusal.Fields.TryGetValue("coupon", out var wrong) ? wrong : refusal.Detail);
        }
    }
}

/// <summary>What was typed.</summary>
/// <param name="Answers">By the keys of the questions.</param>
public sealed record BuyForm(string Quantity, string Email, string Lookup, string Channel, string Coupon, IReadOnlyDictionary<string, string> Answers)
{
    /// <summary>What the names of the questions' inputs begin with.</summary>
    public const string Question = "form.";

    /// <summary>The key whose time is to go on; empty: something new is bought.</summary>
    public string Renew { get; init; } = "";

    /// <summary>The key that gets an add-on of its plan, and which; empty: another thing is bought.</summary>
    public string AddTo { get; init; } = "";
    public string AddOn { get; init; } = "";

    /// <summary>The buyer's rental that it is for; empty: none.</summary>
    public string Rental { get; init; } = "";

    /// <summary>The key that something is bought for; empty: none.</summary>
    public string Key => Switch.Length > 0 ? Switch : AddTo.Length > 0 ? AddTo : Renew;

    /// <summary>The key that is switched to this plan, when, and what it was said to cost; empty: another thing is bought.</summary>
    public string Switch { get; init; } = "";
    public string When { get; init; } = "";
    public string Expect { get; init; } = "";

    /// <summary>When its time is over; else now.</summary>
    public const string AtEnd = "end";

    internal static BuyForm Asked(IQueryCollection query) => Empty with { Renew = query["renew"].ToString(), AddTo = query["add_to"].ToString(), AddOn = query["add_on"].ToString(), Switch = query["switch"].ToString(), Rental = query["rental"].ToString(), When = query["when"].ToString() };

    internal static readonly BuyForm Empty = new("1", "", "", "", "", new Dictionary<string, string>());

    /// <summary>Null: that is no number. Nothing typed is one.</summary>
    public long? Count => Quantity.Trim().Length == 0 ? 1 : long.TryParse(Quantity.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}

/// <param name="Html">The description.</param>
/// <param name="Mark">By which a form that is sent twice is known.</param>
/// <param name="Balance">Of a customer, in minor units of the offer's currency.</param>
/// <param name="Work">Asked for before an order; null where none is.</param>
public sealed record BuyModel(ShopPlan Offer, string Html, BuyForm Typed, string Mark, long Balance, Challenge? Work, Refusal? Refusal) : IFormModel
{
    /// <summary>What the coupons that were typed take off, in minor units.</summary>
    public long Discount { get; init; }

    /// <summary>Mails go out: with what was bought, and, whoever wants that, when it is in stock again.</summary>
    public bool Mails { get; init; }

    /// <summary>The key that something is bought for; null: something new is.</summary>
    public BuyRenewal? Renewal { get; init; }

    /// <summary>Why they take off nothing.</summary>
    public Message? Unfit { get; init; }
}
