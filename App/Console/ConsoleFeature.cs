using Gatehouse.Audit.Health;
using Gatehouse.Audit.Log;
using Gatehouse.Console.Dashboard;
using Gatehouse.Console.Health;
using Gatehouse.Console.Jobs;
using Gatehouse.Console.MailTemplates;
using Gatehouse.Console.Operations;
using Gatehouse.Console.Permissions;
using Gatehouse.Console.Settings;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console;

/// <summary>What staff see and steer the whole with: dashboard, health, jobs, settings.</summary>
public sealed class ConsoleFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => ConsolePermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("dashboard", 10, "/admin", "home", "dashboard.nav", "d"),
        new("jobs", 50, "/admin/jobs", "clock", "job.nav", "j", ConsolePermissions.JobsRead),
        new("operations", 55, OperationLinks.List, "activity", "operations.nav", "o"),
        new("settings", 80, "/admin/settings", "settings", "settings.nav", ",", ConsolePermissions.SettingsManage),
    ];

    public override IReadOnlyList<DashboardSection> Dashboard => [new(0, ConsolePermissions.HealthRead, ctx => Task.FromResult(ctx.RequestServices.GetRequiredService<ProxyWatch>().Address is { } address
        ? new DashboardCards { Guide = ComponentFragment.Of<ProxyNotice>((nameof(ProxyNotice.Address), address)) } : DashboardCards.None))];

    public override IReadOnlyList<Job> Jobs =>
    [
        new(StorageJobs.Tidy, "0 40 2 * * ?", (services, ct) => services.GetRequiredService<StorageJobs>().RunTidy(ct)),
        new(IntegrityJob.Name, "0 10 3 * * ?", (services, ct) => services.GetRequiredService<StorageJobs>().RunIntegrity(ct)),
    ];

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. JobErrors.All, .. OutboxErrors.All];

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton<JobService>();
        services.AddSingleton<OutboxService>();
        services.AddSingleton<SettingsService>();
        services.AddSingleton<SettingsDesk>();
        services.AddSingleton<MailTrial>();
        services.AddSingleton<ServerFacts.Source>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<IServerStatus>(s => s.GetRequiredService<HealthMonitor>());
        services.AddSingleton<StorageJobs>();
        services.AddApiJson(HealthJson.Default, JobJson.Default, OutboxJson.Default, MailTemplateJson.Default, SettingsJson.Default, MailTestJson.Default);
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        DashboardPages.Map(app);
        HealthEndpoints.Map(app);
        JobEndpoints.Map(app);
        JobPages.Map(app);
        OperationPages.Map(app);
        OutboxEndpoints.Map(app);
        OutboxPages.Map(app);
        MailTemplateEndpoints.Map(app);
        MailTemplatePages.Map(app);
        SettingsEndpoints.Map(app);
        SettingsPages.Map(app);
    }
}
