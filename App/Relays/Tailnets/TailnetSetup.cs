using Gatehouse.Platform.Keys;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Tailnets;

/// <summary>All that tailnets add to their feature.</summary>
internal static class TailnetSetup
{
    public static IServiceCollection AddTailnets(this IServiceCollection services) => services.AddSealed(TailnetService.SealedSecret).AddSealed(TailnetService.SealedHook)
        .AddSingleton<DeviceMatch>().AddSingleton<TailnetApi>().AddSingleton<HeadscaleApi>().AddSingleton<TailnetDelivery>().AddSingleton<TailnetService>().AddSingleton<TailnetPages>().AddSingleton<TailnetSync>().AddHostedService(s => s.GetRequiredService<TailnetSync>())
        .AddSingleton(s => new RefusedWatch((tx, _, rental, now) => s.GetRequiredService<TailnetSync>().Heard(tx, rental, now)))
        .AddSingleton(new RentalPanel(12, TailnetPages.Panel));

    public static void MapTailnets(this IEndpointRouteBuilder app)
    {
        TailnetPages.Map(app);
        TailnetHooks.Map(app);
    }
}
