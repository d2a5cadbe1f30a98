using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;

namespace Gatehouse.Licensing;

/// <summary>/admin/keys: the list, and one key with what can be done to it.</summary>
public static class KeyPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/keys").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = pages.MapGroup("").Requires(Permission.KeysRead);
        read.MapGet("", List);
        read.MapGet("/export", Export);
        read.MapPost("/export", ExportSelected);
        read.MapGet("/{key}", Show);
        var write = pages.MapGroup("").Requires(Permission.KeysWrite);
        write.MapGet("/{key}/{action}", Ask);
        write.MapPost("/{key}/{action}", Act);
    }

    private static async Task List(HttpContext ctx, Pages pages, KeyQueries queries, KeyLists lists)
    {
        var (tenant, query) = (ctx.Caller().TenantId, ctx.Request.Query);
        var filter = LicenseFilter.From(query);
        var page = await queries.List(tenant, filter, query["after"], Cursor.DefaultLimit, ctx.RequestAborted, names: false);
        var (plans, batches) = await lists.Filters(tenant, filter.Batch, ctx.RequestAborted);
        await pages.Render<KeyListPage>(ctx, new()
        {
            [nameof(KeyListPage.Keys)] = page, [nameof(KeyListPage.Filter)] = filter, [nameof(KeyListPage.Counts)] = await queries.Counts(tenant, ctx.RequestAborted),
            [nameof(KeyListPage.Plans)] = plans, [nameof(KeyListPage.Batches)] = batches, [nameof(KeyListPage.All)] = query["all"] == "1",
            [nameof(KeyListPage.First)] = !query.ContainsKey("after"),
        });
    }

    private static Task Export(HttpContext ctx, KeyExport export) => export.Send(ctx, LicenseFilter.From(ctx.Request.Query), ctx.Request.Query["format"]);

    private static async Task ExportSelected(HttpContext ctx, KeyExport export, KeyLists lists)
    {
        var form = await ctx.Request.ReadFormAsync(ctx.RequestAborted);
        var format = KeyExport.Checked(form["format"]);
        if (form["all"] == "1")
            Pages.Redirect(ctx, KeyLinks.Export(KeyLinks.Parse(form["filter"].ToString()), format));
        else
            await export.Send(ctx, await lists.Named(ctx.Caller().TenantId, [.. form["key"].Take(KeyService.MaxCount).OfType<string>()], ctx.RequestAborted), format);
    }

    private static async Task Show(HttpContext ctx, string key, Pages pages, KeyQueries queries, KeyLists lists)
    {
        var tenant = ctx.Caller().TenantId;
        var license = await queries.Get(tenant, key, ctx.RequestAborted);
        var (machines, history) = await queries.Detail(tenant, license.Id, ctx.RequestAborted);
        var (plans, _) = await lists.Filters(tenant, null, ctx.RequestAborted);
        await pages.Render<KeyPage>(ctx, new()
        {
            [nameof(KeyPage.Key)] = license, [nameof(KeyPage.Machines)] = machines, [nameof(KeyPage.History)] = history, [nameof(KeyPage.Plans)] = plans,
        });
    }

    // The form of one action as a page of its own: where a form that failed is shown again.
    private static async Task Ask(HttpContext ctx, string key, string action, Pages pages, KeyQueries queries, KeyLists lists) =>
        await AskAgain(ctx, await queries.Get(ctx.Caller().TenantId, key, ctx.RequestAborted), action, null, null, pages, lists);

    private static async Task Act(HttpContext ctx, string key, string action, Pages pages, Database db, LifeService life, KeyQueries queries, KeyLists lists)
    {
        var words = Words(action);
        var form = ActionForm.Read(await ctx.Request.ReadFormAsync(ctx.RequestAborted));
        var before = await queries.Get(ctx.Caller().TenantId, key, ctx.RequestAborted);
        var text = ctx.Text();
        try
        {
            var after = await db.Write(s => life.Apply(s, ctx.Caller(), before.Key, form.ToAction(action)), ctx.RequestAborted);
            queries.Changed(ctx.Caller().TenantId);
            Pages.RedirectWithToast(ctx, after is null ? KeyLinks.List : KeyLinks.Key(after.Key), new Toast("ok", text[words.Done, (after ?? before).Key]));
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            Pages.RedirectWithToast(ctx, KeyLinks.Key(before.Key), new Toast("warn", text["error." + refusal.Code, refusal.Args]));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await AskAgain(ctx, before, action, form, refusal, pages, lists);
        }
    }

    private static async Task AskAgain(HttpContext ctx, License key, string action, ActionForm? form, Refusal? refusal, Pages pages, KeyLists lists)
    {
        Words(action);
        await pages.Render<KeyActionPage>(ctx, new()
        {
            [nameof(KeyActionPage.Key)] = key, [nameof(KeyActionPage.Action)] = action, [nameof(KeyActionPage.Errors)] = refusal?.Fields,
            [nameof(KeyActionPage.Form)] = form ?? new ActionForm { Prefix = key.Prefix, Note = key.Note },
            [nameof(KeyActionPage.Plans)] = await lists.Sellable(ctx.Caller().TenantId, ctx.RequestAborted),
        }, refusal?.Status ?? 200);
    }

    // What is no action is no address either.
    private static ActionWords Words(string action) => ActionWords.Of.TryGetValue(action, out var words) ? words : throw new Refusal(404, "NO_SUCH_PAGE");
}
