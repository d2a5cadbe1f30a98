using Gatehouse.Accounts.Brands;
using Gatehouse.Accounts.CustomerActions;
using Gatehouse.Accounts.CustomerImport;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.EmailChange;
using Gatehouse.Accounts.Invitations;
using Gatehouse.Accounts.Leaving;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.LookAs;
using Gatehouse.Accounts.Merging;
using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.MyChannels;
using Gatehouse.Accounts.NetworkAccess;
using Gatehouse.Accounts.Notes;
using Gatehouse.Accounts.OwnData;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.PasswordReset;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Person;
using Gatehouse.Accounts.Points;
using Gatehouse.Accounts.Profile;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.SecondStep;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignInLinks;
using Gatehouse.Accounts.SignInLog;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.StaffRoles;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts;

/// <summary>Staff, customers, their sessions and tokens.</summary>
public sealed class AccountsFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => AccountsPermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("users", 35, "/admin/users", "user", "users.nav", "u", AccountsPermissions.UsersRead) { Group = NavigationEntry.People },
        new("staff", 60, "/admin/staff", "users", "staff.nav", "s", AccountsPermissions.StaffManage),
        new("tokens", 70, "/admin/tokens", "token", "tokens.nav", "t", AccountsPermissions.TokensManage),
    ];

    public override IReadOnlyList<DashboardSection> Dashboard => [new(90, AccountsPermissions.StaffManage, QuotaCard.Load)];

    public override IReadOnlyList<AccountEntry> AccountNavigation => [new("home", 10, "/account", "myaccount.home"), new("channels", 60, MyChannelPages.Path, "mychannels.title")];

    public override IReadOnlyList<AccountSection> AccountHome => [new(5, OwnDataPages.Load), new(60, PointPages.Load)];

    public override IReadOnlyList<OwnDataFile> OwnData => AccountFiles.All;

    public override IReadOnlyList<AccountPart> AccountParts => [PointsPart.Part, NotesPart.Part];

    public override IReadOnlyList<PersonTab> PersonTabs => [PointPages.Tab, .. Gatehouse.Accounts.Person.PersonTabs.All, AccountNotePages.Tab];

    public override IReadOnlyList<SettingDefinition> Settings => [TwoFactorSettings.RequiredRoles, StaffNetworks.Setting, .. SignUpSettings.All];

    public override IReadOnlyList<Job> Jobs =>
    [
        new(AccountsJobs.Tidy, "0 20 3 * * ?", AccountsJobs.RunTidy),
        new(SignUpJobs.Tidy, "0 40 * * * ?", SignUpJobs.RunTidy),
        new(LeavingService.JobName, "0 10 * * * ?", LeavingService.Run),
        new(EmailChanges.JobName, "0 50 3 * * ?", EmailChanges.RunTidy),
        new(CustomerImports.TidyJob, "0 45 * * * ?", CustomerImports.RunTidy),
    ];

    public override IReadOnlyList<NoticeKind> Notices => [AccountService.OwnerMade, .. CustomerNotices.All];

    public override IReadOnlyList<OperationKind> Operations => [.. CustomerBulk.Kinds, CustomerImports.AsOperation, TenantRemovals.AsOperation];

    public override IReadOnlyList<ErrorCode> ErrorCodes =>
    [
        .. StaffErrors.All, .. TokenErrors.All, .. SessionErrors.All, .. SignInErrors.All,
        .. SetupErrors.All, .. TwoFactorErrors.All, .. CustomerErrors.All, .. MyAccountErrors.All,
        .. ChallengeErrors.All, .. SignUpErrors.All, .. PointsErrors.All, .. InvitationErrors.All, MergeService.Itself,
        AccountNoteService.NotFound, .. RoleErrors.All, .. LookAsErrors.All, .. SignInLinkErrors.All,
        .. StaffNetworkErrors.All,
        .. TenantErrors.All, .. QuotaErrors.All, .. PasskeyErrors.All,
    ];

    public override IReadOnlyList<string> SecurityLogs => [typeof(SignIns).FullName!];

    public override DemoPart Demo() => new CustomerDemo();

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton(s => SignInLimits.From(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<ITenants>(s => s.GetRequiredService<TenantDirectory>());
        services.AddHostedService<TenantWatch>();
        services.AddSingleton<TenantService>();
        services.AddSingleton<TenantRows>();
        services.AddSingleton<TenantRemovals>();
        services.AddSingleton<QuotaCatalogue>();
        services.AddSingleton<TenantQuotas>();
        services.AddSingleton<ApiCallMeter>();
        services.AddSingleton<ICallMeter>(s => s.GetRequiredService<ApiCallMeter>());
        foreach (var quota in AccountQuotas.All)
            services.AddSingleton(quota);
        services.AddApiJson(TenantJson.Default);
        services.AddSingleton<CredentialCache>();
        services.AddSingleton<IAuthenticator, Authenticator>();
        services.AddSingleton<StaffNetworks>();
        services.AddSingleton<IStaffGate>(s => s.GetRequiredService<StaffNetworks>());
        services.AddSingleton<PlainHttp>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<RecentProof>();
        services.AddSingleton<ProofPages>();
        services.AddSingleton<IProofGate>(s => s.GetRequiredService<ProofPages>());
        services.AddSingleton<TwoFactorService>();
        services.AddSealed(TwoFactorService.Sealed);
        services.AddSingleton<PasskeySites>();
        services.AddSingleton<PasskeyChallenges>();
        services.AddSingleton<PasskeyCeremony>();
        services.AddSingleton<PasskeyService>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<SignInForm>();
        services.AddSingleton<AccountService>();
        services.AddSingleton<RoleService>();
        services.AddSingleton<CustomerService>();
        services.AddSingleton<MergeService>();
        services.AddApiJson(MergeJson.Default);
        services.AddSingleton<LeavingService>();
        services.AddSingleton<AccountAlerts>();
        services.AddSingleton(AccountAlerts.Template);
        services.AddSingleton(LeavingService.Template);
        services.AddSingleton<OwnDataArchive>();
        services.AddSingleton<EmailChanges>();
        services.AddSingleton<EmailDoor>();
        services.AddSingleton(EmailChanges.Template);
        services.AddApiJson(EmailChangeJson.Default);
        services.AddSingleton<InvitationService>();
        services.AddSealed(InvitationService.Sealed);
        services.AddFields<Invitation, InvitationInput>(Invitation.Fields, "InvitationView");
        services.AddApiJson(InvitationJson.Default);
        services.AddSingleton<PointService>();
        services.AddSingleton<ICustomerObserver, PointsForgetter>();
        services.AddSingleton<AccountNoteService>();
        services.AddSingleton<ICustomerObserver, NotesForgetter>();
        services.AddFields<PointEntry, PointsInput>(PointEntry.Fields, "PointEntryView");
        services.AddFields<AccountNote, AccountNoteInput>(AccountNote.Fields, "AccountNoteView");
        services.AddApiJson(PointsJson.Default);
        services.AddApiJson(AccountNoteJson.Default);
        services.AddSingleton<ICustomerObserver, MessagesForgotten>();
        services.AddSingleton<CustomerBulk>();
        services.AddSingleton<CustomerExport>();
        services.AddSingleton<CustomerImports>();
        services.AddSealed(CustomerImports.Sealed);
        services.AddApiJson(CustomerBulkJson.Default, CustomerImportJson.Default);
        services.AddSingleton<MyAccountService>();
        services.AddSingleton<MyChannelService>();
        services.AddSealed(MyChannelStore.Sealed);
        services.AddSingleton<EmailCodes>();
        services.AddSealed(EmailCodes.Sealed);
        services.AddSingleton<Challenges>();
        services.AddSingleton<MailRequests>();
        services.AddSingleton<ICustomerObserver>(s => s.GetRequiredService<MailRequests>());
        services.AddSingleton<SignUpService>();
        services.AddSingleton<SignUpDoor>();
        services.AddSingleton<PasswordResets>();
        services.AddSingleton<LookingAs>();
        services.AddSingleton<ILookGate>(s => s.GetRequiredService<LookingAs>());
        services.AddSingleton<ICustomerObserver>(s => s.GetRequiredService<LookingAs>());
        services.AddSingleton<SignInLinkService>();
        services.AddSingleton<ICustomerObserver>(s => s.GetRequiredService<SignInLinkService>());
        services.AddApiJson(SignInLinkJson.Default);
        services.AddApiJson(ChallengeJson.Default, SignUpJson.Default);
        services.AddSingleton<TokenService>();
        services.AddSingleton<TokenRevocation>();
        services.AddSingleton<IAccountObserver>(s => s.GetRequiredService<TokenService>());
        services.AddSingleton<IAccountObserver, SetupLinkCloser>();
        services.AddSingleton<SetupLinks>();
        services.AddFields<Customer, CustomerInput>(Customer.Fields, "CustomerView");
        services.AddFields<Customer, OwnAccount, OwnAccountInput>(OwnAccount.Fields, "OwnAccountView", OwnAccount.Changeable);
        services.AddApiJson(CustomerJson.Default, OwnAccountJson.Default, UserPasskeyJson.Default, MyChannelJson.Default);
        services.AddApiJson(StaffJson.Default, RoleJson.Default, TokenJson.Default, SignInLogJson.Default);
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        SetupPages.Map(app);
        SignInPages.Map(app);
        SecondStepPages.Map(app);
        ProfilePages.Map(app);
        CustomerPages.Map(app);
        CustomerBulkPages.Map(app);
        CustomerMessagePages.Map(app);
        CustomerImportPages.Map(app);
        MailChoicePages.Map(app);
        PersonPages.Map(app);
        InvitationPages.Map(app);
        InvitationEndpoints.Map(app);
        PointPages.Map(app);
        AccountNotePages.Map(app);
        TwoFactorPages.Map(app);
        PasskeyPages.Map(app);
        ProofPages.Map(app);
        StaffPages.Map(app);
        RolePages.Map(app);
        TokenPages.Map(app);
        CustomerEndpoints.Map(app);
        CustomerBulkEndpoints.Map(app);
        CustomerImportEndpoints.Map(app);
        PointEndpoints.Map(app);
        AccountNoteEndpoints.Map(app);
        UserEndpoints.Map(app);
        ChallengeEndpoints.Map(app);
        UserPasskeyEndpoints.Map(app);
        SignUpEndpoints.Map(app);
        SignUpPages.Map(app);
        PasswordResetPages.Map(app);
        SignInLinkPages.Map(app);
        LookAsPages.Map(app);
        MyAccountPages.Map(app);
        OwnDataPages.Map(app);
        MergePages.Map(app);
        MergeEndpoints.Map(app);
        EmailChangePages.Map(app);
        EmailChangeEndpoints.Map(app);
        MyChannelPages.Map(app);
        MyChannelEndpoints.Map(app);
        StaffEndpoints.Map(app);
        RoleEndpoints.Map(app);
        SignInLogEndpoints.Map(app);
        TwoFactorReset.Map(app);
        CustomerTwoFactorReset.Map(app);
        TokenEndpoints.Map(app);
        TenantEndpoints.Map(app);
        TenantPages.Map(app);
        TenantRemovalPages.Map(app);
        BrandPages.Map(app);
    }
}
