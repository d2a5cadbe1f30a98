using System.Globalization;
using System.Text.Json.Serialization;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Settings;

/// <param name="TwoFactorRoles">Roles that must have two-factor sign-in.</param>
public sealed record SettingsValues(string SiteName, string TimeZone, string KeyAlphabet, int ExpiringSoonDays, IReadOnlyList<string> TwoFactorRoles);

public sealed record SettingsResponse(bool Success, SettingsValues Settings);

/// <summary>Settings to change; what is left out (or null) stays.</summary>
public sealed record SettingsChange(string? SiteName = null, string? TimeZone = null, string? KeyAlphabet = null, long? ExpiringSoonDays = null, IReadOnlyList<string>? TwoFactorRoles = null)
{
    public Dictionary<string, string> Wanted()
    {
        (string Name, string? Value)[] all =
        [
            (TenantSettings.SiteName.Name, SiteName), (TenantSettings.TimeZone.Name, TimeZone), (LicenseSettings.KeyAlphabet.Name, KeyAlphabet),
            (LicenseSettings.ExpiringSoonDays.Name, ExpiringSoonDays?.ToString(CultureInfo.InvariantCulture)),
            (TwoFactorSettings.RequiredRoles.Name, TwoFactorRoles is null ? null : string.Join(' ', TwoFactorRoles)),
        ];
        return all.Where(v => v.Value is not null).ToDictionary(v => v.Name, v => v.Value!);
    }
}

public static class SettingsEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var settings = app.MapGroup("/api/settings").RequireRateLimiting(RateLimits.Api).WithTags("Settings").Requires(ConsolePermissions.SettingsManage);
        settings.MapGet("", Get).Produces<SettingsResponse>().WithSummary("Read the settings").WithName("getSettings");
        settings.MapPatch("", Change).Accepts<SettingsChange>("application/json").Produces<SettingsResponse>().Refuses(HttpErrors.ValidationFailed)
            .WithSummary("Change settings").WithName("changeSettings");
    }

    private static async Task Get(HttpContext ctx, TenantSettings preferences)
    {
        var tenant = ctx.Caller().TenantId;
        await preferences.Refresh(tenant, now: true);
        var values = new SettingsValues(preferences.Get(tenant, TenantSettings.SiteName), preferences.Get(tenant, TenantSettings.TimeZone),
            preferences.Get(tenant, LicenseSettings.KeyAlphabet), int.Parse(preferences.Get(tenant, LicenseSettings.ExpiringSoonDays), CultureInfo.InvariantCulture),
            SettingDefinition.Chosen(preferences.Get(tenant, TwoFactorSettings.RequiredRoles)));
        await SignedJson.Send(ctx, new SettingsResponse(true, values), SettingsJson.Default.SettingsResponse);
    }

    private static async Task Change(HttpContext ctx, Database db, SettingsService settings, TenantSettings preferences)
    {
        var change = await RequestBody.Read(ctx, SettingsJson.Default.SettingsChange);
        await db.Command(ctx.Caller(), s => settings.Change(s, ctx.Caller(), change.Wanted()), ctx.RequestAborted);
        await Get(ctx, preferences);
    }
}

/// <summary>Unknown, doubled and mistyped members are refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SettingsResponse))]
[JsonSerializable(typeof(SettingsChange))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SettingsJson : JsonSerializerContext;
