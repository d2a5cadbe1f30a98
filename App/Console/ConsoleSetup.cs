using Gatehouse.Audit.Log;
using Gatehouse.Audit.Security;
using Gatehouse.Console.Dashboard;
using Gatehouse.Console.Health;
using Gatehouse.Console.Jobs;
using Gatehouse.Console.Settings;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console;

public static class ConsoleSetup
{
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<AuditWriter>();
        services.AddSingleton<SecurityEvents>();
        services.AddSingleton<IOutboxHandler, SecurityLog>();
        services.AddSingleton<JobService>();
        services.AddSingleton<SettingsService>();
        services.AddSingleton<ServerFacts.Source>();
        services.AddSingleton<ClockWatch>();
        services.AddSingleton<HealthChecker>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<IServerStatus>(s => s.GetRequiredService<HealthMonitor>());
        services.AddSingleton<DashboardService>();
        services.AddSingleton<StorageJobs>();
        services.AddJob(StorageJobs.Tidy, "0 40 2 * * ?", (s, ct) => s.GetRequiredService<StorageJobs>().RunTidy(ct));
        services.AddJob(IntegrityJob.Name, "0 10 3 * * ?", (s, ct) => s.GetRequiredService<StorageJobs>().RunIntegrity(ct));
        services.AddApiJson(AuditJson.Default);
        services.AddApiJson(SecurityJson.Default);
        services.AddApiJson(HealthJson.Default);
        services.AddApiJson(JobJson.Default);
        services.AddApiJson(SettingsJson.Default);
        return services;
    }

    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        DashboardPages.Map(app);
        HealthEndpoints.Map(app);
        JobEndpoints.Map(app);
        JobPages.Map(app);
        AuditEndpoints.Map(app);
        AuditPages.Map(app);
        SecurityPages.Map(app);
        SettingsEndpoints.Map(app);
        SettingsPages.Map(app);
    }
}
