using Gatehouse.Accounts.CustomerActions;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.MyAccount;
using Gatehouse.Accounts.Notes;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.PasswordReset;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Person;
using Gatehouse.Accounts.Points;
using Gatehouse.Accounts.Profile;
using Gatehouse.Accounts.SecondStep;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts;

/// <summary>Staff, customers, their sessions and tokens.</summary>
public sealed class AccountsFeature : Feature
{
    public override IReadOnlyList<Permission> Permissions => AccountsPermissions.All;

    public override IReadOnlyList<NavigationEntry> Navigation =>
    [
        new("users", 35, "/admin/users", "user", "users.nav", "u", AccountsPermissions.UsersRead),
        new("staff", 60, "/admin/staff", "users", "staff.nav", "s", AccountsPermissions.StaffManage),
        new("tokens", 70, "/admin/tokens", "token", "tokens.nav", "t", AccountsPermissions.TokensManage),
    ];

    public override IReadOnlyList<AccountEntry> AccountNavigation => [new("home", 10, "/account", "myaccount.home")];

    public override IReadOnlyList<AccountSection> AccountHome => [new(60, PointPages.Load)];

    public override IReadOnlyList<PersonTab> PersonTabs => [PointPages.Tab, .. Gatehouse.Accounts.Person.PersonTabs.All, AccountNotePages.Tab];

    public override IReadOnlyList<SettingDefinition> Settings => [TwoFactorSettings.RequiredRoles, .. SignUpSettings.All];

    public override IReadOnlyList<Job> Jobs => [new(AccountsJobs.Tidy, "0 20 3 * * ?", AccountsJobs.RunTidy), new(SignUpJobs.Tidy, "0 40 * * * ?", SignUpJobs.RunTidy)];

    public override IReadOnlyList<ErrorCode> ErrorCodes =>
    [
        .. StaffErrors.All, .. TokenErrors.All, .. SessionErrors.All, .. SignInErrors.All, .. SetupErrors.All, .. TwoFactorErrors.All, .. PasskeyErrors.All, .. CustomerErrors.All, .. MyAccountErrors.All, .. SignUpErrors.All, .. PointsErrors.All, AccountNoteService.NotFound,
    ];

    public override IReadOnlyList<string> SecurityLogs => [typeof(SignIns).FullName!];

    public override DemoPart Demo() => new CustomerDemo();

    public override void AddServices(IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton(s => SignInLimits.From(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton<CredentialCache>();
        services.AddSingleton<IAuthenticator, Authenticator>();
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
        services.AddSingleton<CustomerService>();
        services.AddSingleton<PointService>();
        services.AddSingleton<ICustomerObserver, PointsForgetter>();
        services.AddSingleton<AccountNoteService>();
        services.AddSingleton<ICustomerObserver, NotesForgetter>();
        services.AddFields<PointEntry, PointsInput>(PointEntry.Fields, "PointEntryView");
        services.AddFields<AccountNote, AccountNoteInput>(AccountNote.Fields, "AccountNoteView");
        services.AddApiJson(PointsJson.Default);
        services.AddApiJson(AccountNoteJson.Default);
        services.AddSingleton<ICustomerObserver, MessagesForgotten>();
        services.AddSingleton<MyAccountService>();
        services.AddSingleton<EmailCodes>();
        services.AddSealed(EmailCodes.Sealed);
        services.AddSingleton<Challenges>();
        services.AddSingleton<MailRequests>();
        services.AddSingleton<SignUpService>();
        services.AddSingleton<SignUpDoor>();
        services.AddSingleton<PasswordResets>();
        services.AddApiJson(SignUpJson.Default);
        services.AddSingleton<TokenService>();
        services.AddSingleton<TokenRevocation>();
        services.AddSingleton<IAccountObserver>(s => s.GetRequiredService<TokenService>());
        services.AddSingleton<IAccountObserver, SetupLinkCloser>();
        services.AddSingleton<SetupLinks>();
        services.AddFields<Customer, CustomerInput>(Customer.Fields, "CustomerView");
        services.AddFields<Customer, OwnAccount, OwnAccountInput>(OwnAccount.Fields, "OwnAccountView");
        services.AddApiJson(CustomerJson.Default);
        services.AddApiJson(OwnAccountJson.Default);
        services.AddApiJson(StaffJson.Default);
        services.AddApiJson(TokenJson.Default);
    }

    public override void Map(IEndpointRouteBuilder app)
    {
        SetupPages.Map(app);
        SignInPages.Map(app);
        SecondStepPages.Map(app);
        ProfilePages.Map(app);
        CustomerPages.Map(app);
        PersonPages.Map(app);
        PointPages.Map(app);
        AccountNotePages.Map(app);
        TwoFactorPages.Map(app);
        PasskeyPages.Map(app);
        ProofPages.Map(app);
        StaffPages.Map(app);
        TokenPages.Map(app);
        CustomerEndpoints.Map(app);
        PointEndpoints.Map(app);
        AccountNoteEndpoints.Map(app);
        UserEndpoints.Map(app);
        SignUpEndpoints.Map(app);
        SignUpPages.Map(app);
        PasswordResetPages.Map(app);
        MyAccountPages.Map(app);
        StaffEndpoints.Map(app);
        TwoFactorReset.Map(app);
        CustomerTwoFactorReset.Map(app);
        TokenEndpoints.Map(app);
    }
}
