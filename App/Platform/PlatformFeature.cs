using Gatehouse.Platform.Features;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Http.OpenApi;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbound;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Platform;

/// <summary>What everything stands on.</summary>
public sealed class PlatformFeature : Feature
{
    public override IReadOnlyList<SettingDefinition> Settings => [TenantSettings.SiteName, TenantSettings.TimeZone];

    public override IReadOnlyList<PublicEntry> PublicNavigation => [new("docs", 90, "/docs", "shell.public.docs")];

    public override IReadOnlyList<ReaderValue> ReaderValues => [ReaderValue.Site, ReaderValue.SiteName];

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. HttpErrors.All, .. OperationErrors.All];

    public override IReadOnlyList<HealthCheck> HealthChecks => [StorageHealth.Check, DiskHealth.Check, WorkHealth.Jobs, WorkHealth.Outbox, WorkHealth.Operations, DataHealth.Check, ProxyWatch.Check];

    public override IReadOnlyList<NoticeKind> Notices => [JobRunner.FailedNotice];

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddCrypto();
        services.AddWeb(config);
        services.AddApiDocs();
        services.AddScheduling();
        services.AddOutbox();
        services.AddOperationRunner();
        services.AddSingleton<StorageHealth>();
        services.AddSingleton<ClockWatch>();
        services.AddSingleton<ProxyWatch>();
        services.AddSingleton<OutboundAddresses>();
        services.AddSingleton<PlaceLookup>();
        services.AddSingleton<InstanceName>();
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        app.MapAssets().OpenToAll(asks: false).EvenClosed().RequireRateLimiting(RateLimits.Assets);
        app.MapWeb();
        app.MapApiDocs();
        OperationEndpoints.Map(app);
    }
}
