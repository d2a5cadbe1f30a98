using System.Globalization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;

namespace Gatehouse.Operations;

public sealed record SettingsValues(string SiteName, string TimeZone, string KeyAlphabet, int ExpiringSoonDays);

public sealed record SettingsAnswer(bool Success, SettingsValues Settings);

/// <summary>Settings to change; what is left out (or null) stays.</summary>
public sealed record SettingsChange(string? SiteName = null, string? TimeZone = null, string? KeyAlphabet = null, long? ExpiringSoonDays = null)
{
    public Dictionary<string, string> Wanted()
    {
        (string Name, string? Value)[] all =
        [
            (Preferences.SiteName, SiteName), (Preferences.TimeZone, TimeZone), (Preferences.KeyAlphabet, KeyAlphabet),
            (Preferences.ExpiringSoonDays, ExpiringSoonDays?.ToString(CultureInfo.InvariantCulture)),
        ];
        return all.Where(v => v.Value is not null).ToDictionary(v => v.Name, v => v.Value!);
    }
}

public static class SettingsEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var settings = app.MapGroup("/api/settings").RequireRateLimiting(RateLimits.Api).WithTags("Settings").Requires(Permission.SettingsManage);
        settings.MapGet("", Get).Produces<SettingsAnswer>().WithSummary("Read the settings").WithName("getSettings");
        settings.MapPatch("", Change).Accepts<SettingsChange>("application/json").Produces<SettingsAnswer>().Refuses("VALIDATION_FAILED")
            .WithSummary("Change settings").WithName("changeSettings");
    }

    private static async Task Get(HttpContext ctx, Preferences preferences)
    {
        var tenant = ctx.Caller().TenantId;
        await preferences.Refresh(tenant, now: true);
        var values = new SettingsValues(preferences.Get(tenant, Preferences.SiteName), preferences.Get(tenant, Preferences.TimeZone),
            preferences.Get(tenant, Preferences.KeyAlphabet), int.Parse(preferences.Get(tenant, Preferences.ExpiringSoonDays), CultureInfo.InvariantCulture));
        await Answer.Send(ctx, new SettingsAnswer(true, values), OperationsJson.Default.SettingsAnswer);
    }

    private static async Task Change(HttpContext ctx, Database db, SettingsService settings, Preferences preferences)
    {
        var change = await RequestBody.Read(ctx, OperationsJson.Default.SettingsChange);
        await db.Write(async s =>
        {
            await settings.Change(s, ctx.Caller(), change.Wanted());
            return true;
        }, ctx.RequestAborted);
        await Get(ctx, preferences);
    }
}
