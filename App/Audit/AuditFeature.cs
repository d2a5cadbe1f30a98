using Gatehouse.Audit.Chain;
using Gatehouse.Audit.Health;
using Gatehouse.Audit.Log;
using Gatehouse.Audit.Permissions;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Audit;

/// <summary>Who did what, and what looked wrong.</summary>
public sealed class AuditFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => AuditPermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation => [new("audit", 40, "/admin/audit", "file", "audit.nav", "a", AuditPermissions.AuditRead)];

    public override IReadOnlyList<DashboardSection> Dashboard => [new(20, AuditPermissions.AuditRead, SecurityDashboard.Load)];

    public override IReadOnlyList<NoticeKind> Notices => [SecurityEvents.Serious, SecurityEvents.Suspicious];

    public override IReadOnlyList<string> SecurityLogs => [typeof(SecurityLog).FullName!];

    public override IReadOnlyList<HealthCheck> HealthChecks => [ClockHealth.Check, AuditHeadWatch.Check];

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSealed(ChainSecrets.Sealed);
        services.AddSingleton<ChainSecrets>();
        services.AddSingleton<HeadFile>();
        services.AddSingleton<AuditWriter>();
        services.AddSingleton<AuditHeads>();
        services.AddHostedService(s => s.GetRequiredService<AuditHeads>());
        services.AddHostedService<AuditHeadWatch>();
        services.AddSingleton<AuditVerifier>();
        // What it checks with are services, which a declared check has not.
        services.AddSingleton(s => new ConsistencyCheck("Audit log chain", async _ =>
            new(await s.GetRequiredService<AuditVerifier>().Verify(), s.GetRequiredService<AuditVerifier>().Notes())));
        services.AddSingleton<SecurityEvents>();
        services.AddSingleton<IOutboxHandler, SecurityLog>();
        services.AddApiJson(AuditJson.Default);
        services.AddApiJson(SecurityJson.Default);
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        AuditEndpoints.Map(app);
        AuditPages.Map(app);
        SecurityPages.Map(app);
    }
}
