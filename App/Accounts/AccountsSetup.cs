using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Profile;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Accounts;

public static class AccountsSetup
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton(s => SignInLimits.From(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton<CredentialCache>();
        services.AddSingleton<IAuthenticator, Authenticator>();
        services.AddSingleton<PlainHttp>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<AccountService>();
        services.AddSingleton<CustomerService>();
        services.AddSingleton<TokenService>();
        services.AddSingleton<IAccountObserver>(s => s.GetRequiredService<TokenService>());
        services.AddSingleton<IAccountObserver, SetupLinkCloser>();
        services.AddSingleton<SetupLinks>();
        services.AddApiJson(StaffJson.Default);
        services.AddApiJson(TokenJson.Default);
        services.AddJob(AccountsJobs.Tidy, "0 20 3 * * ?", AccountsJobs.RunTidy);
        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        SetupPages.Map(app);
        SignInPages.Map(app);
        ProfilePages.Map(app);
        StaffPages.Map(app);
        TokenPages.Map(app);
        StaffEndpoints.Map(app);
        TokenEndpoints.Map(app);
    }
}
