using Gatehouse.Audit.Log;
using Gatehouse.Console.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Settings;

public static class SettingsPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/settings").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(Permission.SettingsManage);
        pages.MapGet("", Show);
        pages.MapPost("", Save);
    }

    private static async Task Show(HttpContext ctx, TenantSettings preferences, PageRenderer pages, ServerFacts.Source facts)
    {
        var tenant = ctx.Caller().TenantId;
        await preferences.Refresh(tenant, now: true);
        await Render(ctx, pages, facts, TenantSettings.All.ToDictionary(d => d.Name, d => preferences.Get(tenant, d.Name)), null);
    }

    private static async Task Save(HttpContext ctx, Database db, SettingsService settings, PageRenderer pages, ServerFacts.Source facts)
    {
        var form = await ctx.Request.ReadFormAsync(ctx.RequestAborted);
        var typed = TenantSettings.All.ToDictionary(d => d.Name, d => form[d.Name].ToString());
        try
        {
            await db.Command(ctx.Caller(), s => settings.Change(s, ctx.Caller(), typed), ctx.RequestAborted);
        }
        catch (Refusal wrong) when (wrong.Fields.Count > 0)
        {
            await Render(ctx, pages, facts, typed, wrong);
            return;
        }
        PageRenderer.RedirectWithToast(ctx, "/admin/settings", new Toast("ok", "settings.saved"));
    }

    private static async Task Render(HttpContext ctx, PageRenderer pages, ServerFacts.Source facts, Dictionary<string, string> values, Refusal? refusal) =>
        await pages.Render<SettingsPage, SettingsModel>(ctx, new(values, await facts.Gather(ctx.Caller().TenantId), refusal), refusal is null ? 200 : 422);
}

public sealed record SettingsModel(IReadOnlyDictionary<string, string> Values, ServerFacts Facts, Refusal? Refusal = null) : IFormModel;
