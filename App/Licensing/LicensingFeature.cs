using Gatehouse.Accounts.Customers;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Dashboard;
using Gatehouse.Licensing.Keys;
using Gatehouse.Licensing.LicenseFiles;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.PlanDesk;
using Gatehouse.Licensing.PlanPictures;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Portal;
using Gatehouse.Licensing.Settings;
using Gatehouse.Licensing.Statistics;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing;

/// <summary>Plans, keys, activation.</summary>
public sealed class LicensingFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => LicensingPermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("keys", 20, "/admin/keys", "key", "keys.nav", "k", LicensingPermissions.KeysRead) { Search = "keys.nav_search", Group = NavigationEntry.Selling },
        new("plans", 30, "/admin/plans", "tag", "plans.nav", "p", LicensingPermissions.PlansRead) { Group = NavigationEntry.Selling },
    ];

    public override IReadOnlyList<PublicEntry> PublicNavigation =>
        [new("activate", 10, "/activate", "activate.nav", OnHome: true, Icon: "key"), new("status", 20, "/status", "status.nav", OnHome: true)];

    public override IReadOnlyList<AccountEntry> AccountNavigation => [new("keys", 20, AccountKeyPages.Path, "accountkeys.title")];

    public override IReadOnlyList<AccountSection> AccountHome => [new(10, AccountKeyPages.Load)];

    public override IReadOnlyList<PersonSection> PersonSections => [new(10, LicensingPermissions.KeysRead, AccountKeyPages.LoadOf)];

    public override IReadOnlyList<OwnThings> OwnThings => [new(10, AccountKeyPages.Own)];

    public override IReadOnlyList<PersonTab> PersonTabs => [AccountKeyPages.Tab];

    public override IReadOnlyList<AccountPart> AccountParts => [new("keys", "accountkeys.tab", AccountKeyService.Count, AccountKeyService.Move)];

    public override IReadOnlyList<OwnDataFile> OwnData => [new("keys.json", AccountKeyService.WriteOwn)];

    public override IReadOnlyList<HomeGuide> HomeGuides =>
    [
        new(10, "activate.home.lead", [
            ("key", "activate.home.step1", "activate.home.step1_text"), ("device", "activate.home.step2", "activate.home.step2_text"), ("clock", "activate.home.step3", "activate.home.step3_text"),
        ]),
    ];

    public override IReadOnlyList<DashboardSection> Dashboard => [new(10, LicensingPermissions.StatisticsRead, LicensingDashboard.Load)];

    public override IReadOnlyList<SettingDefinition> Settings => [LicenseSettings.KeyAlphabet, LicenseSettings.ExpiringSoonDays];

    public override IReadOnlyList<Job> Jobs => [new(ExpiryJob.Name, "0 0 * * * ?", (services, ct) => services.GetRequiredService<ExpiryJob>().Run(ct))];

    public override IReadOnlyList<OperationKind> Operations => [.. BatchOperations.Kinds, LicenseActions.Bulk];

    public override IReadOnlyList<ErrorCode> ErrorCodes => [.. PlanErrors.All, .. LicenseErrors.All, .. ActionErrors.All, .. BatchErrors.All, .. ActivationErrors.All];

    public override IReadOnlyList<StyleSheet> StyleSheets => [new("licensing.css")];

    public override IReadOnlyList<ConsistencyCheck> Checks => [new("Keys", db => db.Read(LicenseConsistency.Check))];

    public override IReadOnlyList<Contradiction> Contradictions => [new("KEYS_EXPIRED_AHEAD", LicenseConsistency.MarkedAhead)];

    public override DemoPart Demo() => new LicensingDemo();

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        foreach (var quota in LicenseQuotas.All)
            services.AddSingleton(quota);
        services.AddSingleton<PlanService>();
        services.AddSingleton<PlanNoteService>();
        services.AddSingleton<PlanPictureService>();
        services.AddSingleton<BatchService>();
        services.AddSingleton<LicenseActions>();
        services.AddSingleton<LicenseTime>();
        services.AddSingleton<LicenseQueries>();
        services.AddSingleton<LicenseLists>();
        services.AddSingleton<BatchQueries>();
        services.AddSingleton<LicenseExport>();
        services.AddSingleton<LicenseStatistics>();
        services.AddSingleton<DashboardService>();
        services.AddSingleton<GuessGuard>();
        services.AddSingleton<LicenseFileIssuer>();
        services.AddSingleton<ActivationService>();
        services.AddSingleton<ReleaseService>();
        services.AddSingleton<ExpiryJob>();
        services.AddSingleton<AccountKeyService>();
        services.AddSingleton<ICustomerObserver, KeyTraces>();
        services.AddApiJson(ActivationJson.Default, PlanJson.Default, PlanNoteJson.Default, PlanPictureJson.Default, BatchJson.Default, LicenseJson.Default, KeyJson.Default, ActionJson.Default, StatisticsJson.Default);
        Verdict.Describe(services);
        services.AddFields<Plan, PlanInput>(Plan.Fields, "PlanView");
        services.AddFields<PlanNote, PlanNoteInput>(PlanNote.Fields, "PlanNoteView");
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        ValidateEndpoints.Map(app);
        PlanEndpoints.Map(app);
        PlanNoteEndpoints.Map(app);
        PlanPictureEndpoints.Map(app);
        LicenseEndpoints.Map(app);
        BulkEndpoints.Map(app);
        BatchEndpoints.Map(app);
        StatisticsEndpoints.Map(app);
        PlanPages.Map(app);
        PortalPages.Map(app);
        AccountKeyPages.Map(app);
        LicensePages.Map(app);
        BulkPages.Map(app);
        GeneratePages.Map(app);
        BatchPages.Map(app);
        ImportPages.Map(app);
    }
}
