using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Nearest;

/// <summary>A relay that a browser can come to.</summary>
/// <param name="Origin">As <c>https://203.0.113.9:8443</c>.</param>
public sealed record NearestRelay(string Name, string Origin);

/// <summary>What a rental's own page measures: how long the browser takes to open a connection to each relay, TCP and TLS.</summary>
public static class NearestPanels
{
    public static async Task<RenderFragment?> Load(HttpContext ctx, Rental rental)
    {
        var slots = await ctx.RequestServices.GetRequiredService<Database>().Read(s => SlotStore.OfRental(s, ctx.Caller().TenantId, rental.Id), ctx.RequestAborted);
        var relays = slots.Where(s => s.State == "running").Select(Of).OfType<NearestRelay>().ToList();
        if (relays.Count == 0)
            return null;
        SecurityHeaders.AllowConnections(ctx, relays.Select(r => r.Origin));
        return ComponentFragment.Of<NearestPanel>((nameof(NearestPanel.Relays), relays));
    }

    // A policy for pages cannot name an IPv6 address.
    private static NearestRelay? Of(Slot slot) =>
        Uri.CheckHostName(slot.Address) is UriHostNameType.Dns or UriHostNameType.IPv4 ? new(slot.RegionName, $"https://{slot.Address}:{slot.Port}") : null;
}
