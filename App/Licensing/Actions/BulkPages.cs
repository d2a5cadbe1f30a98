using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Actions;

/// <summary>/admin/keys/bulk: one thing done to many keys, asked about first.</summary>
public static class BulkPages
{
    private const int Shown = 8;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup($"{LicenseLinks.List}/{LicenseLinks.BulkWord}").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(LicensingPermissions.KeysWrite);
        // Where the switch of languages leads back to.
        pages.MapGet("", (HttpContext ctx) => PageRenderer.Redirect(ctx, LicenseLinks.List));
        pages.MapPost("", Bulk);
    }

    private static async Task Bulk(HttpContext ctx, PageRenderer pages, Database db, LicenseActions life, LicenseLists lists)
    {
        var sent = await RequestBody.Form(ctx);
        var who = ctx.Caller();
        var action = sent["action"].ToString();
        if (!ActionWords.Bulk.Contains(action))
            throw Refusal.Field("action", "field.action", string.Join(", ", ActionWords.Bulk));
        var filter = sent["all"] == "1" ? LicenseLinks.Parse(sent["filter"].ToString()) : null;
        var keys = sent["key"].OfType<string>().ToList();
        var back = PageRenderer.LocalPath(sent["return"]) is { Length: > 1 } path ? path : LicenseLinks.List;
        if (filter is null && keys.Count == 0)
        {
            PageRenderer.RedirectWithToast(ctx, back, new Toast("warn", "keys.bulk.none"));
            return;
        }
        var form = ActionForm.Read(sent);
        Refusal? refused = null;
        if (sent["confirmed"] == "1")
            try
            {
                var done = await db.Command(who, s => life.ApplyMany(s, who, filter is null ? keys : null, filter, form.ToAction(action)), ctx.RequestAborted);
                var told = new Message(ActionWords.Of[action].DoneMany, done.Changed);
                var passed = done.Matched - done.Changed;
                PageRenderer.RedirectWithToast(ctx, back, new Toast(done.Changed > 0 ? "ok" : "warn", passed == 0 ? told : new Message("keys.bulk.passed", told, passed)));
                return;
            }
            catch (Refusal refusal) when (refusal.Status == 422)
            {
                refused = refusal;
            }
        // Said before it is tried: so many cannot be changed at once.
        var (count, first) = filter is null
            ? (keys.Count, await lists.Named(who.TenantId, [.. keys.Take(Shown)], ctx.RequestAborted))
            : await lists.Matching(who.TenantId, filter, LicenseActions.MaxBulk + 1, Shown, ctx.RequestAborted);
        if (count == 0)
        {
            PageRenderer.RedirectWithToast(ctx, back, new Toast("warn", "keys.bulk.none"));
            return;
        }
        if (count > LicenseActions.MaxBulk)
            refused ??= Refusal.Field("filter", "field.bulk_too_many", LicenseActions.MaxBulk);
        await pages.Render<BulkPage, BulkModel>(ctx, new(
            action,
            count,
            first,
            form,
            await lists.Sellable(who.TenantId, ctx.RequestAborted),
            back,
            filter is null ? keys : null,
            filter,
            refused,
            ctx.Request.Headers.ContainsKey("HX-Request")), refused?.Status ?? 200);
    }
}

/// <param name="Keys">The keys that were ticked; null when all that match the filter are meant.</param>
/// <param name="Count">How many; never counted beyond what may be changed at once.</param>
/// <param name="Examples">The first of them.</param>
/// <param name="Back">The list it came from.</param>
/// <param name="InPlace">Shown in the list's dialog.</param>
public sealed record BulkModel(
    string Action, long Count, IReadOnlyList<License> Examples, ActionForm Form, IReadOnlyList<PlanChoice> Plans,
    string Back, IReadOnlyList<string>? Keys = null, LicenseFilter? Filter = null, Refusal? Refusal = null, bool InPlace = false) : IFormModel;

public sealed record LicenseActionModel(License Key, string Action, ActionForm Form, IReadOnlyList<PlanChoice> Plans, Refusal? Refusal = null) : IFormModel;
