using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Relays.StatusPages;

/// <summary><c>/status/relays</c>: how the regions do, for everybody, where the operator has switched it on.</summary>
public static class RegionStatusPages
{
    public const string Path = "/status/relays", Nav = "relay_status";

    public static readonly SettingGroup Group = new("relay_status", _ => []);

    /// <summary>Is there such a page?</summary>
    public static readonly SettingDefinition Shown = new("relay_status.shown", 760, SettingKind.Choice, "false", _ => true) { Group = Group, Choices = [("true", "setting.yes"), ("false", "setting.no")] };

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Path, Show).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task Show(HttpContext ctx, PageRenderer pages, RegionBoard board, TenantSettings settings)
    {
        var tenant = ctx.Caller().TenantId;
        await settings.Refresh(tenant);
        if (settings.Get(tenant, Shown) != "true")
            throw new Refusal(HttpErrors.NoSuchPage);
        await pages.Render<RegionStatusPage, RegionStatusModel>(ctx, new(await board.Of(tenant, ctx.RequestAborted)));
    }
}

public sealed record RegionStatusModel(IReadOnlyList<RegionStatus> Regions);

/// <summary>The page in the foot of the others, where there is one.</summary>
public sealed class RegionStatusSign(TenantSettings settings) : IPublicEntries
{
    private static readonly PublicEntry Entry = new(RegionStatusPages.Nav, 40, RegionStatusPages.Path, "relay_status.title") { InFoot = true };

    public ValueTask Refresh(string tenant) => settings.Refresh(tenant);

    public IEnumerable<PublicEntry> Current(string tenant) => settings.Get(tenant, RegionStatusPages.Shown) == "true" ? [Entry] : [];
}
