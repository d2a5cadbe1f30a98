using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Activation;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Shop;

/// <summary><c>/orders</c>: finds an order by its number and the e-mail address or the word that it was made with.</summary>
public sealed class FindPages(Database db, PageRenderer pages, OrderService orders, GuessGuard guesses)
{
    public const string Path = "/orders";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).OpenToAll().ExcludeFromDescription();
        group.MapGet("", (HttpContext ctx, FindPages own) => own.Show(ctx, "", "")).RequireRateLimiting(RateLimits.Pages);
        group.MapPost("", (HttpContext ctx, FindPages own) => own.Look(ctx)).RequireRateLimiting(RateLimits.Api);
    }

    /// <summary>The order, for who knows both; every wrong guess counts against the address that it comes from, as wrong keys do.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND: there is none, or it is another's; 403 CHALLENGE_REQUIRED or 429 after several.</exception>
    internal static async Task<Order> Find(Caller who, Database db, OrderService orders, GuessGuard guesses, string number, string? word, SolvedChallenge solved, bool onPage, CancellationToken ct)
    {
        guesses.Enter(who.Ip, null);
        await guesses.Charge(who, new TypedKey(number, solved, onPage));
        try
        {
            return await db.Read(s => orders.Find(s, who.TenantId, number, null, word), ct);
        }
        catch (Refusal refusal) when (refusal.Error == OrderErrors.OrderNotFound)
        {
            await guesses.Wrong(who, $"{number}\n{word}");
            throw;
        }
    }

    private async Task Look(HttpContext ctx)
    {
        var form = await RequestBody.Form(ctx);
        var (number, word, solved) = (form["number"].ToString(), form["lookup"].ToString(), new SolvedChallenge(form["challenge"], form["nonce"]));
        try
        {
            var order = await Find(ctx.Caller(), db, orders, guesses, number, word, solved, true, ctx.RequestAborted);
            PageRenderer.Redirect(ctx, $"{Path}/{order.Token}");
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 404 or 429)
        {
            if (refusal.RetryAfter is { } wait)
                ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
            await Show(ctx, number, word, refusal, solved.Id);
        }
    }

    private async Task Show(HttpContext ctx, string number, string word, Refusal? refusal = null, string? former = null) => await pages.Render<FindPage, FindModel>(
        ctx, new(number, word, await guesses.Work(ctx.Caller().Ip, former), refusal), refusal is null ? 200 : refusal.Error == OrderErrors.OrderNotFound ? 422 : refusal.Status);
}

/// <param name="Work">Asked for before a look; null where none is.</param>
public sealed record FindModel(string Number, string Word, Challenge? Work, Refusal? Refusal) : IFormModel;
