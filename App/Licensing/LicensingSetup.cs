using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Keys;
using Gatehouse.Licensing.LicenseFiles;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Portal;
using Gatehouse.Licensing.Statistics;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Licensing;

/// <summary>Plans, keys, activation.</summary>
public static class LicensingSetup
{
    public static IServiceCollection AddLicensing(this IServiceCollection services)
    {
        services.AddSingleton<PlanService>();
        services.AddSingleton<BatchService>();
        services.AddSingleton<LicenseActions>();
        services.AddSingleton<LicenseQueries>();
        services.AddSingleton<LicenseLists>();
        services.AddSingleton<BatchQueries>();
        services.AddSingleton<LicenseExport>();
        services.AddSingleton<LicenseStatistics>();
        services.AddSingleton<GuessGuard>();
        services.AddSingleton<LicenseFileIssuer>();
        services.AddSingleton<ActivationService>();
        services.AddSingleton<ExpiryJob>();
        services.AddApiJson(ActivationJson.Default);
        services.AddApiJson(PlanJson.Default);
        services.AddFields<Plan, PlanInput>(Plan.Fields, "PlanView");
        services.AddApiJson(BatchJson.Default);
        services.AddApiJson(LicenseJson.Default);
        services.AddApiJson(KeyJson.Default);
        services.AddApiJson(ActionJson.Default);
        services.AddApiJson(StatisticsJson.Default);
        services.AddOperation(BatchOperations.Generate, Permission.KeysRead, BatchOperations.RunGenerate);
        services.AddOperation(BatchOperations.Import, Permission.KeysRead);
        services.AddOperation(LicenseActions.BulkOperation, Permission.KeysRead);
        return services.AddJob(ExpiryJob.Name, "0 0 * * * ?", (provider, ct) => provider.GetRequiredService<ExpiryJob>().Run(ct));
    }

    public static void MapLicensing(this IEndpointRouteBuilder app)
    {
        ValidateEndpoints.Map(app);
        PlanEndpoints.Map(app);
        LicenseEndpoints.Map(app);
        BulkEndpoints.Map(app);
        BatchEndpoints.Map(app);
        StatisticsEndpoints.Map(app);
        PlanPages.Map(app);
        PortalPages.Map(app);
        LicensePages.Map(app);
        BulkPages.Map(app);
        GeneratePages.Map(app);
        BatchPages.Map(app);
        ImportPages.Map(app);
    }
}
