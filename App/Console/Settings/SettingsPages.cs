using Gatehouse.Audit.Log;
using Gatehouse.Console.Health;
using Gatehouse.Console.Permissions;
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
        var pages = app.MapGroup("/admin/settings").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(ConsolePermissions.SettingsManage);
        pages.MapGet("", Show);
        pages.MapPost("", Save);
    }

    private static async Task Show(HttpContext ctx, TenantSettings preferences, PageRenderer pages, ServerFacts.Source facts)
    {
        var tenant = ctx.Caller().TenantId;
        await preferences.Refresh(tenant, now: true);
        await Render(ctx, pages, preferences, facts, preferences.All.ToDictionary(d => d.Name, d => preferences.Get(tenant, d)), null);
    }

    private static async Task Save(HttpContext ctx, Database db, SettingsService settings, TenantSettings preferences, PageRenderer pages, ServerFacts.Source facts)
    {
        var form = await RequestBody.Form(ctx);
        // What only owners change is shown to others, and not sent by them.
        var who = ctx.Caller();
        var typed = preferences.All.Where(d => !d.OwnersOnly || who.Role == Role.Owner).ToDictionary(d => d.Name, d => form[d.Name].ToString());
        try
        {
            await db.Command(ctx.Caller(), s => settings.Change(s, ctx.Caller(), typed), ctx.RequestAborted);
        }
        catch (Refusal wrong) when (wrong.Fields.Count > 0)
        {
            foreach (var rest in preferences.All)
                typed.TryAdd(rest.Name, preferences.Get(who.TenantId, rest));
            await Render(ctx, pages, preferences, facts, typed, wrong);
            return;
        }
        PageRenderer.RedirectWithToast(ctx, "/admin/settings", new Toast("ok", "settings.saved"));
    }

    private static async Task Render(HttpContext ctx, PageRenderer pages, TenantSettings preferences, ServerFacts.Source facts, Dictionary<string, string> values, Refusal? refusal) =>
        await pages.Render<SettingsPage, SettingsModel>(ctx, new(preferences.All, values, await facts.Gather(ctx.Caller().TenantId), refusal), refusal is null ? 200 : 422);
}

public sealed record SettingsModel(IReadOnlyList<SettingDefinition> Settings, IReadOnlyDictionary<string, string> Values, ServerFacts Facts, Refusal? Refusal = null) : IFormModel;
