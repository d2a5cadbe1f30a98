using Gatehouse.Platform.Web;

namespace Gatehouse.Licensing;

public static class LicensingSetup
{
    public static IServiceCollection AddLicensing(this IServiceCollection services) => services;

    public static void MapLicensing(this IEndpointRouteBuilder app)
    {
    }
}
