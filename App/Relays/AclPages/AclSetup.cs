using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.AclPages;

/// <summary>All that maps add to their feature.</summary>
internal static class AclSetup
{
    public static IServiceCollection AddAcls(this IServiceCollection services) => services.AddSealed(AclLinks.Sealed)
        .AddSingleton<AclService>().AddSingleton<AclLinks>().AddSingleton<AclFetches>().AddSingleton<AclKeeper>().AddSingleton<OwnAclPages>().AddSingleton<AclAdminPages>()
        .AddSingleton(new RentalPanel(10, OwnAclPages.Panel)).AddApiJson(AclJson.Default);

    public static void MapAcls(this IEndpointRouteBuilder app)
    {
        AclEndpoints.Map(app);
        SubscriptionEndpoints.Map(app);
        OwnAclPages.Map(app);
        AclAdminPages.Map(app);
    }
}
