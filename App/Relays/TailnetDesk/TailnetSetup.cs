using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Tailnets;

namespace Gatehouse.Relays.TailnetDesk;

/// <summary>All that tailnets add to their feature.</summary>
internal static class TailnetSetup
{
    public static IServiceCollection AddTailnets(this IServiceCollection services) => TailnetSecrets.Sealed.Aggregate(services, (all, column) => all.AddSealed(column))
        .AddSingleton<DeviceMatch>().AddSingleton<TailnetApi>().AddSingleton<HeadscaleApi>().AddSingleton<TailnetTrail>().AddSingleton<HookKeeper>().AddHostedService(s => s.GetRequiredService<HookKeeper>()).AddSingleton<TailnetDelivery>().AddSingleton<TailnetService>().AddSingleton<TailnetPages>().AddSingleton<TailnetSync>().AddHostedService(s => s.GetRequiredService<TailnetSync>())
        .AddSingleton(s => new RefusedWatch((tx, _, rental, now) => s.GetRequiredService<TailnetSync>().Heard(tx, rental, now)))
        .AddSingleton(new RentalPanel(12, TailnetPages.Panel)).AddApiJson(TailnetJson.Default);

    public static void MapTailnets(this IEndpointRouteBuilder app)
    {
        TailnetPages.Map(app);
        TailnetEndpoints.Map(app);
        TailnetHooks.Map(app);
    }
}
