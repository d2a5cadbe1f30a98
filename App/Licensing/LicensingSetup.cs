using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Web;

namespace Gatehouse.Licensing;

/// <summary>Plans, keys, activation.</summary>
public static class LicensingSetup
{
    public static IServiceCollection AddLicensing(this IServiceCollection services)
    {
        services.AddSingleton<PlanService>();
        services.AddSingleton<KeyService>();
        services.AddSingleton<LifeService>();
        services.AddSingleton<KeyQueries>();
        services.AddSingleton<KeyLists>();
        services.AddSingleton<KeyExport>();
        services.AddSingleton<GenerationRuns>();
        services.AddSingleton<Statistics>();
        services.AddSingleton<Dashboard>();
        services.AddSingleton<GuessGuard>();
        services.AddSingleton<Certificates>();
        services.AddSingleton<ActivationService>();
        services.AddSingleton<ExpiryJob>();
        services.AddApiJson(LicensingJson.Default);
        return services.AddJob(ExpiryJob.Name, "0 0 * * * ?", (provider, ct) => provider.GetRequiredService<ExpiryJob>().Run(ct));
    }

    public static void MapLicensing(this IEndpointRouteBuilder app)
    {
        ValidateEndpoints.Map(app);
        PlanEndpoints.Map(app);
        KeyEndpoints.Map(app);
        PlanPages.Map(app);
        DashboardPages.Map(app);
        CustomerPages.Map(app);
        KeyPages.Map(app);
        BulkPages.Map(app);
        GeneratePages.Map(app);
        BatchPages.Map(app);
        ImportPages.Map(app);
    }
}
