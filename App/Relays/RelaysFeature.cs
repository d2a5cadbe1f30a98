using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.AclPages;
using Gatehouse.Relays.Anomalies;
using Gatehouse.Relays.ContainerDesk;
using Gatehouse.Relays.Containers;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Embedded;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Fleet;
using Gatehouse.Relays.Health;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Leaving;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.MyRentals;
using Gatehouse.Relays.Nearest;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.RentalDesk;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;
using Gatehouse.Relays.Starting;
using Gatehouse.Relays.StatusPages;
using Gatehouse.Relays.TailnetDesk;
using Gatehouse.Relays.TrafficDesk;
using Gatehouse.Relays.Trying;

namespace Gatehouse.Relays;

/// <summary>Renting relays: servers, rentals, their slots and maps, and the devices that they let in.</summary>
public sealed class RelaysFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => RelayPermissions.All;

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. ServerErrors.All, .. SlotErrors.All, .. RentalErrors.All, .. DeviceErrors.All, .. AclErrors.All, .. MoveErrors.All, .. AnomalyErrors.All, .. ContainerErrors.All, .. TailnetErrors.All];

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("rentals", 39, RentalDeskPages.Path, "device", "rentals.desk", "l", RelayPermissions.RentalsRead) { Group = NavigationEntry.Selling },
        new("traffic", 42, TrafficPages.Path, "activity", "traffic.title", "f", RelayPermissions.RentalsRead) { Group = NavigationEntry.Selling },
        new("servers", 38, ServerPages.Path, "server", "servers.title", "e", RelayPermissions.ServersRead) { Group = NavigationEntry.Selling },
    ];

    public override IReadOnlyList<AccountEntry> AccountNavigation => [new("rentals", 25, MyRentalPages.Path, "rentals.title")];

    public override IReadOnlyList<StyleSheet> StyleSheets => [new("acl.css"), new("fleet.css")];

    public override IReadOnlyList<SettingDefinition> Settings => [.. AnomalySettings.All, LeaveSettings.DownMinutes, RegionStatusPages.Shown];

    public override IReadOnlyList<ConsistencyCheck> Checks => [new("Rentals", db => db.Read(RentalCheck.Check))];

    public override IReadOnlyList<Job> Jobs =>
    [
        new(AnomalyKeeper.JobName, "20 */2 * * * ?", (services, ct) => services.GetRequiredService<AnomalyKeeper>().Run(ct)),
        new(RentalKeeper.JobName, "*/30 * * * * ?", (services, ct) => services.GetRequiredService<RentalKeeper>().Run(ct)),
        new(AclKeeper.JobName, "*/30 * * * * ?", (services, ct) => services.GetRequiredService<AclKeeper>().Run(ct)),
        new(RentalReminders.JobName, "35 * * * * ?", (services, ct) => services.GetRequiredService<RentalReminders>().Run(ct)),
        new(TrafficBook.TidyJob, "0 20 * * * ?", (services, ct) => services.GetRequiredService<TrafficBook>().Tidy(ct)),
        new(MoveKeeper.JobName, "*/15 * * * * ?", (services, ct) => services.GetRequiredService<MoveKeeper>().Run(ct)),
        new(LeaveKeeper.JobName, "*/15 * * * * ?", (services, ct) => services.GetRequiredService<LeaveKeeper>().Run(ct)),
        new(RefusedBook.TidyJob, "0 40 * * * ?", (services, ct) => services.GetRequiredService<RefusedBook>().Tidy(ct)),
        new(ServerProber.TidyJob, "0 25 * * * ?", (services, ct) => services.GetRequiredService<ServerProber>().Tidy(ct)),
    ];

    public override IReadOnlyList<NoticeKind> Notices => [TrafficBook.Near, ServerProber.Changed, RentalReminders.Kind, MoveService.Moved, MoveService.Stuck, AnomalyKeeper.Held, RefusedBook.Told];

    public override IReadOnlyList<DashboardSection> Dashboard => [new(60, RelayPermissions.ServersWrite, StartCard.Load)];

    public override IReadOnlyList<PersonSection> PersonSections => [new(20, RelayPermissions.RentalsRead, PersonRentalsCard.Load)];

    public override IReadOnlyList<AccountPart> AccountParts => [new("rentals", "rentals.title", RentalPeople.Count, RentalPeople.Move)];

    public override IReadOnlyList<OwnDataFile> OwnData => [new("rentals.json", RentalPeople.WriteOwn), new("relay-maps.json", AclPeople.WriteOwn)];

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSealed(new SealedColumn("relay_servers", "id", "sealed_secrets", "relay-server", "UPDATE relay_servers SET sealed_secrets = ''"));
        services.AddSealed(new SealedColumn("relay_slots", "id", "sealed_identity", "relay.identity", "UPDATE relay_slots SET sealed_identity = ''"));
        services.AddSingleton<ServerChecks>();
        services.AddSingleton(s => new ServerKind(RelayServer.Embedded, (server, _, ct) => s.GetRequiredService<ServerChecks>().Embedded(server, ct)));
        services.AddSingleton<HostService>();
        services.AddSingleton<HostChecks>();
        services.AddSingleton<HostLinks>();
        services.AddHostedService(s => s.GetRequiredService<HostLinks>());
        services.AddSingleton(s => new ServerKind(RelayServer.RelayHost, (server, _, ct) => s.GetRequiredService<HostChecks>().Try(server, ct)) { Join = s.GetRequiredService<HostService>().Join });
        services.AddSingleton<LinkDoor>();
        services.AddContainers();
        services.AddSingleton<ContainerService>();
        services.AddSingleton<ContainerLooks>();
        services.AddSingleton(new ServerPanel(5, HostPanels.Load));
        services.AddSingleton<RelayOutcomes>();
        services.AddSingleton<ServerService>();
        services.AddSingleton<TryWatch>();
        services.AddSingleton<TryPages>();
        services.AddSingleton<StartService>();
        services.AddSingleton<RelaySignal>();
        services.AddSingleton<SlotAllocator>();
        services.AddSingleton<RentalService>();
        services.AddSingleton<RentalKeeper>();
        services.AddSingleton<RentalDeskService>();
        services.AddSingleton<RentalReturns>();
        services.AddSingleton<RentalReminders>();
        services.AddSingleton(RentalReminders.Mail);
        services.AddSingleton(TrafficBook.NearMail);
        services.AddSingleton<ILicenseObserver>(s => s.GetRequiredService<RentalReturns>());
        services.AddSingleton<RentalOrders>();
        services.AddSingleton<RentalExtras>();
        services.AddSingleton<IRentalSales, RentalSales>();
        services.AddSingleton(new RentalPanel(10, NearestPanels.Load));
        services.AddSingleton(new RentalPanel(20, ExtrasPanel.Load));
        services.AddSingleton<IOrderDelivery>(s => s.GetRequiredService<RentalOrders>());
        services.AddSingleton<DeviceService>();
        services.AddSingleton<RefusedBook>();
        services.AddSingleton<MyRentalPages>();
        services.AddSingleton<TrafficPages>();
        services.AddSingleton<TrafficBook>();
        services.AddSingleton<EmbeddedEngine>();
        services.AddSingleton<IRelayCounters>(s => s.GetRequiredService<EmbeddedEngine>());
        services.AddHostedService(s => s.GetRequiredService<EmbeddedEngine>());
        services.AddHostedService<TrafficSampler>();
        services.AddSingleton(new RentalPanel(30, TrafficPanels.Load));
        services.AddSingleton<ServerProber>();
        services.AddHostedService(s => s.GetRequiredService<ServerProber>());
        services.AddSingleton(new ServerPanel(10, HealthPanels.Load));
        services.AddSingleton(new RentalPanel(15, RentalHealthPanels.Load));
        services.AddSingleton<MoveService>();
        services.AddSingleton<MoveKeeper>();
        services.AddSingleton<LeaveService>();
        services.AddSingleton<LeaveKeeper>();
        services.AddSingleton(new ServerPanel(2, LeavePages.Load));
        services.AddSingleton<FleetReport>();
        services.AddSingleton<RegionBoard>();
        services.AddSingleton<IPublicEntries, RegionStatusSign>();
        services.AddSingleton<AnomalyKeeper>();
        services.AddSingleton<AnomalyService>();
        services.AddSingleton(new RentalPanel(1, HeldCard.Load));
        services.AddAcls();
        services.AddTailnets();
        services.AddApiJson(RelayServerJson.Default, RentalJson.Default, RentalDeskJson.Default, TrafficJson.Default, ServerHealthJson.Default, RelayMoveJson.Default, RelayLeaveJson.Default, FleetJson.Default, AnomalyJson.Default, ContainerDeskJson.Default);
        services.AddFields<RelayServer, RelayServerInput>(RelayServer.Fields, "RelayServerView");
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        ServerEndpoints.Map(app);
        ServerPages.Map(app);
        FleetEndpoints.Map(app);
        FleetPages.Map(app);
        StartPages.Map(app);
        LinkEndpoint.Map(app);
        ContainerEndpoints.Map(app);
        ContainerPages.Map(app);
        LeftEnginePages.Map(app);
        TryPages.Map(app);
        RentalEndpoints.Map(app);
        TrafficEndpoints.Map(app);
        TrafficPages.Map(app);
        RegionStatusPages.Map(app);
        AnomalyEndpoints.Map(app);
        AnomalyPages.Map(app);
        HealthEndpoints.Map(app);
        MoveEndpoints.Map(app);
        MovePages.Map(app);
        LeaveEndpoints.Map(app);
        LeavePages.Map(app);
        RentalDeskEndpoints.Map(app);
        RentalDeskPages.Map(app);
        RentalExtraPages.Map(app);
        MyRentalPages.Map(app);
        app.MapAcls();
        app.MapTailnets();
    }
}
